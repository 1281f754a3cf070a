"""Changes an image: UpdateImage's JSON patch, and tags (IMS API: UpdateImage, AddImageTag, BatchAddOrDeleteTags)."""

from __future__ import annotations

from typing import Any

from imagedrop_local.gateway import ApiError
from imagedrop_local.ims import fields, tags
from imagedrop_local.ims.create_requests import RequestParser
from imagedrop_local.ims.error_codes import api_error
from imagedrop_local.ims.tags import Limits
from imagedrop_local.json_store import Document

_TOP_LEVEL = ("name", "min_disk", "protected")  # the other fields are attributes
_CHANGEABLE = frozenset({*_TOP_LEVEL, "min_ram", "max_ram", "__description", "hw_firmware_type", "__os_version"})


def patched(image: Document, operations: list[Any], parser: RequestParser, names_in_use: set[str] | None) -> Document:
    """The image after all operations. `names_in_use`: names that it must not get; None: any name is allowed."""
    if image["status"] != "active":
        raise api_error("IMG.0121", f"it is {image['status']}")
    new = {**image, "attributes": dict(image["attributes"])}
    for operation in operations:
        name = _target(operation)
        target = new if name in _TOP_LEVEL else new["attributes"]
        if operation["op"] != "add" and name not in target:
            raise api_error("IMG.0035", f"{operation['op']} {name}, which it does not have")
        if operation["op"] == "remove":
            _remove(target, name)
        else:
            target[name] = _value(name, operation.get("value"), parser)
    if new["name"] != image["name"] and names_in_use and new["name"] in names_in_use:
        raise api_error("IMG.0009", new["name"])
    return new


def _target(operation: Any) -> str:
    if not isinstance(operation, dict) or operation.get("op") not in ("add", "replace", "remove"):
        raise api_error("IMG.0001", "op is add, replace or remove")
    path = operation.get("path")
    if not isinstance(path, str) or path.removeprefix("/") not in _CHANGEABLE:
        raise api_error("IMG.0001", f"path {path!r} cannot be changed here")
    return path.removeprefix("/")


def _remove(target: Document, name: str) -> None:
    if name in _TOP_LEVEL:
        raise api_error("IMG.0035", f"{name} cannot be removed")
    del target[name]


def _value(name: str, value: Any, parser: RequestParser) -> Any:
    if name == "name":
        return parser.name(value)
    if name == "__description":
        return fields.description(value)
    if name == "protected":
        return str(value).lower() == "true"
    if name in ("min_disk", "min_ram", "max_ram"):
        number = fields.whole_number({name: int(value)} if str(value).isdecimal() else {name: value}, name, 0, 1 << 30)
        return str(number) if name == "max_ram" else number
    return str(value)


def add_tag(image: Document, body: Document, limits: Limits) -> dict[str, str]:
    """The tags with one added or changed."""
    return _merged(image["tags"], dict([tags.parse_pair(body.get("tag"))]), limits)


def put_tag(image: Document, body: Document, limits: Limits) -> dict[str, str]:
    """The tags with one added or changed: `tag` ("key.value") or `image_tag` ({key, value}), exactly one of them."""
    text, pair = body.get("tag"), body.get("image_tag")
    if (text is None) == (pair is None):
        raise api_error("IMG.0115", "tag or image_tag")
    return _merged(image["tags"], tags.read({"tags": text and [text], "image_tags": pair and [pair]}, limits), limits)


def change_tags(image: Document, body: Document, limits: Limits) -> dict[str, str]:
    """The tags after a batch; the same batch may be sent again."""
    pairs = tags.unique_tags([tags.parse_pair(item) for item in fields.items(body, "tags")], limits)
    if body.get("action") == "create":
        return _merged(image["tags"], pairs, limits)
    if body.get("action") == "delete":
        return {key: value for key, value in image["tags"].items() if key not in pairs}
    raise api_error("IMG.0001", "action is create or delete")


def without_tag(image: Document, key: str) -> dict[str, str]:
    if key not in image["tags"]:
        raise ApiError(404, "IMG.0115", f"the image has no tag {key}")
    return {name: value for name, value in image["tags"].items() if name != key}


def _merged(old: dict[str, str], new_tags: dict[str, str], limits: Limits) -> dict[str, str]:
    merged = {**old, **new_tags}
    tags.check(merged, limits)
    return merged
