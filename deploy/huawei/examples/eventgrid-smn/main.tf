# EventGrid publishes to a topic of SMN, whose pushes are signed.
module "imagedrop" {
  source = "../.."

  bucket     = "my-drops"
  project_id = "0123456789abcdef0123456789abcdef"
  domain_id  = "fedcba9876543210fedcba9876543210"

  events     = "smn"
  intake_url = "https://example.lambda-url.eu-central-1.on.aws/"
}

output "settings" {
  value = module.imagedrop.settings
}
