"""Text from a file, a sidecar or IMS, as it may be shown: it moves no cursor, turns no text around and ends no line."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Mapping
from typing import Any

MARK = "\N{REPLACEMENT CHARACTER}"


def one_line(text: str) -> str:
    """Whatever does not print is a replacement character; a space of any width is a space."""
    return text if text.isprintable() else "".join(map(_shown, text))


def ascii_line(text: str) -> str:
    """The same for what takes ASCII only."""
    return one_line(text).encode("ascii", "replace").decode()


def json_line(value: Mapping[str, Any]) -> str:
    """JSON on one line that a person can read and no terminal acts on: what does not print is escaped."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=str)
    return text if text.isprintable() else "".join(c if c.isprintable() else _escaped(c) for c in text)


def _shown(char: str) -> str:
    if char.isprintable():
        return char
    return " " if unicodedata.category(char) == "Zs" else MARK


def _escaped(char: str) -> str:
    """JSON's own escape; a character outside the first plane takes two."""
    code = ord(char)
    units = [code] if code < 0x10000 else [0xD800 + ((code - 0x10000) >> 10), 0xDC00 + ((code - 0x10000) & 0x3FF)]
    return "".join(f"\\u{unit:04x}" for unit in units)
