output "settings" {
  description = "Settings of imagedrop for what was created (imagedrop.toml, or the parameters of template.yaml)."
  value = merge(
    {
      project_id  = var.project_id
      drop_bucket = var.bucket
      drop_prefix = var.prefix
    },
    var.events == "smn" ? { smn_topic_urn = huaweicloud_smn_topic.events[0].topic_urn } : {},
  )
}

output "user_name" {
  description = "The user whose access key imagedrop needs."
  value       = huaweicloud_identity_user.imagedrop.name
}

output "access_key" {
  description = "The access key (AK), if create_access_key is true."
  value       = one(huaweicloud_identity_access_key.imagedrop[*].id)
}

output "secret_key" {
  description = "The secret key (SK), if create_access_key is true."
  value       = one(huaweicloud_identity_access_key.imagedrop[*].secret)
  sensitive   = true
}
