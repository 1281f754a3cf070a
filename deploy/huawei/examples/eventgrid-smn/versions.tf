terraform {
  required_version = ">= 1.1.0"

  required_providers {
    huaweicloud = {
      source  = "huaweicloud/huaweicloud"
      version = ">= 1.97.0"
    }
  }
}

# Keys and region: HW_ACCESS_KEY, HW_SECRET_KEY and HW_REGION_NAME.
provider "huaweicloud" {}
