"""docs/settings.md: every setting. `python -m imagedrop.docs_pages.settings_page > docs/settings.md`."""

from __future__ import annotations

import sys
from typing import Any, Literal, get_args, get_origin

from annotated_types import Ge, Le
from pydantic.fields import FieldInfo

from imagedrop.settings import PREFIX, Settings

HEAD = """# Settings

<!-- Generated: python -m imagedrop.docs_pages.settings_page > docs/settings.md -->

Settings are environment variables, the same in template.yaml, on one machine and here. Each is read once per process;
an empty one counts as not given, and a wrong or unknown one stops the start with an error that names it.

| variable | default | values | meaning |
| --- | --- | --- | --- |
"""


def page() -> str:
    return HEAD + "".join(_row(name, field) for name, field in Settings.model_fields.items())


def _row(name: str, field: FieldInfo) -> str:
    cells = (f"`{PREFIX}{name.upper()}`", default_of(field.default), values_of(field), field.description or "")
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |\n"


def default_of(value: Any) -> str:
    """A field's default as a cell of a table."""
    if isinstance(value, tuple):
        value = " ".join(value)
    if isinstance(value, bool):
        value = str(value).lower()
    return f"`{value}`" if value != "" else ""


def values_of(field: FieldInfo) -> str:
    """What a field may be, as a cell of a table."""
    kind: Any = field.annotation
    if get_origin(kind) is Literal:
        return ", ".join(f"`{value}`" for value in get_args(kind))
    if get_origin(kind) is tuple:
        return "words, by spaces or commas"
    return {bool: "`true`, `false`", int: _range(field), float: "number"}.get(kind, "text")


def _range(field: FieldInfo) -> str:
    least = next((str(bound.ge) for bound in field.metadata if isinstance(bound, Ge)), None)
    most = next((str(bound.le) for bound in field.metadata if isinstance(bound, Le)), None)
    if least and most:
        return f"{least} to {most}"
    return f"{least} or more" if least else "whole number"


if __name__ == "__main__":
    sys.stdout.write(page())
