"""The base block of a hive.

     0  4  "regf"                        20  4  major version, 1        36  4  offset of the root key
     4  4  primary sequence number       24  4  minor version, 3 to 6   40  4  size of all hive bins
     8  4  secondary sequence number                                   508  4  checksum
The checksum is the XOR of the 127 integers before it; 0 is stored as 1, and 0xFFFFFFFF as 0xFFFFFFFE.
"""

from __future__ import annotations

import struct
from collections.abc import Callable

from imagedrop.inspection.errors import malformed
from imagedrop.inspection.registry.cells import BINS_START, Cells
from imagedrop.inspection.registry.keys import Key
from imagedrop.inspection.registry.nodes import Nodes

BASE_BLOCK = struct.Struct("<4sII8xII8xII464xI")
CHECKED_INTEGERS = struct.Struct("<127I")
MINOR_VERSIONS = range(3, 7)
STORED_CHECKSUMS = {0: 1, 0xFFFFFFFF: 0xFFFFFFFE}


class Hive:
    """`name`: for findings; `size`: of the file in bytes; `read(offset, length)`: bytes of the file.

    `dirty`: its last write did not finish, or its transaction logs hold changes that it lacks. Known after `open`.
    """

    dirty: bool

    def __init__(self, name: str, size: int, read: Callable[[int, int], bytes]) -> None:
        self.name, self._size, self._read = name, size, read
        self._root: Key | None = None

    def open(self) -> None:
        """Raises Unreadable where this is no hive."""
        what = f"registry hive {self.name}"
        if self._size <= BINS_START:
            raise malformed(what, f"it has {self._size} bytes")
        base = self._read(0, BASE_BLOCK.size)
        signature, primary, secondary, major, minor, root_offset, bins_size, stored = BASE_BLOCK.unpack(base)
        if signature != b"regf":
            raise malformed(what, f"it begins with {signature!r}")
        if major != 1 or minor not in MINOR_VERSIONS:
            raise malformed(what, f"it has version {major}.{minor}")
        self.dirty = primary != secondary or checksum(base) != stored
        self._root_offset = root_offset
        self._nodes = Nodes(Cells(self.name, min(self._size, BINS_START + bins_size), self._read))

    def root(self) -> Key:
        if self._root is None:
            self._root = Key(self._nodes, self._nodes.node(self._root_offset))
        return self._root


def checksum(base: bytes) -> int:
    total = 0
    for integer in CHECKED_INTEGERS.unpack_from(base):
        total ^= integer
    return STORED_CHECKSUMS.get(total, total)
