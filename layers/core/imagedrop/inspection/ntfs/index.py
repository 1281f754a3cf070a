"""A directory: a B-tree of names ($I30).

$INDEX_ROOT:  0 4 type of the key   8 4 bytes per block, 12 1 units per block   16 node header
Block:        0 4 "INDX"   4 2, 6 2 update sequence   16 8 its number   24 node header
Node header:  0 4 offset, 4 4 end of the entries (both from here)   12 1 bit 0: there are blocks below
Entry:        0 8 record   8 2 length   10 2 length of the key   12 2 flags: 1 a block below, 2 the last (no key)
              16 key; the last 8 bytes: the number of the block below, in clusters or, where clusters are larger than
              blocks, in units of 512 bytes
Key:         64 1 characters of the name, 65 1 namespace (2: a DOS name), 66 the name in UTF-16
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import NamedTuple

from imagedrop.inspection.errors import malformed
from imagedrop.inspection.ntfs.records import Reference, undo_update_sequence
from imagedrop.inspection.ntfs.streams import Stream
from imagedrop.inspection.upper_case import upper

INDEX_ROOT = struct.Struct("<8xI4x")
BLOCK_HEADER_SIZE = 24
NODE_HEADER = struct.Struct("<II8x")
ENTRY = struct.Struct("<QH2xH2x")
BLOCK_BELOW = struct.Struct("<Q")
NAME_AT = ENTRY.size + 66  # from the start of an entry
BELOW, LAST = 1, 2
MAX_DEPTH = 16


class Entry(NamedTuple):
    """`name` None: the last entry of its node. `below`: the number of the block with the names that sort before it."""

    record: Reference
    name: str | None
    below: int | None


class Directory:
    """`blocks`: $INDEX_ALLOCATION; None where all entries are in the root."""

    def __init__(self, root: bytes, blocks: Stream | None, cluster_size: int) -> None:
        if len(root) < INDEX_ROOT.size + NODE_HEADER.size:
            raise malformed("NTFS directory", "its root is too short")
        self._root, self._blocks = root, blocks
        (self._block_size,) = INDEX_ROOT.unpack_from(root)
        if not 512 <= self._block_size <= 65536 or self._block_size & (self._block_size - 1):
            raise malformed("NTFS directory", f"its blocks have {self._block_size} bytes")
        self._unit = cluster_size if cluster_size <= self._block_size else 512

    def find(self, name: str) -> Reference | None:
        """The record of the file with this name, in any case. Raises Unreadable."""
        wanted, node, visited = collation_key(name), self._entries(self._root, INDEX_ROOT.size), set[int]()
        while True:
            below = None
            for entry in node:
                key = collation_key(entry.name) if entry.name is not None else None
                if key == wanted:
                    return entry.record
                if key is None or wanted < key:
                    below = entry.below
                    break
            if below is None:
                return None
            if below in visited or len(visited) >= MAX_DEPTH:
                raise malformed("NTFS directory", f"its tree returns to block {below} or is too deep")
            visited.add(below)
            node = self._node(below)

    def _node(self, number: int) -> Iterator[Entry]:
        if self._blocks is None:
            raise malformed("NTFS directory", "it has no blocks")
        data = self._blocks.read(number * self._unit, self._block_size)
        return self._entries(undo_update_sequence(data, b"INDX", "block of an NTFS directory"), BLOCK_HEADER_SIZE)

    def _entries(self, node: bytes, header: int) -> Iterator[Entry]:
        first, end = NODE_HEADER.unpack_from(node, header)
        at, end = header + first, min(header + end, len(node))
        while at + ENTRY.size <= end:
            record, length, flags = ENTRY.unpack_from(node, at)
            if length < ENTRY.size + (BLOCK_BELOW.size if flags & BELOW else 0) or length % 8 or at + length > end:
                raise malformed("NTFS directory", f"an entry of {length} bytes")
            below = BLOCK_BELOW.unpack_from(node, at + length - BLOCK_BELOW.size)[0] if flags & BELOW else None
            yield Entry(Reference.of(record), None if flags & LAST else _name(node, at, length), below)
            if flags & LAST:
                return
            at += length
        raise malformed("NTFS directory", "the entries of a node do not end")


def collation_key(name: str) -> bytes:
    """By which names are sorted and compared."""
    return upper(name).encode("utf-16-be", "surrogatepass")


def _name(node: bytes, at: int, length: int) -> str:
    end = NAME_AT + 2 * node[at + NAME_AT - 2] if length >= NAME_AT else NAME_AT
    if end > length:
        raise malformed("NTFS directory", f"an entry of {length} bytes cannot hold its name")
    return node[at + NAME_AT : at + end].decode("utf-16-le", "surrogatepass")
