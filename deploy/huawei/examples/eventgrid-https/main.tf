# EventGrid calls the intake, with a secret in a header.
variable "webhook_secret" {
  description = "The same as in the secret that the setting webhook_secret names."
  type        = string
  sensitive   = true
}

module "imagedrop" {
  source = "../.."

  bucket     = "my-drops"
  project_id = "0123456789abcdef0123456789abcdef"
  domain_id  = "fedcba9876543210fedcba9876543210"

  events         = "https"
  intake_url     = "https://example.lambda-url.eu-central-1.on.aws/"
  webhook_secret = var.webhook_secret
}

output "settings" {
  value = module.imagedrop.settings
}
