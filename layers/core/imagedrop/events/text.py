"""Hostile text: decoded strictly, shown briefly."""

from __future__ import annotations

import json
import re
from typing import Any
from urllib.parse import unquote_plus

KEY_BYTES = 1024  # OBS API: the longest object key, in UTF-8
_BROKEN = re.compile(r"%(?![0-9A-Fa-f]{2})")


class MalformedRecord(ValueError):
    """A record cannot be understood; the message says what is wrong with it."""


def text_or_none(value: Any) -> str | None:
    """`value` if it is text that can be written as UTF-8 and is not empty, else None."""
    if not isinstance(value, str) or not value:
        return None
    try:
        value.encode()
    except UnicodeEncodeError:
        return None
    return value


def short_json(value: Any) -> str:
    """`value` as JSON, ASCII, cut to a length that is fit for a log."""
    try:
        whole = json.dumps(value)
    except (TypeError, ValueError, RecursionError):
        whole = f"<{type(value).__name__}>"
    return whole if len(whole) <= 80 else whole[:77] + "..."


def object_key(value: Any, *, encoded: bool) -> str:
    """The object key that an event carries; `encoded` as in HTML forms (`+` is a space). Raises Malformed."""
    key = text_or_none(value)
    if key is None:
        raise MalformedRecord(f"the object key is {short_json(value)}, which is no text")
    if encoded:
        key = _decoded(key)
    if len(key.encode()) > KEY_BYTES:
        raise MalformedRecord(f"the object key {short_json(key)} is longer than {KEY_BYTES} bytes")
    return key


def _decoded(key: str) -> str:
    if _BROKEN.search(key):
        raise MalformedRecord(
            f"the object key {short_json(key)} should be URL-encoded, but has a % without two hex digits"
        )
    try:
        return unquote_plus(key, errors="strict")
    except UnicodeDecodeError:
        raise MalformedRecord(f"the object key {short_json(key)} is not UTF-8 once it is URL-decoded") from None
