"""Untrusted text of an event: checked, decoded, and quoted for messages."""

from __future__ import annotations

import json
import re
from typing import Any
from urllib.parse import unquote_plus

MAX_KEY_BYTES = 1024  # OBS API: the longest object key, in UTF-8
_INVALID_ESCAPE = re.compile(r"%(?![0-9A-Fa-f]{2})")


class MalformedRecord(ValueError):
    """The record cannot be read; the message says why."""


def text_or_none(value: Any) -> str | None:
    """`value` if it is text, not empty, and can be encoded as UTF-8; else None."""
    if not isinstance(value, str) or not value:
        return None
    try:
        value.encode()
    except UnicodeEncodeError:
        return None
    return value


def short_json(value: Any) -> str:
    """`value` as JSON in ASCII, at most 80 characters, for messages and logs."""
    try:
        text = json.dumps(value)
    except (TypeError, ValueError, RecursionError):
        text = f"<{type(value).__name__}>"
    return text if len(text) <= 80 else text[:77] + "..."


def object_key(value: Any, *, encoded: bool) -> str:
    """The object key in an event. `encoded`: as in HTML forms, `+` is a space. Raises MalformedRecord."""
    key = text_or_none(value)
    if key is None:
        raise MalformedRecord(f"the object key is {short_json(value)}, which is not text")
    if encoded:
        key = _decode(key)
    if len(key.encode()) > MAX_KEY_BYTES:
        raise MalformedRecord(f"the object key {short_json(key)} is longer than {MAX_KEY_BYTES} bytes")
    return key


def _decode(key: str) -> str:
    if _INVALID_ESCAPE.search(key):
        raise MalformedRecord(
            f"the object key {short_json(key)} should be URL-encoded, but has a % without two hex digits"
        )
    try:
        return unquote_plus(key, errors="strict")
    except UnicodeDecodeError:
        raise MalformedRecord(f"the object key {short_json(key)} is not UTF-8 after URL decoding") from None
