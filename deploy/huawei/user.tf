# One policy may hold actions of global services (OBS) or of project services (IMS and others), not of both.

resource "huaweicloud_identity_user" "imagedrop" {
  name        = var.name
  description = "The keys of imagedrop."
  access_type = "programmatic"
}

resource "huaweicloud_identity_group" "imagedrop" {
  name        = var.name
  description = "Rights of imagedrop."
}

resource "huaweicloud_identity_group_membership" "imagedrop" {
  group = huaweicloud_identity_group.imagedrop.id
  users = [huaweicloud_identity_user.imagedrop.id]
}

resource "huaweicloud_identity_role" "objects" {
  name        = "${var.name}-objects"
  description = "What imagedrop does with objects, and IMS with the keys of imagedrop."
  type        = "AX"
  policy = jsonencode({
    Version   = "1.1"
    Statement = local.objects[var.permissions]
  })
}

resource "huaweicloud_identity_role" "images" {
  name        = "${var.name}-images"
  description = "What imagedrop does with images, and IMS with the keys of imagedrop."
  type        = "XA"
  policy = jsonencode({
    Version   = "1.1"
    Statement = [{ Effect = "Allow", Action = local.images[var.permissions] }]
  })
}

resource "huaweicloud_identity_group_role_assignment" "objects" {
  group_id  = huaweicloud_identity_group.imagedrop.id
  role_id   = huaweicloud_identity_role.objects.id
  domain_id = var.domain_id
}

resource "huaweicloud_identity_group_role_assignment" "images" {
  group_id   = huaweicloud_identity_group.imagedrop.id
  role_id    = huaweicloud_identity_role.images.id
  project_id = var.project_id
}

resource "huaweicloud_identity_access_key" "imagedrop" {
  count = var.create_access_key ? 1 : 0

  user_id     = huaweicloud_identity_user.imagedrop.id
  description = "imagedrop"
}

locals {
  # IMS reads the bucket with the rights of the caller. Its documents name these wildcards (IMS API: permissions).
  objects = {
    documented = [{ Effect = "Allow", Action = ["obs:bucket:*", "obs:object:*"] }]
    narrow = [
      {
        Effect   = "Allow"
        Action   = ["obs:bucket:ListBucket", "obs:bucket:HeadBucket", "obs:bucket:GetBucketVersioning"]
        Resource = ["obs:*:*:bucket:${var.bucket}"]
      },
      {
        Effect   = "Allow"
        Action   = ["obs:object:GetObject", "obs:object:PutObject"]
        Resource = ["obs:*:*:object:${var.bucket}/*"]
      },
      {
        Effect   = "Allow"
        Action   = ["obs:object:DeleteObject"]
        Resource = ["obs:*:*:object:${var.bucket}/.imagedrop/*"]
      },
    ]
  }
  images = {
    documented = [
      "ims:serverImages:create", "ims:dataImages:create", "ims:images:list", "ims:images:get", "ims:quotas:get",
      "kms:*:*", "ecs:cloudServers:get", "ecs:cloudServers:list", "ecs:servers:get", "ecs:servers:list",
      "ecs:serverVolumes:use", "ecs:serverVolumeAttachments:list", "evs:volumes:*", "bms:servers:list",
      "bms:servers:get", "bms:serverFlavors:get",
    ]
    narrow = [
      "ims:serverImages:create", "ims:dataImages:create", "ims:images:list", "ims:images:get", "ims:quotas:get",
    ]
  }
}
