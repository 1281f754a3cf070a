variable "bucket" {
  description = "Name of the OBS bucket that images are dropped in (setting drop_bucket)."
  type        = string

  validation {
    condition     = can(regex("^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$", var.bucket))
    error_message = "Use 3 to 63 characters of a-z, 0-9, - and ., with a letter or digit at both ends."
  }
}

variable "create_bucket" {
  description = "false: the bucket exists already, and stays as it is."
  type        = bool
  default     = true
}

variable "versioning" {
  description = "Whether a new bucket keeps old versions of its objects. They cost storage."
  type        = bool
  default     = false
}

variable "prefix" {
  description = "Only keys that begin with this prefix cause events (setting drop_prefix). Empty: all keys."
  type        = string
  default     = ""
}

variable "project_id" {
  description = "Id of the Huawei Cloud project that images are registered in (setting project_id)."
  type        = string

  validation {
    condition     = can(regex("^[0-9a-f]{32}$", var.project_id))
    error_message = "The id has 32 hexadecimal digits."
  }
}

variable "domain_id" {
  description = "Id of the Huawei Cloud account: console, My Credentials, API Credentials, Account ID."
  type        = string

  validation {
    condition     = can(regex("^[0-9a-f]{32}$", var.domain_id))
    error_message = "The id has 32 hexadecimal digits."
  }
}

variable "name" {
  description = "Name of the user, its group and roles, the topic and the subscriptions."
  type        = string
  default     = "imagedrop"

  validation {
    condition     = can(regex("^[A-Za-z][A-Za-z0-9_-]{0,31}$", var.name))
    error_message = "Use a letter and at most 31 more letters, digits, - and _."
  }
}

variable "permissions" {
  description = "documented: what Huawei's documents ask for, with wildcards. narrow: only what imagedrop calls; untested."
  type        = string
  default     = "documented"

  validation {
    condition     = contains(["documented", "narrow"], var.permissions)
    error_message = "Use documented or narrow."
  }
}

variable "create_access_key" {
  description = "Whether to create an access key of the user. Its secret key is then in the state of Terraform."
  type        = bool
  default     = false
}

variable "dropper_ids" {
  description = "Ids of IAM users of the account who may drop images. They may not write what imagedrop writes."
  type        = list(string)
  default     = []
}

variable "events" {
  description = "How OBS reports new objects: smn (EventGrid to SMN, signed), https (EventGrid to the intake, with a secret), or none (imagedrop lists the bucket)."
  type        = string
  default     = "none"

  validation {
    condition     = contains(["none", "smn", "https"], var.events)
    error_message = "Use none, smn or https."
  }
}

variable "intake_url" {
  description = "URL of the intake, for events: the output IntakeUrl of template.yaml, or your proxy in front of imagedrop serve."
  type        = string
  default     = ""

  validation {
    condition     = var.intake_url == "" || can(regex("^https://", var.intake_url))
    error_message = "The URL begins with https://."
  }
}

variable "webhook_secret" {
  description = "Secret that the intake expects in the header x-imagedrop-secret, for events = https. At most 200 characters."
  type        = string
  default     = ""
  sensitive   = true

  validation {
    condition     = length(var.webhook_secret) <= 200
    error_message = "EventGrid takes at most 1,024 bytes for URL and headers together."
  }
}

variable "eventgrid_agency" {
  description = "Name of an agency with which EventGrid publishes to SMN, for events = smn, for example EG_TARGET_AGENCY, which EventGrid's console creates. Empty: one is created."
  type        = string
  default     = ""
}
