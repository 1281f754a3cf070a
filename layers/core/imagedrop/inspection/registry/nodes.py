"""Key nodes (nk).

     0  2  "nk"                     20  4  number of subkeys      36  4  number of values
     2  2  flags (0x20: the name    28  4  offset of their list   40  4  offset of their list
           is compressed)           72  2  length of the name     76     name
Fields 24 and 32 count and list volatile subkeys, which are not in the file.
"""

from __future__ import annotations

import struct
from typing import NamedTuple

from imagedrop.inspection.registry.cells import Cells
from imagedrop.inspection.registry.names import decoded

KEY_NODE = struct.Struct("<2xH16xI4xI4xII28xH2x")
MAX_NAME = 512  # bytes; a key's name has 255 characters at most
GUESS = 124  # bytes: a node with a name of 48 characters
COMPRESSED = 0x20


class Node(NamedTuple):
    """`subkeys`, `values`: how many; `subkeys_list`, `values_list`: offsets of their lists."""

    offset: int
    name: str
    subkeys: int
    subkeys_list: int
    values: int
    values_list: int


class Nodes:
    """Remembers the nodes it has read."""

    def __init__(self, cells: Cells) -> None:
        self.cells = cells
        self._nodes: dict[int, Node] = {}

    def node(self, offset: int) -> Node:
        if offset not in self._nodes:
            self._nodes[offset] = self._read(offset)
        return self._nodes[offset]

    def _read(self, offset: int) -> Node:
        data = self.cells.record("key", offset, (b"nk",), KEY_NODE.size, GUESS, _size)
        flags, subkeys, subkeys_list, values, values_list, name_length = KEY_NODE.unpack_from(data)
        if name_length > MAX_NAME:
            raise self.cells.malformed("key", offset, f"has a name of {name_length} bytes")
        name = decoded(data[KEY_NODE.size :], bool(flags & COMPRESSED))
        return Node(offset, name, subkeys, subkeys_list, values, values_list)


def _size(data: bytes) -> int:
    return KEY_NODE.size + int(KEY_NODE.unpack_from(data)[-1])
