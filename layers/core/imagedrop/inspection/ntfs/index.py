"""A directory: a B-tree of names ($I30). Everything is little-endian.

$INDEX_ROOT:  0 4 type of the key   8 4 bytes a block, 12 1 units a block   16 node header
Block:        0 4 "INDX"   4 2, 6 2 update sequence   16 8 its own number   24 node header
Node header:  0 4 offset of the entries, 4 4 end of them (both from here)   12 1 bit 0: there are blocks below
Entry:        0 8 record   8 2 length   10 2 length of the key   12 2 flags: 1 a block below, 2 the last (no key)
              16 key; the last 8 bytes: number of the block below, in clusters or, where these are larger than a
              block, in units of 512 bytes
Key:         64 1 characters of the name, 65 1 namespace (2: a DOS name), 66 the name in UTF-16
"""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, NamedTuple

from imagedrop.inspection.errors import malformed
from imagedrop.inspection.ntfs.records import Reference, fixed
from imagedrop.inspection.ntfs.streams import Stream

if TYPE_CHECKING:
    from collections.abc import Iterator

DEPTH_MOST = 16
BELOW, LAST = 1, 2
NAME_AT = 16 + 66


class Entry(NamedTuple):
    """`below`: the number of the block with what sorts before it. `name` None: the last of its node."""

    at: Reference
    name: str | None
    below: int | None


class Directory:
    """`blocks` is $INDEX_ALLOCATION; None where all lies in the root."""

    def __init__(self, root: bytes, blocks: Stream | None, cluster: int) -> None:
        if len(root) < 32:
            raise malformed("NTFS directory", "its root is too short")
        self._root, self._blocks = root, blocks
        (self._block,) = struct.unpack_from("<I", root, 8)
        if not 512 <= self._block <= 65536 or self._block & (self._block - 1):
            raise malformed("NTFS directory", f"its blocks have {self._block} bytes")
        self._unit = cluster if cluster <= self._block else 512

    def find(self, name: str) -> Reference | None:
        """The file of this name, in whichever case. Raises Unreadable."""
        wanted, node, seen = collated(name), self._entries(self._root, 16), set[int]()
        while True:
            below = None
            for entry in node:
                key = collated(entry.name) if entry.name is not None else None
                if key == wanted:
                    return entry.at
                if key is None or wanted < key:
                    below = entry.below
                    break
            if below is None:
                return None
            if below in seen or len(seen) >= DEPTH_MOST:
                raise malformed("NTFS directory", f"its tree returns to block {below} or is too deep")
            seen.add(below)
            node = self._node(below)

    def _node(self, number: int) -> Iterator[Entry]:
        if self._blocks is None:
            raise malformed("NTFS directory", "it has no blocks")
        data = self._blocks.read(number * self._unit, self._block)
        return self._entries(fixed(data, b"INDX", "block of an NTFS directory"), 24)

    def _entries(self, node: bytes, header: int) -> Iterator[Entry]:
        first, end = struct.unpack_from("<II", node, header)
        at, end = header + first, min(header + end, len(node))
        while at + 16 <= end:
            packed, length, _, flags = struct.unpack_from("<QHHH", node, at)
            if length < (24 if flags & BELOW else 16) or length % 8 or at + length > end:
                raise malformed("NTFS directory", f"an entry of {length} bytes")
            below = struct.unpack_from("<Q", node, at + length - 8)[0] if flags & BELOW else None
            yield Entry(Reference.of(packed), None if flags & LAST else _name(node, at, length), below)
            if flags & LAST:
                return
            at += length
        raise malformed("NTFS directory", "the entries of a node do not end")


def collated(name: str) -> bytes:
    """What names are ordered and compared by. `$UpCase` maps one UTF-16 unit to one, and only to what is mapped back;
    so does this, but for letters that are younger than that table."""
    if name.isascii():
        return name.upper().encode("utf-16-be")
    upper = "".join([up if len(up := one.upper()) == 1 and up.lower() == one else one for one in name])
    return upper.encode("utf-16-be", "surrogatepass")


def _name(node: bytes, at: int, length: int) -> str:
    end = NAME_AT + 2 * node[at + NAME_AT - 2] if length >= NAME_AT else NAME_AT
    if end > length:
        raise malformed("NTFS directory", f"an entry of {length} bytes cannot hold its name")
    return node[at + NAME_AT : at + end].decode("utf-16-le", "surrogatepass")
