"""Range and conditions of a GET or HEAD (RFC 9110), with OBS's answer to an unsatisfiable range."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from imagedrop_local.obs.model import StoredObject, StoreError

_RANGE = re.compile(r"(\d*)-(\d*)")
MAX_RANGES = 64


def parse_ranges(value: str | None, size: int) -> list[tuple[int, int]]:
    """(offset, length) of each range that overlaps the object. Empty if the header is missing or invalid."""
    if not value or not value.strip().startswith("bytes="):
        return []
    parts = value.strip().removeprefix("bytes=").split(",")
    found = [_range(part.strip(), size) for part in parts[: MAX_RANGES + 1]]
    return [] if None in found or len(found) > MAX_RANGES else [item for item in found if item]


def _range(value: str, size: int) -> tuple[int, int] | None:
    match = _RANGE.fullmatch(value) if len(value) < 50 else None
    if not match or match[0] == "-":
        return None
    first, last = match.groups()
    if not first:
        start, end = max(0, size - int(last)), size
    else:
        start, end = int(first), min(int(last) + 1 if last else size, size)
        if last and int(last) < start:
            return None
    return (start, end - start) if start < end else None


def check_conditions(headers: Callable[[str], str | None], stored: StoredObject, prefix: str = "") -> None:
    """`headers` returns a header. `prefix`: `x-amz-copy-source-` for a copy. Raises PreconditionFailed, NotModified."""
    match, none_match = headers(f"{prefix}If-Match"), headers(f"{prefix}If-None-Match")
    since, until = _date(headers(f"{prefix}If-Modified-Since")), _date(headers(f"{prefix}If-Unmodified-Since"))
    modified = stored.last_modified.replace(microsecond=0)
    if match is not None and not _names(match, stored.etag):
        raise StoreError("PreconditionFailed", f"If-Match: the ETag is {stored.etag}")
    if match is None and until and modified > until:
        raise StoreError("PreconditionFailed", "If-Unmodified-Since: it was modified since")
    unchanged = "PreconditionFailed" if prefix else "NotModified"
    if none_match is not None and _names(none_match, stored.etag):
        raise StoreError(unchanged, "If-None-Match: the ETag is the same")
    if none_match is None and since and modified <= since:
        raise StoreError(unchanged, "If-Modified-Since: it was not modified since")


def _names(value: str, etag: str) -> bool:
    names = [name.strip().removeprefix("W/").strip('"') for name in value.split(",")]
    return "*" in names or etag in names


def _date(value: str | None) -> datetime | None:
    try:
        return parsedate_to_datetime(value).astimezone(UTC) if value else None
    except ValueError:
        return None
