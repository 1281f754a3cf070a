"""Lists of a key's subkeys, sorted by name.

Leaf:     0  2  "li", "lf" or "lh"   2  2  number of entries   4  entries: the offset of a key node (4 bytes); in lf
                and lh then 4 bytes, lf: the first four characters of the name, lh: the hash of the name
Root:     0  2  "ri"                 2  2  number of entries   4  entries: the offset of a leaf (4 bytes)
"""

from __future__ import annotations

import struct
from typing import NamedTuple

from imagedrop.inspection.registry.cells import Cells
from imagedrop.inspection.registry.names import hashed, hint, may_match
from imagedrop.inspection.registry.nodes import Node

LEAVES = (b"li", b"lf", b"lh")
ROOT = b"ri"
HEADER = struct.Struct("<2sH")
OFFSET, OFFSET_AND_HINT, OFFSET_AND_HASH = struct.Struct("<I"), struct.Struct("<I4s"), struct.Struct("<II")
ENTRIES = {b"li": OFFSET, b"lf": OFFSET_AND_HINT, b"lh": OFFSET_AND_HASH, b"ri": OFFSET}
LEAF_GUESS = 4 + 8 * 507  # bytes; Windows splits longer lists
FIRST_GUESS = 16 * 1024  # bytes; the first list may be a root, or long: other writers do not split
MAX_SUBKEYS = 65536


class SubkeyList(NamedTuple):
    """`entries`: as stored; a long list is decoded only where it is needed."""

    kind: bytes
    entries: bytes

    @property
    def length(self) -> int:
        return len(self.entries) // ENTRIES[self.kind].size

    def offsets(self) -> list[int]:
        """Of key nodes; in a root, of leaves."""
        return [entry[0] for entry in ENTRIES[self.kind].iter_unpack(self.entries)]

    def candidates(self, name: str) -> list[int]:
        """Offsets of the key nodes that can have this name by their hint or hash; all of them in an li list."""
        if self.kind == b"li":
            return self.offsets()
        entries = ENTRIES[self.kind].iter_unpack(self.entries)
        if self.kind == b"lf":
            wanted = hint(name)
            return [offset for offset, stored in entries if may_match(stored, wanted)]
        wanted_hash = hashed(name)
        return [offset for offset, stored in entries if stored == wanted_hash]


def first(cells: Cells, node: Node) -> SubkeyList:
    """A leaf or the root of several; an empty leaf where there are no subkeys."""
    if not node.subkeys:
        return SubkeyList(b"li", b"")
    if node.subkeys > MAX_SUBKEYS:
        raise cells.malformed("key", node.offset, f"claims {node.subkeys} subkeys")
    return _read(cells, node.subkeys_list, (*LEAVES, ROOT), min(HEADER.size + 8 * node.subkeys, FIRST_GUESS))


def leaf(cells: Cells, offset: int) -> SubkeyList:
    """A list below a root, which cannot be another root."""
    return _read(cells, offset, LEAVES, LEAF_GUESS)


def _read(cells: Cells, offset: int, kinds: tuple[bytes, ...], guess: int) -> SubkeyList:
    data = cells.record("list of subkeys", offset, kinds, HEADER.size, guess, _size)
    return SubkeyList(data[:2], data[HEADER.size :])


def _size(data: bytes) -> int:
    kind, count = HEADER.unpack_from(data)
    return HEADER.size + ENTRIES[kind].size * int(count)
