"""Searches images (IMS API: ListImages, ListImageByTags)."""

from __future__ import annotations

import operator
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from imagedrop_local.ims.error_codes import api_error
from imagedrop_local.ims.fields import Body

Image = dict[str, Any]

_SORT_KEYS = ("name", "container_format", "disk_format", "status", "id", "size", "created_at")
_PAGING = ("limit", "marker", "sort_key", "sort_dir")
_COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "gt": operator.gt,
    "gte": operator.ge,
    "lt": operator.lt,
    "lte": operator.le,
    "eq": operator.eq,
    "neq": operator.ne,
}


def listing(images: list[Image], pairs: list[tuple[str, str]], largest: int = 500) -> dict[str, Any]:
    """One page of ListImages. `pairs`: the query. Raises ApiError: IMG.0001."""
    query = dict(pairs)
    found = [image for image in images if all(_matches(image, name, value) for name, value in pairs)]
    found = _sorted(found, query)
    limit = _number(query.get("limit", str(largest)), 1, 1000)
    start = _after(found, query.get("marker"))
    page = found[start : start + limit]
    more = start + limit < len(found)
    return {"images": page} | ({"page_info": {"next_marker": page[-1]["id"]}} if more else {})


def _sorted(images: list[Image], query: dict[str, str]) -> list[Image]:
    key, direction = query.get("sort_key", "created_at"), query.get("sort_dir", "desc")
    if key not in _SORT_KEYS or direction not in ("asc", "desc"):
        raise api_error("IMG.0001", f"sort_key {key!r}, sort_dir {direction!r}")
    return sorted(images, key=lambda image: (str(image.get(key, "")), image["id"]), reverse=direction == "desc")


def _after(images: list[Image], marker: str | None) -> int:
    if marker is None:
        return 0
    for index, image in enumerate(images):
        if image["id"] == marker:
            return index + 1
    raise api_error("IMG.0001", f"marker {marker!r} is not an image of this list")


def _matches(image: Image, name: str, value: str) -> bool:
    if name in _PAGING:
        return True
    if name == "tag":
        return (value if "=" in value else f"{value}=") in image["tags"]
    if name in ("created_at", "updated_at"):
        return _time_matches(image[name], name, value)
    if name == "enterprise_project_id":
        return value == "all_granted_eps" or value == image.get(name, "0")
    if name == "architecture":
        return (image.get("__support_arm") == "true") == (value == "arm")
    image_tags = str(image.get(name))
    if name in ("protected", "__isregistered"):
        image_tags, value = image_tags.lower(), value.lower()
    return name not in _KNOWN or image_tags == value


_KNOWN = frozenset(
    {"id", "name", "status", "owner", "visibility", "protected", "container_format", "disk_format", "min_disk"}
    | {"min_ram", "virtual_env_type", "__imagetype", "__isregistered", "__os_type", "__os_bit", "__platform"}
    | {"__system__cmkid"}
)


def _time_matches(time: str, name: str, value: str) -> bool:
    comparison, _, bound = value.partition(":")
    try:
        return _COMPARE[comparison](_time(time), _time(bound))
    except (KeyError, ValueError):
        raise api_error("IMG.0001", f"{name} {value!r} is not like gte:2026-11-24T13:00:00Z") from None


def _time(value: str) -> datetime:
    return datetime.strptime(value, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)


def _number(value: Any, smallest: int, largest: int) -> int:
    if not str(value).isdecimal() or not smallest <= int(value) <= largest:
        raise api_error("IMG.0001", f"{value!r}, from {smallest} to {largest}")
    return int(value)


def by_tags(images: list[Image], body: Body) -> dict[str, Any]:
    """ListImageByTags, both actions."""
    if body.get("action") not in ("filter", "count"):
        raise api_error("IMG.0001", "action is filter or count")
    found = _sorted([image for image in images if _tags_match(image, body)], {})
    if body["action"] == "count":
        return {"total_count": len(found)}
    limit = _number(body.get("limit") or "10", 1, 1000)
    offset = _number(body.get("offset") or "0", 0, 1 << 30)
    return {"resources": [_resource(image) for image in found[offset : offset + limit]], "total_count": len(found)}


def _tags_match(image: Image, body: Body) -> bool:
    image_tags = tags_of(image)
    if not all(_field_matches(image, condition) for condition in _tag_conditions(body, "matches")):
        return False
    if body.get("without_any_tag") is True:
        return not image_tags

    def has(condition: Body) -> bool:
        return condition["key"] in image_tags and (
            not condition.get("values") or image_tags[condition["key"]] in condition["values"]
        )

    return (
        all(has(condition) for condition in _tag_conditions(body, "tags"))
        and (not body.get("tags_any") or any(has(condition) for condition in _tag_conditions(body, "tags_any")))
        and not (body.get("not_tags") and all(has(condition) for condition in _tag_conditions(body, "not_tags")))
        and not any(has(condition) for condition in _tag_conditions(body, "not_tags_any"))
    )


def _tag_conditions(body: Body, name: str) -> list[Body]:
    conditions = body.get(name) or []
    if not isinstance(conditions, list) or len(conditions) > 10:
        raise api_error("IMG.0001", f"{name} is a list of at most 10")
    for condition in conditions:
        if not isinstance(condition, dict) or not isinstance(condition.get("key"), str) or not condition["key"]:
            raise api_error("IMG.0001", f"{name} has entries with a key")
        values = condition.get("values") or []
        if not isinstance(values, list) or len(values) > 10:
            raise api_error("IMG.0001", f"{name} has at most 10 values a key")
    return conditions


def _field_matches(image: Image, condition: Body) -> bool:
    fields = {"resource_name": image["name"], "resource_id": image["id"]}
    if condition["key"] not in fields:
        raise api_error("IMG.0001", f"matches by {', '.join(fields)}")
    return bool(fields[condition["key"]] == condition.get("value"))


def tags_of(image: Image) -> dict[str, str]:
    return dict(tag.split("=", 1) for tag in image["tags"])


def _resource(image: Image) -> dict[str, Any]:
    return {
        "resource_id": image["id"],
        "resource_name": image["name"],
        "resource_detail": {"status": image["status"]},
        "tags": [{"key": key, "value": value} for key, value in tags_of(image).items()],
    }
