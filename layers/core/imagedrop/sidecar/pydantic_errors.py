"""The errors that pydantic reports for a document, as findings."""

from __future__ import annotations

import difflib
import json
import math
import re
from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import BaseModel, ValidationError

from imagedrop.findings import Finding, Kind
from imagedrop.findings import sidecar as kinds
from imagedrop.sidecar.model import DataImage, Owner, Sidecar
from imagedrop.sidecar.pointer import Step, display_path, excerpt, pointer

_WANTED = {
    "string_type": "a string",
    "int_type": "a whole number",
    "bool_type": "true or false",
    "list_type": "a list",
    "dict_type": "an object",
    "model_type": "an object",
    "literal_error": "a string",
}
_TEXT_KINDS: Mapping[str, Kind] = {
    "name": kinds.NAME,
    "email": kinds.EMAIL,
    "file": kinds.FILE,
    "cmk_id": kinds.UUID,
    "enterprise_project_id": kinds.UUID,
    "region": kinds.REGION,
    "etag": kinds.ETAG,
}
# Other names of the fields, from other tools and the console.
_ALIASES = {
    "tags": "image_tags",
    "boot_mode": "hw_firmware_type",
    "firmware": "hw_firmware_type",
    "arch": "architecture",
    "kms_key_id": "cmk_id",
    "system_disk": "min_disk",
    "data_disks": "data_images",
    "fast_channel": "is_quick_import",
    "os": "os_version",
    "mail": "email",
    "lang": "language",
}


def field_findings(document: Mapping[str, Any]) -> list[Finding]:
    """One finding for each invalid field."""
    return [_finding(error) for error in validation_errors(Sidecar, document)]


def validation_errors(model: type[BaseModel], value: object) -> list[Any]:
    try:
        model.model_validate(value)
    except ValidationError as error:
        return list(error.errors(include_url=False))
    return []


def json_type(value: object) -> str:
    """The JSON type in words: `a string`, `null`, `a list`."""
    if value is None or isinstance(value, bool):
        return json.dumps(value)
    return {int: "a number", float: "a number", str: "a string", list: "a list"}.get(type(value), "an object")


def quoted(value: object) -> str:
    """The value as JSON, shortened and safe to print."""
    return f'"{excerpt(value)}"' if isinstance(value, str) else excerpt(json.dumps(value))


def _finding(error: Any) -> Finding:
    steps: tuple[Step, ...] = tuple(step for step in error["loc"] if step != "[key]")
    where = {"at": pointer(steps), "field": display_path(steps)}
    value, kind = error["input"], error["type"]
    if isinstance(value, float) and not math.isfinite(value):
        return kinds.NUMBER(**where)
    if kind == "missing":
        return kinds.MISSING(**where)
    if kind == "extra_forbidden":
        return kinds.UNKNOWN(**where, near=_near(steps))
    if kind == "string_unicode":
        return kinds.HALF_CHARACTER(**where)
    return _value_finding(error, steps, value, where)


def _value_finding(error: Any, steps: Sequence[Step], value: object, where: dict[str, str]) -> Finding:
    kind, context = error["type"], error.get("ctx", {})
    if kind in ("greater_than_equal", "less_than_equal"):
        small = kind == "greater_than_equal"
        bound = context["ge" if small else "le"]
        return (kinds.TOO_SMALL if small else kinds.TOO_BIG)(**where, got=quoted(value), bound=bound)
    if kind == "literal_error" and isinstance(value, str):
        choices = ", ".join(re.findall(r"'([^']+)'", context["expected"]))
        return kinds.CHOICE(**where, got=quoted(value), choices=choices)
    if kind == "string_pattern_mismatch":
        return _text_kind(error["loc"])(**where, got=quoted(value))
    got = quoted(value) if isinstance(value, (str, int, float)) and not isinstance(value, bool) else json_type(value)
    return kinds.TYPE(**where, got=got, wanted=_wanted(kind, steps))


def _text_kind(loc: Sequence[Step]) -> Kind:
    if "image_tags" in loc[:-1]:
        return kinds.TAG_KEY if loc[-1] == "[key]" else kinds.TAG_VALUE
    if tuple(loc) == ("owner", "name"):
        return kinds.TEXT
    return _TEXT_KINDS.get(str(loc[-1]), kinds.TEXT)


def _wanted(kind: str, steps: Sequence[Step]) -> str:
    if kind in _WANTED:
        return _WANTED[kind]
    assert kind == "null", kind
    field = _model_at(steps).model_fields.get(str(steps[-1]))
    annotation = str(field.annotation) if field else ""
    types = {"bool": "bool_type", "dict": "dict_type", "list": "list_type", "Owner": "model_type", "int": "int_type"}
    found = (name for word, name in types.items() if re.search(rf"\b{word}\b", annotation))
    return _WANTED[next(found, "string_type")]


def _model_at(steps: Sequence[Step]) -> type[BaseModel]:
    if len(steps) < 2:
        return Sidecar
    return Owner if steps[0] == "owner" else DataImage


def names_at(steps: Sequence[Step]) -> list[str]:
    """The fields that the object at this path may have."""
    return [field.alias or name for name, field in _model_at(steps).model_fields.items()]


def _near(steps: Sequence[Step]) -> str:
    """The most similar valid names, else all."""
    given = _snake(str(steps[-1]))
    valid = names_at(steps)
    of_owner = [f"owner.{name}" for name in _close(given, names_at(("owner", "")))]
    return ", ".join(_close(given, valid) or of_owner or valid)


def _close(given: str, names: list[str]) -> list[str]:
    if _ALIASES.get(given) in names:
        return [_ALIASES[given]]
    return difflib.get_close_matches(given, names, 1, 0.6)


def _snake(name: str) -> str:
    """`min_disk` for `minDisk`, `min-disk` and `Min Disk`."""
    return re.sub(r"[\s-]+", "_", re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name[:64])).lower()
