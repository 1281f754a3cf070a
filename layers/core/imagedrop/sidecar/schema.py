"""The sidecar as JSON Schema (2020-12): it takes and refuses the very documents that `read` does, but for what no
schema can see (two data images with one file that differ elsewhere, min_ram above max_ram)."""

from __future__ import annotations

from typing import Any

from imagedrop.sidecar import limits, os_versions
from imagedrop.sidecar.model import Sidecar

_TAGS = {
    "type": "object",
    "maxProperties": limits.TAGS,
    "propertyNames": {"pattern": limits.TAG_KEY, "not": {"const": limits.OWN_TAG}},
    "additionalProperties": {"type": "string", "pattern": limits.TAG_VALUE},
}


def schema() -> dict[str, Any]:
    """What `imagedrop schema` prints."""
    made: dict[str, Any] = _tidy(Sidecar.model_json_schema())
    made["properties"]["data_images"] |= {"maxItems": limits.DATA_IMAGES, "uniqueItems": True}
    for owner in (made, made["$defs"]["DataImage"]):
        tags = owner["properties"]["image_tags"]
        owner["properties"]["image_tags"] = {"description": tags["description"], **_TAGS}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "imagedrop sidecar",
        **made,
        "allOf": _together(),
    }


def _together() -> list[dict[str, Any]]:
    """`together.seen_by_schema`, in the schema's words."""
    other = {"anyOf": [_says(os_type="Linux"), _says(os_type="Other")]}  # what is not said otherwise is a Windows
    windows = {"properties": {"os_version": {"enum": list(os_versions.WINDOWS)}}}
    elsewhere = {"properties": {"os_version": {"not": {"enum": list(os_versions.WINDOWS)}}}}
    large = {"properties": {"min_disk": {"minimum": limits.WINDOWS_LEAST_GB}}}
    return [
        {"if": _says(architecture="arm"), "then": {"not": _says(hw_firmware_type="bios")}},
        {"if": _says(type="BMS"), "then": {"properties": {"cmk_id": False}}},
        {"not": _says(is_quick_import=True, is_config=True)},
        {"if": other, "then": elsewhere, "else": {"allOf": [windows, large]}},
    ]


def _says(**fields: object) -> dict[str, Any]:
    return {"required": list(fields), "properties": {name: {"const": value} for name, value in fields.items()}}


def _tidy(node: Any) -> Any:
    """Without pydantic's titles and nulls: a field may be left out, never null."""
    if isinstance(node, list):
        return [_tidy(one) for one in node]
    if not isinstance(node, dict):
        return node
    kept = {key: _tidy(one) for key, one in node.items() if not (key == "title" and isinstance(one, str))}
    if kept.get("default", kept) is None:
        del kept["default"]
    choices = [one for one in kept.pop("anyOf", []) if one != {"type": "null"}]
    return {**choices[0], **kept} if choices else kept
