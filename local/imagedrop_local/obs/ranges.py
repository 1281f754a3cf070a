"""Range and conditions of a GET or HEAD (RFC 9110), with OBS's own answer to a range that cannot be."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from imagedrop_local.obs.model import StoredObject, StoreError

_RANGE = re.compile(r"(\d*)-(\d*)")
MAX_RANGES = 64


def parse_ranges(shown: str | None, size: int) -> list[tuple[int, int]]:
    """(offset, length) of each range that has bytes of the object; none: the header is missing or invalid."""
    if not shown or not shown.strip().startswith("bytes="):
        return []
    parts = shown.strip().removeprefix("bytes=").split(",")
    found = [_range(part.strip(), size) for part in parts[: MAX_RANGES + 1]]
    return [] if None in found or len(found) > MAX_RANGES else [one for one in found if one]


def _range(shown: str, size: int) -> tuple[int, int] | None:
    match = _RANGE.fullmatch(shown) if len(shown) < 50 else None
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
    """`headers` looks one up. `prefix`: `x-amz-copy-source-` for a copy's. Raises PreconditionFailed, NotModified."""
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


def _names(shown: str, etag: str) -> bool:
    names = [name.strip().removeprefix("W/").strip('"') for name in shown.split(",")]
    return "*" in names or etag in names


def _date(shown: str | None) -> datetime | None:
    try:
        return parsedate_to_datetime(shown).astimezone(UTC) if shown else None
    except ValueError:
        return None
