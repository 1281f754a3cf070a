"""The body of CreateImage, made from the filled sidecar (IMS API: CreateImage, OBS-file scenario)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from imagedrop.domain import object_keys
from imagedrop.domain.create_image_request import CreateImageRequest, DataImageRequest, ImageTag
from imagedrop.domain.drop import drop_id
from imagedrop.rules.rule_input import RuleInput
from imagedrop.sidecar import limits

_MADE = ("image_url", "image_tags", "description", "data_images")


def body(given: RuleInput, filled: Mapping[str, Any]) -> CreateImageRequest:
    """Every image gets the tag by which imagedrop finds it again. Needs a bucket."""
    head, bucket = given.image.head, given.location.bucket
    assert bucket is not None
    tag = drop_id(bucket, head.key, head.etag)
    made = _copied(CreateImageRequest, filled) | _common(f"{bucket}:{head.key}", filled, tag)
    data = [
        _data_image(f"{bucket}:{object_keys.part_key(head.key, disk['file'])}", disk, tag)
        for disk in filled["data_images"]
    ]
    return cast("CreateImageRequest", made | ({"data_images": data} if data else {}))


def _data_image(url: str, disk: Mapping[str, Any], tag: str) -> DataImageRequest:
    return cast("DataImageRequest", _copied(DataImageRequest, disk) | _common(url, disk, tag))


def _copied(request: type, filled: Mapping[str, Any]) -> dict[str, Any]:
    """The fields that the request takes from the sidecar unchanged."""
    return {name: filled[name] for name in request.__annotations__ if name in filled and name not in _MADE}


def _common(url: str, filled: Mapping[str, Any], tag: str) -> dict[str, Any]:
    tags: list[ImageTag] = [
        {"key": key, "value": value} for key, value in {**filled["image_tags"], limits.OWN_TAG: tag}.items()
    ]
    description = {"description": filled["description"]} if filled["description"] else {}
    return {"image_url": url, "image_tags": tags, **description}
