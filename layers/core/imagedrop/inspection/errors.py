"""How a reader says that it cannot go on: ordinary Exceptions, which `Report.guard` turns into findings."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagedrop.findings import Kind
from imagedrop.findings import inspection as kinds

if TYPE_CHECKING:
    from typing import Any


class Unreadable(Exception):
    """What was found forbids reading on; `kind` and `values` are the finding that says why."""

    def __init__(self, kind: Kind, /, **values: Any) -> None:
        super().__init__(kind.id)
        self.kind, self.values = kind, values


class PastEnd(Exception):
    """Bytes were asked for that lie behind the end of a file of `size` bytes."""

    def __init__(self, offset: int, length: int, size: int) -> None:
        missing = max(offset, size) if offset >= 0 else offset
        super().__init__(f"bytes {missing} to {offset + length} lie behind the file's end")


def malformed(what: str, why: str) -> Unreadable:
    return Unreadable(kinds.MALFORMED, what=what, why=why)


def truncated(why: str) -> Unreadable:
    return Unreadable(kinds.TRUNCATED, why=why)
