"""The Exceptions of readers that cannot continue; `FindingsReport.guard` turns them into findings."""

from __future__ import annotations

from typing import Any

from imagedrop.findings import Kind
from imagedrop.findings import inspection as kinds


class Unreadable(Exception):
    """What was found forbids reading on; `kind` and `values` are the finding that gives the reason."""

    def __init__(self, kind: Kind, /, **values: Any) -> None:
        super().__init__(kind.id)
        self.kind, self.values = kind, values


class PastEnd(Exception):
    """A read past the end of a file of `size` bytes."""

    def __init__(self, offset: int, length: int, size: int) -> None:
        missing = max(offset, size) if offset >= 0 else offset
        super().__init__(f"bytes {missing} to {offset + length} are past the end of the file")


def malformed(what: str, why: str) -> Unreadable:
    return Unreadable(kinds.MALFORMED, what=what, why=why)


def truncated(why: str) -> Unreadable:
    return Unreadable(kinds.TRUNCATED, why=why)
