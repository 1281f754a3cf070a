"""What pydantic has against a document, said as findings: where, what, why, and how to mend it."""

from __future__ import annotations

import difflib
import json
import math
import re
from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import BaseModel, ValidationError

from imagedrop.findings import Finding, Kind
from imagedrop.findings import sidecar as say
from imagedrop.sidecar.model import DataImage, Owner, Sidecar
from imagedrop.sidecar.pointer import Step, pointer, shown, spoken

_WANTED = {
    "string_type": "a string",
    "int_type": "a whole number",
    "bool_type": "true or false",
    "list_type": "a list",
    "dict_type": "an object",
    "model_type": "an object",
    "literal_error": "a string",
}
_TEXTS: Mapping[str, Kind] = {
    "name": say.NAME,
    "email": say.EMAIL,
    "file": say.FILE,
    "cmk_id": say.UUID,
    "enterprise_project_id": say.UUID,
    "region": say.REGION,
    "etag": say.ETAG,
}
# What other tools and the console call it.
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


def faults(document: Mapping[str, Any]) -> list[Finding]:
    """Every single field that is wrong, in the document's order of mending."""
    return [_finding(error, document) for error in errors(Sidecar, document)]


def errors(model: type[BaseModel], value: object) -> list[Any]:
    try:
        model.model_validate(value)
    except ValidationError as refused:
        return list(refused.errors(include_url=False))
    return []


def kind_of(value: object) -> str:
    """`a string`, `null`, `a list`: the JSON type, said with its article."""
    for types, said in (
        ((bool,), "true or false"),
        ((int, float), "a number"),
        ((str,), "a string"),
        ((list,), "a list"),
    ):
        if isinstance(value, types):
            return json.dumps(value) if types == (bool,) else said
    return "null" if value is None else "an object"


def quoted(value: object) -> str:
    """The value as JSON, cut and safe to print."""
    return f'"{shown(value)}"' if isinstance(value, str) else shown(json.dumps(value))


def _finding(error: Any, document: Mapping[str, Any]) -> Finding:
    steps: tuple[Step, ...] = tuple(step for step in error["loc"] if step != "[key]")
    said = {"at": pointer(steps), "field": spoken(steps)}
    value, kind = error["input"], error["type"]
    if isinstance(value, float) and not math.isfinite(value):
        return say.NUMBER(**said)
    if kind == "missing":
        return say.MISSING(**said)
    if kind == "extra_forbidden":
        return say.UNKNOWN(**said, near=_near(steps))
    if kind == "string_unicode":
        return say.HALF_CHARACTER(**said)
    return _value_finding(error, steps, value, said)


def _value_finding(error: Any, steps: Sequence[Step], value: object, said: dict[str, str]) -> Finding:
    kind, context = error["type"], error.get("ctx", {})
    if kind in ("greater_than_equal", "less_than_equal"):
        small = kind == "greater_than_equal"
        bound = context["ge" if small else "le"]
        return (say.TOO_SMALL if small else say.TOO_BIG)(**said, got=quoted(value), bound=bound)
    if kind == "literal_error" and isinstance(value, str):
        choices = ", ".join(re.findall(r"'([^']+)'", context["expected"]))
        return say.CHOICE(**said, got=quoted(value), choices=choices)
    if kind == "string_pattern_mismatch":
        return _text_kind(error["loc"])(**said, got=quoted(value))
    got = quoted(value) if isinstance(value, (str, int, float)) and not isinstance(value, bool) else kind_of(value)
    return say.TYPE(**said, got=got, wanted=_wanted(kind, steps))


def _text_kind(loc: Sequence[Step]) -> Kind:
    if "image_tags" in loc[:-1]:
        return say.TAG_KEY if loc[-1] == "[key]" else say.TAG_VALUE
    if tuple(loc) == ("owner", "name"):
        return say.TEXT
    return _TEXTS.get(str(loc[-1]), say.TEXT)


def _wanted(kind: str, steps: Sequence[Step]) -> str:
    if kind in _WANTED:
        return _WANTED[kind]
    assert kind == "null", kind
    field = _model_at(steps).model_fields.get(str(steps[-1]))
    said = str(field.annotation) if field else ""
    for word, wanted in (
        ("bool", "true or false"),
        ("dict", "an object"),
        ("list", "a list"),
        ("int", "a whole number"),
    ):
        if word in said.replace("Literal", ""):
            return wanted
    return "an object" if steps[-1] == "owner" else "a string"


def _model_at(steps: Sequence[Step]) -> type[BaseModel]:
    if len(steps) < 2:
        return Sidecar
    return Owner if steps[0] == "owner" else DataImage


def names_at(steps: Sequence[Step]) -> list[str]:
    """The fields that the object which holds this place may have."""
    return [field.alias or name for name, field in _model_at(steps).model_fields.items()]


def _near(steps: Sequence[Step]) -> str:
    asked = _snake(str(steps[-1]))
    here = names_at(steps)
    for look in (_close(asked, here), [f"owner.{name}" for name in _close(asked, names_at(("owner", "")))]):
        if look:
            return ", ".join(look)
    return ", ".join(here)


def _close(asked: str, names: list[str]) -> list[str]:
    if _ALIASES.get(asked) in names:
        return [_ALIASES[asked]]
    return difflib.get_close_matches(asked, names, 1, 0.6)


def _snake(name: str) -> str:
    """`minDisk`, `min-disk` and `Min Disk` mean `min_disk`."""
    return re.sub(r"[\s-]+", "_", re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name[:64])).lower()
