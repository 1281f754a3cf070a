"""Lists of a key's children, sorted by name.

Leaf:     0  2  "li", "lf" or "lh"    2  2  entries    4  the entries: an offset (4 bytes); for lf and lh then 4 bytes,
                lf: the first four characters of the name, lh: the hash of the whole name
Root:     0  2  "ri"                  2  2  entries    4  the entries: the offset of a leaf (4 bytes)
"""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, NamedTuple

from imagedrop.inspection.registry.cells import Cells
from imagedrop.inspection.registry.names import hashed, hint, may_be
from imagedrop.inspection.registry.nodes import Node

if TYPE_CHECKING:
    from imagedrop.inspection.registry.jobs import Job

LEAVES = (b"li", b"lf", b"lh")
ROOT = b"ri"
WIDTH = {b"li": 4, b"ri": 4, b"lf": 8, b"lh": 8}
HEADER = 4
LEAF_GUESS = 4 + 8 * 507  # Windows splits a longer one
FIRST_GUESS = 16 * 1024  # the first list may be a root, or long: other writers do not split
CHILDREN_MOST = 65536


class Listed(NamedTuple):
    """As it lies in the file: a long one is looked through where it is needed."""

    kind: bytes
    entries: bytes

    @property
    def length(self) -> int:
        return len(self.entries) // WIDTH[self.kind]

    def places(self) -> list[int]:
        """Offsets of nodes; of a root those of its leaves."""
        return [place for (place,) in struct.iter_unpack(f"<I{WIDTH[self.kind] - 4}x", self.entries)]

    def candidates(self, name: str) -> list[int]:
        """Which of the nodes can have this name, as far as a leaf says it."""
        if self.kind == b"li":
            return self.places()
        clues = struct.iter_unpack("<I4s", self.entries)
        if self.kind == b"lf":
            start = hint(name)
            return [place for place, stored in clues if may_be(stored, start)]
        wanted = hashed(name).to_bytes(4, "little")
        return [place for place, hashed_name in clues if hashed_name == wanted]


def first(cells: Cells, node: Node) -> Job[Listed]:
    """A leaf or the root of several; an empty leaf where there are no children."""
    if not node.children:
        return Listed(b"li", b"")
    if node.children > CHILDREN_MOST:
        raise cells.bad("key", node.offset, f"says that it has {node.children} subkeys")
    guess = min(HEADER + 8 * node.children, FIRST_GUESS)
    return (yield from _listed(cells, node.children_at, (*LEAVES, ROOT), guess))


def leaf(cells: Cells, offset: int) -> Job[Listed]:
    """Below a root: there is none below another."""
    return (yield from _listed(cells, offset, LEAVES, LEAF_GUESS))


def _listed(cells: Cells, offset: int, kinds: tuple[bytes, ...], guess: int) -> Job[Listed]:
    data = yield from cells.record("list of subkeys", offset, kinds, HEADER, guess, _extent)
    return Listed(data[:2], data[HEADER:])


def _extent(data: bytes) -> int:
    return HEADER + WIDTH[data[:2]] * int(struct.unpack_from("<H", data, 2)[0])
