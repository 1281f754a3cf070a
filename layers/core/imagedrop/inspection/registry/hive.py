"""The base block of a hive.

     0  4  "regf"                            20  4  major version, 1        36  4  offset of the root key
     4  4  sequence number, before           24  4  minor version, 3 to 6   40  4  size of all hive bins
     8  4  sequence number, after writing                                  508  4  the dwords before, exclusive or
(a checksum of 0 is stored as 1, one of 0xFFFFFFFF as 0xFFFFFFFE)
"""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

from imagedrop.inspection.errors import malformed
from imagedrop.inspection.registry.cells import BINS, Cells
from imagedrop.inspection.registry.jobs import run
from imagedrop.inspection.registry.keys import Key
from imagedrop.inspection.registry.nodes import Nodes
from imagedrop.inspection.source import Range

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

BASE = 512  # bytes of the base block that have a meaning
MINOR = range(3, 7)
STORED = {0: 1, 0xFFFFFFFF: 0xFFFFFFFE}


class Hive:
    """`name`: for what is said of it; `size` in bytes, `read` and `prefetch` of the file.

    `dirty`: it was not written to its end, or what its transaction logs hold is not in it yet. Known after `open`.
    """

    dirty: bool

    def __init__(
        self, name: str, size: int, read: Callable[[int, int], bytes], prefetch: Callable[[Sequence[Range]], None]
    ) -> None:
        self.name, self._size, self._read, self._prefetch = name, size, read, prefetch
        self._key: Key | None = None

    def open(self) -> None:
        """Raises Unreadable where this is no hive."""
        what = f"registry hive {self.name}"
        if self._size <= BINS:
            raise malformed(what, f"it has {self._size} bytes")
        self._prefetch([(0, min(2 * BINS, self._size))])  # the root key is in the first bin
        base = self._read(0, BASE)
        before, after, major, minor, root, bins = struct.unpack_from("<4xII8xII8xII", base)
        if base[:4] != b"regf":
            raise malformed(what, f"it begins with {base[:4]!r}")
        if major != 1 or minor not in MINOR:
            raise malformed(what, f"it has version {major}.{minor}")
        self.dirty = before != after or checksum(base) != struct.unpack_from("<I", base, 508)[0]
        self._root = root
        self._nodes = Nodes(Cells(self.name, min(self._size, BINS + bins), self._read))

    def root(self) -> Key:
        if self._key is None:
            self._key = Key(self._nodes, run(self._nodes.node(self._root), self._prefetch), self._prefetch)
        return self._key


def checksum(base: bytes) -> int:
    total = 0
    for word in struct.unpack_from("<127I", base):
        total ^= word
    return STORED.get(total, total)
