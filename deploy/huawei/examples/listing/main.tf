# imagedrop lists the bucket; nothing else is set up.
module "imagedrop" {
  source = "../.."

  bucket     = "my-drops"
  project_id = "0123456789abcdef0123456789abcdef"
  domain_id  = "fedcba9876543210fedcba9876543210"
}

output "settings" {
  value = module.imagedrop.settings
}
