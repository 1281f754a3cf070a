"""Tags of images: `tags` ("key.value") or `image_tags` ({key, value}), and their limits (IMS API: image tag format)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Literal

from imagedrop_local.ims.error_codes import api_error

_CJK = "\u4e00-\u9fff"


@dataclass(frozen=True)
class Limits:
    count: int
    key: re.Pattern[str]
    value: re.Pattern[str]


LIMITS: dict[Literal["old", "new"], Limits] = {
    "old": Limits(10, re.compile(rf"[0-9A-Za-z_{_CJK}-]{{1,36}}"), re.compile(rf"[0-9A-Za-z_.{_CJK}-]{{0,43}}")),
    "new": Limits(
        20,
        re.compile(rf"(?! )[0-9A-Za-z _.:+@{_CJK}-]{{1,128}}(?<! )"),
        re.compile(rf"[0-9A-Za-z _.:+@/{_CJK}-]{{0,255}}"),
    ),
}


def read(body: dict[str, Any], limits: Limits) -> dict[str, str]:
    """The tags of a create call. Raises ApiError: IMG.0115, IMG.0116."""
    pairs, strings = body.get("image_tags"), body.get("tags")
    if pairs and strings:
        raise api_error("IMG.0115", "tags and image_tags exclude one another")
    if not isinstance(pairs or [], list) or not isinstance(strings or [], list):
        raise api_error("IMG.0115", "a list is expected")
    return unique_tags([parse_pair(item) for item in pairs or ()] + [_split(item) for item in strings or ()], limits)


def parse_pair(value: Any) -> tuple[str, str]:
    """From {key, value}; a missing value is empty."""
    if not isinstance(value, dict) or not isinstance(value.get("key"), str):
        raise api_error("IMG.0115", "a tag has a key, which is a string")
    tag_value = value.get("value")
    if tag_value is not None and not isinstance(tag_value, str):
        raise api_error("IMG.0115", f"the value of {value['key']} is not a string")
    return value["key"], tag_value or ""


def _split(value: Any) -> tuple[str, str]:
    if not isinstance(value, str):
        raise api_error("IMG.0115", "tags are strings key.value")
    key, _, tag_value = value.partition(".")
    return key, tag_value


def unique_tags(pairs: list[tuple[str, str]], limits: Limits) -> dict[str, str]:
    """The pairs as the tags of one image. Raises ApiError if a key occurs twice."""
    tags = dict(pairs)
    if len(tags) < len(pairs):
        raise api_error("IMG.0115", "a key occurs twice")
    check(tags, limits)
    return tags


def check(tags: dict[str, str], limits: Limits) -> None:
    if len(tags) > limits.count:
        raise api_error("IMG.0116", f"{len(tags)}, at most {limits.count}")
    for key, value in tags.items():
        if not limits.key.fullmatch(key):
            raise api_error("IMG.0115", f"key {key!r}")
        if not limits.value.fullmatch(value):
            raise api_error("IMG.0115", f"value {value!r} of {key}")
