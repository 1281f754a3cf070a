# EventGrid reports the objects of the bucket. Its source HC.OBS.DWR is only there for allow-listed accounts, in some
# regions: the console shows it as "OBS application service".

data "huaweicloud_eg_event_channels" "default" {
  count = var.events == "none" ? 0 : 1

  provider_type = "OFFICIAL"
  name          = "default"
}

# The connection of this name is made by Huawei Cloud, for public addresses.
data "huaweicloud_eg_connections" "default" {
  count = var.events == "https" ? 1 : 0

  name = "default"
}

resource "huaweicloud_smn_topic" "events" {
  count = var.events == "smn" ? 1 : 0

  name         = var.name
  display_name = "Objects in ${var.bucket}"
}

# The intake confirms it, if the setting smn_topic_urn has this topic's URN.
resource "huaweicloud_smn_subscription" "intake" {
  count = var.events == "smn" ? 1 : 0

  topic_urn = huaweicloud_smn_topic.events[0].topic_urn
  protocol  = "https"
  endpoint  = var.intake_url
  remark    = "intake of imagedrop"

  lifecycle {
    precondition {
      condition     = var.intake_url != ""
      error_message = "events = smn needs intake_url."
    }
  }
}

resource "huaweicloud_identity_role" "publish" {
  count = local.creates_agency ? 1 : 0

  name        = "${var.name}-publish"
  description = "EventGrid may publish to topics."
  type        = "XA"
  policy = jsonencode({
    Version   = "1.1"
    Statement = [{ Effect = "Allow", Action = ["smn:topic:publish"] }]
  })
}

resource "huaweicloud_identity_agency" "eventgrid" {
  count = local.creates_agency ? 1 : 0

  name                   = "${var.name}-eventgrid"
  description            = "EventGrid publishes the events of imagedrop's bucket."
  delegated_service_name = "op_svc_EG"
  duration               = "FOREVER"

  project_role {
    project = data.huaweicloud_identity_projects.own[0].projects[0].name
    roles   = [huaweicloud_identity_role.publish[0].name]
  }
}

data "huaweicloud_identity_projects" "own" {
  count = local.creates_agency ? 1 : 0

  project_id = var.project_id
}

resource "huaweicloud_eg_event_subscription" "drops" {
  count = var.events == "none" ? 0 : 1

  channel_id  = data.huaweicloud_eg_event_channels.default[0].channels[0].id
  name        = var.name
  description = "Objects in ${var.bucket}, for imagedrop"

  sources {
    id            = uuidv5("url", "imagedrop:${var.bucket}:source")
    provider_type = "OFFICIAL"
    name          = "HC.OBS.DWR"
    filter_rule   = jsonencode(local.filter)
    detail_name   = "detail"
    detail        = jsonencode({ bucket = var.bucket, objectKeyEncode = true })
  }

  targets {
    id            = uuidv5("url", "imagedrop:${var.bucket}:${var.events}")
    provider_type = var.events == "smn" ? "OFFICIAL" : "CUSTOM"
    name          = var.events == "smn" ? "HC.SMN" : "HTTPS"
    connection_id = var.events == "smn" ? null : data.huaweicloud_eg_connections.default[0].connections[0].id
    detail_name   = var.events == "smn" ? "smn_detail" : "detail"
    detail        = var.events == "smn" ? local.smn_detail : local.https_detail
    transform     = jsonencode({ type = "ORIGINAL", value = "" })
  }

  lifecycle {
    # EventGrid writes the JSON in another form than it was given.
    ignore_changes = [sources, targets]

    precondition {
      condition     = var.events != "https" || (var.intake_url != "" && var.webhook_secret != "")
      error_message = "events = https needs intake_url and webhook_secret."
    }
  }
}

locals {
  creates_agency = var.events == "smn" && var.eventgrid_agency == ""

  filter = merge(
    {
      source = [{ op = "StringIn", values = ["HC.OBS.DWR"] }]
      type   = [{ op = "StringStartsWith", values = ["OBS:DWR:ObjectCreated"] }]
      data   = { obs = { bucket = { name = [{ op = "StringIn", values = [var.bucket] }] } } }
    },
    var.prefix == "" ? {} : { subject = [{ op = "StringStartsWith", values = [var.prefix] }] },
  )

  smn_detail = var.events != "smn" ? "" : jsonencode({
    urn               = huaweicloud_smn_topic.events[0].topic_urn
    agency_name       = local.creates_agency ? huaweicloud_identity_agency.eventgrid[0].name : var.eventgrid_agency
    subject_transform = { type = "CONSTANT", value = "imagedrop" }
  })

  https_detail = jsonencode({
    url = var.intake_url
    invocation_http_parameters = {
      header_parameters = [{ key = "x-imagedrop-secret", value = var.webhook_secret, is_value_secret = true }]
    }
  })
}
