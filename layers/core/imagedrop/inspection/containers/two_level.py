"""The two levels of tables that qcow, qcow2, QED and VMDK share: L1 entries lead to L2 tables, L2 entries to clusters.

VMDK calls them grain directory, grain table and grain.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable
from typing import ClassVar, Literal

from imagedrop.inspection.containers.base import Container
from imagedrop.inspection.containers.extents import Piece, Zero
from imagedrop.inspection.source import Range

SCAN_BYTES = 64 * 1024  # bytes of a table that `last_used` reads at once
MAX_L2_READS = 4  # of one L2 table
MAX_L2_TABLES = 32
INTEGERS = {4: "I", 8: "Q"}  # for struct; entries of another size are converted one at a time


class TwoLevel(Container):
    """`open` sets the geometry; `l2_offset` and `piece` decode the entries. Sizes and offsets are bytes."""

    check_partition_ends: ClassVar[bool] = True  # `last_used` alone may miss that the file is cut off
    byte_order: ClassVar[Literal["big", "little"]] = "big"
    cluster_size: int  # bytes of the disk for each L2 entry
    l1_offset: int
    l1_entries: int
    l1_entry_size: int = 8
    l2_entries: int  # of each L2 table
    l2_entry_size: int = 8

    def l2_offset(self, entry: int) -> int:
        """Where in the file the L2 table of this L1 entry lies; 0: there is none, its clusters are zero."""
        return entry

    def piece(self, entry: bytes, offset: int) -> Piece:
        """The piece for byte `offset` of the disk, from its L2 entry."""
        raise NotImplementedError

    def map(self, offset: int) -> Piece:
        index, l2_index = divmod(offset // self.cluster_size, self.l2_entries)
        table = self._l2_table(index)
        if not table:
            span = self.cluster_size * self.l2_entries
            return Zero(span - offset % span)
        return self.piece(self.table_entry(table + self.l2_entry_size * l2_index, self.l2_entry_size), offset)

    def tables(self, offset: int, length: int) -> Iterable[Range]:
        first, last = offset // self.cluster_size, (offset + length - 1) // self.cluster_size
        start, stop = first // self.l2_entries, last // self.l2_entries
        for index in range(start, min(stop, start + 63) + 1):
            if table := self._l2_table(index):
                low = first % self.l2_entries if index == start else 0
                high = last % self.l2_entries if index == stop else self.l2_entries - 1
                yield table + self.l2_entry_size * low, self.l2_entry_size * (high - low + 1)

    def last_used(self) -> int | None:
        """The first byte of the disk's last cluster that has content, as far as a bounded search of the tables finds.

        Programs that write an image from front to back put that cluster last in the file.
        """
        low = max(0, self.l1_entries - SCAN_BYTES // self.l1_entry_size)
        entries = self._entries(self.l1_offset + low * self.l1_entry_size, self.l1_entries - low, self.l1_entry_size)
        used = [low + index for index, entry in enumerate(entries) if self.l2_offset(entry)]
        for index in reversed(used[-MAX_L2_TABLES:]):
            if (l2_index := self._last_in_l2(index)) is not None:
                return (index * self.l2_entries + l2_index) * self.cluster_size
        return None

    def _last_in_l2(self, index: int) -> int | None:
        """The last used entry of an L2 table, searched from its end in a few reads."""
        table, size = self._l2_table(index), self.l2_entry_size
        end = min(self.l2_entries, -(-self.size // self.cluster_size) - index * self.l2_entries)
        for _ in range(MAX_L2_READS):
            start = max(0, end - SCAN_BYTES // size)
            entries = self._entries(table + start * size, end - start, size)
            if used := [start + number for number, entry in enumerate(entries) if entry]:
                return used[-1]
            end = start
        return None

    def _l2_table(self, index: int) -> int:
        if index >= self.l1_entries:
            return 0
        entry = self.table_entry(self.l1_offset + self.l1_entry_size * index, self.l1_entry_size)
        return self.l2_offset(int.from_bytes(entry, self.byte_order))

    def _entries(self, offset: int, count: int, size: int) -> Iterable[int]:
        data = self.file.read(offset, count * size)
        if size in INTEGERS:
            return struct.unpack(f"{'>' if self.byte_order == 'big' else '<'}{count}{INTEGERS[size]}", data)
        return [int.from_bytes(data[start : start + size], self.byte_order) for start in range(0, len(data), size)]
