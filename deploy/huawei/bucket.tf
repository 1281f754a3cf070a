resource "huaweicloud_obs_bucket" "drops" {
  count = var.create_bucket ? 1 : 0

  bucket        = var.bucket
  storage_class = "STANDARD" # IMS imports no objects of another class
  acl           = "private"
  versioning    = var.versioning

  lifecycle_rule {
    name    = "unfinished-uploads"
    enabled = true

    abort_incomplete_multipart_upload {
      days = 14
    }
  }
}

# Whoever may write claims can have images made, so people who drop images must not (docs/security.md).
resource "huaweicloud_obs_bucket_policy" "droppers" {
  count = length(var.dropper_ids) > 0 ? 1 : 0

  bucket        = var.bucket
  policy_format = "obs"
  policy = jsonencode({
    Statement = [
      {
        Sid       = "drop"
        Effect    = "Allow"
        Principal = { ID = local.droppers }
        Action    = ["PutObject", "GetObject"]
        Resource  = ["${var.bucket}/*"]
      },
      {
        Sid       = "not-ours"
        Effect    = "Deny"
        Principal = { ID = local.droppers }
        Action    = ["PutObject", "DeleteObject", "PutObjectAcl"]
        Resource  = ["${var.bucket}/.imagedrop/*", "${var.bucket}/*.result.json"]
      },
    ]
  })

  depends_on = [huaweicloud_obs_bucket.drops]
}

locals {
  droppers = [for id in var.dropper_ids : "domain/${var.domain_id}:user/${id}"]
}
