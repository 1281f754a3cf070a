"""How a golden file is written and compared. Renames may change this module, never the files."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, get_args

from pydantic import BaseModel

from imagedrop import __version__
from imagedrop.domain.drop import Drop

FOLDER = Path(__file__).parent
FIRST_VERSION = "0.1.0"  # that the files were made with


def stored(row: Drop) -> dict[str, Any]:
    """The row as JSON data, under the names that are stored."""
    return row.model_dump(mode="json")


def restored(data: dict[str, Any]) -> Drop:
    return Drop.model_validate(data)


def text(value: Any) -> bytes:
    """Readable JSON. The order of the names counts."""
    return (json.dumps(value, indent=1) + "\n").encode()


def of_first_version(body: bytes) -> bytes:
    """The body as the first version wrote it: claims and result files name the version that wrote them."""
    return body.replace(f'"imagedrop": "{__version__}"'.encode(), f'"imagedrop": "{FIRST_VERSION}"'.encode())


def golden(name: str) -> bytes:
    return (FOLDER / name).read_bytes()


def names(folder: str) -> list[str]:
    """The golden files in a folder; `**`: all."""
    return sorted(path.relative_to(FOLDER).as_posix() for path in FOLDER.glob(f"{folder}/*.json"))


def attributes(model: type[BaseModel]) -> dict[str, Any]:
    """The stored names of a model's fields, each with the names of the models inside it."""
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
    """A boto3 client that writes down its calls and answers every one with nothing."""

    def __init__(self) -> None:
        self.calls: list[dict[str, Any]] = []

    def get_paginator(self, operation: str) -> Recorder:
        return self

    def __getattr__(self, operation: str) -> Any:
        def call(**arguments: Any) -> dict[str, Any]:
            self.calls.append({"call": operation, **_spelled_out(arguments)})
            return {"Items": []}

        return call if operation != "paginate" else lambda **arguments: [call(**arguments)]


def _spelled_out(value: Any) -> Any:
    """A request to DynamoDB with its placeholders replaced by what they stand for: their own names do not count."""
    if isinstance(value, list):
        return [_spelled_out(item) for item in value]
    if not isinstance(value, dict):
        return value
    short = {**value.get("ExpressionAttributeNames", {}), **value.get("ExpressionAttributeValues", {})}
    kept = {name: part for name, part in value.items() if not name.startswith("ExpressionAttribute")}
    return {
        name: _replaced(part, short) if name.endswith("Expression") else _spelled_out(part)
        for name, part in kept.items()
    }


def _replaced(expression: str, short: dict[str, Any]) -> str:
    for placeholder in sorted(short, key=len, reverse=True):
        expression = expression.replace(placeholder, f"<{json.dumps(short[placeholder])}>")
    return expression
