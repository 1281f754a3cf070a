"""Makes text from a file, a sidecar or IMS safe to display: without control characters, on one line."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Mapping
from typing import Any

MARK = "\N{REPLACEMENT CHARACTER}"


def one_line(text: str) -> str:
    """Replaces each unprintable character by U+FFFD, and each kind of space by a space."""
    return text if text.isprintable() else "".join(map(_printable, text))


def ascii_line(text: str) -> str:
    """As `one_line`, and replaces each character that is not ASCII by `?`."""
    return one_line(text).encode("ascii", "replace").decode()


def json_line(value: Mapping[str, Any]) -> str:
    """JSON on one line, with unprintable characters escaped, so that a terminal does not act on them."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=str)
    return text if text.isprintable() else "".join(c if c.isprintable() else _escaped(c) for c in text)


def _printable(char: str) -> str:
    if char.isprintable():
        return char
    return " " if unicodedata.category(char) == "Zs" else MARK


def _escaped(char: str) -> str:
    """JSON's escape; a character above U+FFFF takes two."""
    code = ord(char)
    units = [code] if code < 0x10000 else [0xD800 + ((code - 0x10000) >> 10), 0xDC00 + ((code - 0x10000) & 0x3FF)]
    return "".join(f"\\u{unit:04x}" for unit in units)
