"""The paths and calls of IMS (as in the official SDK)."""

from __future__ import annotations

from imagedrop_local.gateway.routing import Routes
from imagedrop_local.ims.calls import Calls, Handler
from imagedrop_local.ims.create_requests import RequestParser
from imagedrop_local.ims.tag_calls import TagCalls
from imagedrop_local.ims.two_steps import TwoStepCalls

_TAGS = "/v2/{project_id}/images/{image_id}/tags"


def table(calls: Calls, tags: TagCalls, steps: TwoStepCalls, parser: RequestParser) -> Routes[Handler]:
    image, quick, data = (calls.create(parse) for parse in (parser.image, parser.quick, parser.data))
    rows: tuple[tuple[str, str, str, Handler], ...] = (
        ("POST", "/v2/cloudimages/action", "CreateImage", image),
        ("POST", "/v2.1/cloudimages/action", "CreateImageInSafeMode", image),
        ("POST", "/v2/cloudimages/quickimport/action", "ImportImageQuick", quick),
        ("POST", "/v2.1/cloudimages/quickimport/action", "ImportImageQuickInSafeMode", quick),
        ("POST", "/v1/cloudimages/dataimages/action", "CreateDataImage", data),
        ("POST", "/v2.1/cloudimages/dataimages/action", "CreateDataImageInSafeMode", data),
        ("GET", "/v1/{project_id}/jobs/{job_id}", "ShowJob", calls.show_job("ShowJob")),
        ("GET", "/v1/cloudimages/job/{job_id}", "ShowJobProgress", calls.show_job("ShowJobProgress")),
        ("GET", "/v2/cloudimages", "ListImages", calls.list_images),
        ("PATCH", "/v2/cloudimages/{image_id}", "UpdateImage", calls.update),
        ("GET", "/v2/images", "GlanceListImages", calls.native_list),
        ("POST", "/v2/images", "GlanceCreateImageMetadata", steps.describe),
        ("PUT", "/v1/cloudimages/{image_id}/upload", "RegisterImage", steps.register),
        ("GET", "/v2/images/{image_id}", "GlanceShowImage", calls.show),
        ("DELETE", "/v2/images/{image_id}", "GlanceDeleteImage", calls.delete),
        ("GET", "/v1/cloudimages/quota", "ShowImageQuota", calls.quota),
        ("GET", "/v1/cloudimages/os_version", "ListOsVersions", calls.os_versions),
        ("POST", "/v2/{project_id}/images/resource_instances/action", "ListImageByTags", tags.by_tags),
        ("GET", "/v1/cloudimages/tags", "ListTags", tags.tag_texts),
        ("PUT", "/v1/cloudimages/tags", "CreateOrUpdateTags", tags.put_tag),
        ("GET", "/v2/{project_id}/images/tags", "ListImagesTags", tags.all_tags),
        ("GET", _TAGS, "ListImageTags", tags.image_tags),
        ("POST", _TAGS, "AddImageTag", tags.tagged(tags.add_tag)),
        ("POST", f"{_TAGS}/action", "BatchAddOrDeleteTags", tags.tagged(tags.change_tags)),
        ("DELETE", f"{_TAGS}/{{key}}", "DeleteImageTag", tags.tagged(tags.delete_tag)),
    )
    return Routes(rows)
