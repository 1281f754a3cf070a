"""The sidecar as JSON Schema (2020-12). It accepts the same documents as `read`, except that JSON Schema cannot express
two rules: data images with other fields different must not share a file, and min_ram must not exceed max_ram."""

from __future__ import annotations

from typing import Any

from imagedrop.common import os_versions
from imagedrop.sidecar import limits
from imagedrop.sidecar.model import Sidecar

_TAGS = {
    "type": "object",
    "maxProperties": limits.TAGS,
    "propertyNames": {"pattern": limits.TAG_KEY, "not": {"const": limits.OWN_TAG}},
    "additionalProperties": {"type": "string", "pattern": limits.TAG_VALUE},
}


def schema() -> dict[str, Any]:
    """The output of `imagedrop schema`."""
    made: dict[str, Any] = _tidy(Sidecar.model_json_schema())
    made["properties"]["data_images"] |= {"maxItems": limits.DATA_IMAGES, "uniqueItems": True}
    for definition in (made, made["$defs"]["DataImage"]):
        tags = definition["properties"]["image_tags"]
        definition["properties"]["image_tags"] = {"description": tags["description"], **_TAGS}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "imagedrop sidecar",
        **made,
        "allOf": _cross_field(),
    }


def _cross_field() -> list[dict[str, Any]]:
    """`cross_field.findings_in_schema` as JSON Schema."""
    not_windows = {"anyOf": [_has(os_type="Linux"), _has(os_type="Other")]}
    windows = {"properties": {"os_version": {"enum": list(os_versions.WINDOWS)}}}
    not_windows_version = {"properties": {"os_version": {"not": {"enum": list(os_versions.WINDOWS)}}}}
    windows_disk = {"properties": {"min_disk": {"minimum": limits.WINDOWS_MIN_GB}}}
    return [
        {"if": _has(architecture="arm"), "then": {"not": _has(hw_firmware_type="bios")}},
        {"if": _has(type="BMS"), "then": {"properties": {"cmk_id": False}}},
        {"not": _has(is_quick_import=True, is_config=True)},
        {"if": not_windows, "then": not_windows_version, "else": {"allOf": [windows, windows_disk]}},
    ]


def _has(**fields: object) -> dict[str, Any]:
    return {"required": list(fields), "properties": {name: {"const": value} for name, value in fields.items()}}


def _tidy(node: Any) -> Any:
    """Without pydantic's titles and nulls: a field may be omitted but not null."""
    if isinstance(node, list):
        return [_tidy(item) for item in node]
    if not isinstance(node, dict):
        return node
    kept = {key: _tidy(item) for key, item in node.items() if not (key == "title" and isinstance(item, str))}
    if kept.get("default", kept) is None:
        del kept["default"]
    choices = [choice for choice in kept.pop("anyOf", []) if choice != {"type": "null"}]
    return {**choices[0], **kept} if choices else kept
