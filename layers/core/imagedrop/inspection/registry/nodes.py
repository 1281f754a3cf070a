"""Key nodes (nk), from which children and values hang.

     0  2  "nk"                     20  4  children               36  4  values
     2  2  flags (0x20: the name    28  4  their list             40  4  their list
           is compressed)           72  2  length of the name     76  the name
(volatile children have a count and a list of their own, at 24 and 32: they are not in the file)
"""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, NamedTuple

from imagedrop.inspection.registry.cells import Cells
from imagedrop.inspection.registry.names import decoded

if TYPE_CHECKING:
    from imagedrop.inspection.registry.jobs import Job

NAME_AT = 76
NAME_MOST = 512  # bytes; a key's name has 255 characters at most
GUESS = 124  # bytes; with a name of 48 characters
COMPRESSED = 0x20


class Node(NamedTuple):
    offset: int
    name: str
    children: int
    children_at: int
    values: int
    values_at: int


class Nodes:
    """Remembers what it has read."""

    def __init__(self, cells: Cells) -> None:
        self.cells = cells
        self._known: dict[int, Node] = {}

    def node(self, offset: int) -> Job[Node]:
        if offset not in self._known:
            self._known[offset] = yield from self._read(offset)
        return self._known[offset]

    def _read(self, offset: int) -> Job[Node]:
        data = yield from self.cells.record("key", offset, (b"nk",), NAME_AT, GUESS, _extent)
        if len(data) > NAME_AT + NAME_MOST:
            raise self.cells.bad("key", offset, f"has a name of {len(data) - NAME_AT} bytes")
        (flags,) = struct.unpack_from("<H", data, 2)
        children, children_at, values, values_at = struct.unpack_from("<I4xI4xII", data, 20)
        name = decoded(data[NAME_AT:], bool(flags & COMPRESSED))
        return Node(offset, name, children, children_at, values, values_at)


def _extent(data: bytes) -> int:
    return NAME_AT + int(struct.unpack_from("<H", data, 72)[0])
