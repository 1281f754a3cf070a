"""Single fields of a create call, by type and range. Each raises Refused with the field's own code."""

from __future__ import annotations

import json
import re
from typing import Any

from imagedrop_local.ims.error_codes import api_error

Body = dict[str, Any]

_UUID = re.compile(r"[0-9a-f]{8}-?([0-9a-f]{4}-?){3}[0-9a-f]{12}", re.IGNORECASE)


def parse(raw: bytes, kind: type[Any] = dict) -> Any:
    """The JSON body of a call: an object, or what `kind` says."""
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
        raise api_error("IMG.0001", f"{name} is no string")
    return value


def flag(body: Body, name: str) -> bool:
    value = body.get(name)
    if value is not None and not isinstance(value, bool):
        raise api_error("IMG.0001", f"{name} is no boolean")
    return bool(value)


def whole_number(body: Body, name: str, least: int, most: int) -> int:
    """A whole number of GB or MB."""
    value = body.get(name)
    if not isinstance(value, int) or isinstance(value, bool):
        raise api_error("IMG.0055", f"{name} {value!r} is no whole number")
    if not least <= value <= most:
        raise api_error("IMG.0055", f"{name} {value}, from {least} to {most}")
    return value


def items(body: Body, name: str) -> list[Body]:
    value = body.get(name)
    if value is None:
        return []
    if not isinstance(value, list) or not all(isinstance(one, dict) for one in value):
        raise api_error("IMG.0001", f"{name} is no list of objects")
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
    """min_ram as a number and max_ram as a string, MB, as images show them; 0 is no limit."""
    least = whole_number(body, "min_ram", 0, 1 << 30) if body.get("min_ram") is not None else 0
    if body.get("max_ram") is None or (body["max_ram"] == 0 and body["max_ram"] is not False):
        return {"min_ram": least}
    return {"min_ram": least, "max_ram": str(whole_number(body, "max_ram", max(least, 1), 1 << 30))}


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
    """Images of servers and volumes are another product."""
    for name in ("instance_id", "volume_id"):
        if body.get(name):
            raise api_error("IMG.0001", f"{name}: this simulator makes images of objects only")


def description(value: Any) -> str:
    """A description: at most 1024 characters, no line break, no `<` or `>`."""
    if value is None:
        return ""
    if not isinstance(value, str):
        raise api_error("IMG.0054", "it is no string")
    if len(value) > 1024:
        raise api_error("IMG.0004", f"{len(value)}")
    if re.search(r"[\r\n<>]", value):
        raise api_error("IMG.0054")
    return value
