"""Checks single fields of a create call by type and range. Each function raises ApiError with the field's code."""

from __future__ import annotations

import json
import re
from typing import Any

from imagedrop_local.ims.error_codes import api_error

Body = dict[str, Any]

_UUID = re.compile(r"[0-9a-f]{8}-?([0-9a-f]{4}-?){3}[0-9a-f]{12}", re.IGNORECASE)


def parse(raw: bytes, kind: type[Any] = dict) -> Any:
    """The JSON body of a call: an object, or a value of type `kind`."""
    if not raw.strip():
        raise api_error("IMG.0007")
    try:
        body = json.loads(raw)
    except ValueError as error:
        raise api_error("IMG.0001", str(error)) from None
    if not isinstance(body, kind):
        raise api_error("IMG.0001", f"a JSON {'object' if kind is dict else 'array'} is expected")
    return body


def text(body: Body, name: str) -> str | None:
    value = body.get(name)
    if value is not None and not isinstance(value, str):
        raise api_error("IMG.0001", f"{name} is not a string")
    return value


def flag(body: Body, name: str) -> bool:
    value = body.get(name)
    if value is not None and not isinstance(value, bool):
        raise api_error("IMG.0001", f"{name} is not a boolean")
    return bool(value)


def whole_number(body: Body, name: str, smallest: int, largest: int) -> int:
    """A whole number of GB or MB."""
    value = body.get(name)
    if not isinstance(value, int) or isinstance(value, bool):
        raise api_error("IMG.0055", f"{name} {value!r} is not a whole number")
    if not smallest <= value <= largest:
        raise api_error("IMG.0055", f"{name} {value}, from {smallest} to {largest}")
    return value


def items(body: Body, name: str) -> list[Body]:
    value = body.get(name)
    if value is None:
        return []
    if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
        raise api_error("IMG.0001", f"{name} is not a list of objects")
    return value


def one_of(body: Body, name: str, values: tuple[str, ...], code: str) -> str | None:
    value = body.get(name)
    if value is None or value == "":
        return None
    if value not in values:
        raise api_error(code, f"{name} {value!r}, one of {', '.join(values)}")
    return str(value)


def url(body: Body) -> str:
    value = body.get("image_url")
    if not isinstance(value, str) or not re.fullmatch(r"[^:/]+:[^/].*", value, re.DOTALL):
        raise api_error("IMG.0017", repr(value))
    return value


def memory(body: Body) -> Body:
    """min_ram as a number and max_ram as a string, in MB, as images show them. 0: no limit."""
    smallest = whole_number(body, "min_ram", 0, 1 << 30) if body.get("min_ram") is not None else 0
    if body.get("max_ram") is None or (body["max_ram"] == 0 and body["max_ram"] is not False):
        return {"min_ram": smallest}
    return {"min_ram": smallest, "max_ram": str(whole_number(body, "max_ram", max(smallest, 1), 1 << 30))}


def kms_key(body: Body) -> str | None:
    value = text(body, "cmk_id")
    if value and not _UUID.fullmatch(value):
        raise api_error("IMG.0095", repr(value))
    return value or None


def enterprise_project(body: Body) -> str:
    value = text(body, "enterprise_project_id") or "0"
    if value != "0" and not _UUID.fullmatch(value):
        raise api_error("IMG.0155", repr(value))
    return value


def only_objects(body: Body) -> None:
    """Refuses images of servers and volumes, which the simulator does not support."""
    for name in ("instance_id", "volume_id"):
        if body.get(name):
            raise api_error("IMG.0001", f"{name}: this simulator makes images from objects only")


def description(value: Any) -> str:
    """A description: at most 1024 characters, no line break, no `<` or `>`."""
    if value is None:
        return ""
    if not isinstance(value, str):
        raise api_error("IMG.0054", "it is not a string")
    if len(value) > 1024:
        raise api_error("IMG.0004", f"{len(value)}")
    if re.search(r"[\r\n<>]", value):
        raise api_error("IMG.0054")
    return value
