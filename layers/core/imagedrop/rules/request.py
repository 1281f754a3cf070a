"""The body of CreateImage, from the filled sidecar (IMS API: CreateImage, OBS-file scenario)."""

from __future__ import annotations

from typing import Any

from imagedrop.domain import object_keys
from imagedrop.domain.drop import drop_id
from imagedrop.rules.rule_input import RuleInput
from imagedrop.sidecar import limits

_AS_THEY_ARE = (
    "name",
    "os_type",
    "os_version",
    "architecture",
    "hw_firmware_type",
    "min_disk",
    "type",
    "is_config",
    "is_quick_import",
    "cmk_id",
    "enterprise_project_id",
    "min_ram",
    "max_ram",
    "license_type",
)


def body(case: RuleInput, filled: dict[str, Any]) -> dict[str, Any]:
    """Plain JSON values. Every image carries the tag by which it is found again."""
    head, bucket = case.image.head, case.place.bucket
    assert bucket is not None
    own = drop_id(bucket, head.key, head.etag)
    made = {name: filled[name] for name in _AS_THEY_ARE if name in filled}
    made |= {"image_url": f"{bucket}:{head.key}", "image_tags": _tags(filled["image_tags"], own)}
    made |= _description(filled)
    data = [_data(bucket, object_keys.part_key(head.key, disk["file"]), disk, own) for disk in filled["data_images"]]
    return made | ({"data_images": data} if data else {})


def _data(bucket: str, key: str, disk: dict[str, Any], own: str) -> dict[str, Any]:
    made = {name: disk[name] for name in ("name", "min_disk", "is_quick_import") if name in disk}
    return made | {"image_url": f"{bucket}:{key}", "image_tags": _tags(disk["image_tags"], own)} | _description(disk)


def _description(filled: dict[str, Any]) -> dict[str, Any]:
    return {"description": filled["description"]} if filled["description"] else {}


def _tags(tags: dict[str, str], own: str) -> list[dict[str, str]]:
    return [{"key": key, "value": value} for key, value in {**tags, limits.OWN_TAG: own}.items()]
