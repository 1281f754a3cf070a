"""Writes and compares golden files. A rename may change this module, but never the files."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, get_args

from pydantic import BaseModel

from imagedrop import __version__
from imagedrop.domain.drop import Drop

FOLDER = Path(__file__).parent
FIRST_VERSION = "0.1.0"  # in the files


MAPPINGS = ("versions", "told")  # fields whose values are models by arbitrary names


def stored(row: Drop) -> dict[str, Any]:
    """The row as JSON data, with the stored names."""
    return as_first(row.model_dump(mode="json"))


def as_first(data: dict[str, Any]) -> dict[str, Any]:
    """A row, or a document that has the names of a row, without the fields that were added since the first version."""
    return _as_first(data, attributes(Drop), json.loads(golden("attributes.json")))


def _as_first(data: dict[str, Any], present: dict[str, Any], first: dict[str, Any]) -> dict[str, Any]:
    kept = {name: value for name, value in data.items() if name in first or name not in present}
    return {name: _field(name, value, present.get(name), first.get(name)) for name, value in kept.items()}


def _field(name: str, value: Any, present: dict[str, Any] | None, first: dict[str, Any] | None) -> Any:
    if not present or not first or value is None:
        return value
    if isinstance(value, list):
        return [_as_first(item, present, first) for item in value]
    if name in MAPPINGS:
        return {key: item and _as_first(item, present, first) for key, item in value.items()}
    return _as_first(value, present, first)


def restored(data: dict[str, Any]) -> Drop:
    return Drop.model_validate(data)


def text(value: Any) -> bytes:
    """Indented JSON. The order of the names matters."""
    return (json.dumps(value, indent=1) + "\n").encode()


def of_first_version(body: bytes) -> bytes:
    """Replaces the version of imagedrop, which claims and result files contain."""
    return body.replace(f'"imagedrop": "{__version__}"'.encode(), f'"imagedrop": "{FIRST_VERSION}"'.encode())


def first_claim(body: bytes) -> bytes:
    """A claim as the first version wrote it: without the fields that were added since."""
    claim = as_first(json.loads(of_first_version(body)))
    del claim["installation"]
    return json.dumps(claim, ensure_ascii=False).encode()


def first_drops(body: bytes) -> bytes:
    """What `status KEY --json` prints, without the fields of rows that were added since the first version."""
    drops = [as_first(row) for row in json.loads(body)["drops"]]
    return (json.dumps({"drops": drops}, indent=2) + "\n").encode()


def first_attributes(present: dict[str, Any]) -> dict[str, Any]:
    """Those of `attributes` that the first version had too."""
    first = json.loads(golden("attributes.json"))
    return {name: {key: {} for key in present[name] if key in first[name]} for name in present if name in first}


def golden(name: str) -> bytes:
    return (FOLDER / name).read_bytes()


def names(folder: str) -> list[str]:
    """The golden files in a folder (`**`: in all)."""
    return sorted(path.relative_to(FOLDER).as_posix() for path in FOLDER.glob(f"{folder}/*.json"))


def attributes(model: type[BaseModel]) -> dict[str, Any]:
    """The stored names of a model's fields, each with those of the models inside it."""
    return {
        field.alias or name: {
            key: value for inner in _models(field.annotation) for key, value in attributes(inner).items()
        }
        for name, field in model.model_fields.items()
    }


def _models(annotation: Any) -> list[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    return [model for argument in get_args(annotation) for model in _models(argument)]


class Recorder:
    """A boto3 client that records its calls and returns no items."""

    def __init__(self) -> None:
        self.calls: list[dict[str, Any]] = []

    def get_paginator(self, operation: str) -> Recorder:
        return self

    def __getattr__(self, operation: str) -> Any:
        def call(**arguments: Any) -> dict[str, Any]:
            self.calls.append({"call": operation, **_expanded(arguments)})
            return {"Items": []}

        return call if operation != "paginate" else lambda **arguments: [call(**arguments)]


def _expanded(value: Any) -> Any:
    """A request to DynamoDB with its placeholders replaced by their values."""
    if isinstance(value, list):
        return [_expanded(item) for item in value]
    if not isinstance(value, dict):
        return value
    short = {**value.get("ExpressionAttributeNames", {}), **value.get("ExpressionAttributeValues", {})}
    left_out = ("ExpressionAttribute", "ReturnValues")
    kept = {name: part for name, part in value.items() if not name.startswith(left_out)}
    return {
        name: _replaced(part, short) if name.endswith("Expression") else _expanded(part) for name, part in kept.items()
    }


def _replaced(expression: str, short: dict[str, Any]) -> str:
    for placeholder in sorted(short, key=len, reverse=True):
        expression = expression.replace(placeholder, f"<{json.dumps(short[placeholder])}>")
    return expression
