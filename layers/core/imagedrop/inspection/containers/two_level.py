"""The tables that qcow, qcow2, QED and VMDK share: a first table of second tables, each entry of those a unit."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, Literal

from imagedrop.inspection.containers.base import Container
from imagedrop.inspection.containers.extents import Piece, Zero
from imagedrop.inspection.source import Range

if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import ClassVar

LOOKED_AT = 64 * 1024  # bytes of a table that `last_used` looks through at once
STEPS = 4
WORDS = {4: "I", 8: "Q"}  # of struct; entries of other widths are taken one by one
TABLES_LOOKED_AT = 32


class TwoLevel(Container):
    """`open` sets the geometry of the tables; `second` and `piece` say what an entry means. Sizes are bytes."""

    scattered = True  # the tables alone say nothing about the end: more places are worth a look
    byte_order: ClassVar[Literal["big", "little"]] = "big"
    unit: int  # bytes of the disk that an entry of a second table stands for
    first_at: int  # where the first table lies, and its entries
    first_entries: int
    first_width: int = 8
    second_entries: int
    second_width: int = 8

    def second(self, entry: int) -> int:
        """Where the second table lies that an entry of the first one means; 0: nowhere, its units are zero."""
        raise NotImplementedError

    def piece(self, entry: bytes, offset: int) -> Piece:
        """What the entry of the second table for byte `offset` of the disk means."""
        raise NotImplementedError

    def map(self, offset: int) -> Piece:
        index, within = divmod(offset // self.unit, self.second_entries)
        table = self._second_table(index)
        if not table:
            span = self.unit * self.second_entries
            return Zero(span - offset % span)
        return self.piece(self.table_entry(table + self.second_width * within, self.second_width), offset)

    def tables(self, offset: int, length: int) -> Iterable[Range]:
        first, last = offset // self.unit, (offset + length - 1) // self.unit
        start, stop = first // self.second_entries, last // self.second_entries
        self.file.prefetch(
            [(self.first_at + self.first_width * start, self.first_width * (stop - start + 1))], self.table_window
        )
        for index in range(start, min(stop, start + 63) + 1):
            if table := self._second_table(index):
                low = first % self.second_entries if index == start else 0
                high = last % self.second_entries if index == stop else self.second_entries - 1
                yield table + self.second_width * low, self.second_width * (high - low + 1)

    def last_used(self) -> int | None:
        """The first byte of the disk's last unit that has content, as far as a bounded look at the tables shows.

        Writers that go from front to back put that unit last in the file.
        """
        most = LOOKED_AT // self.first_width
        low = max(0, self.first_entries - most)
        entries = self._entries(self.first_at + low * self.first_width, self.first_entries - low, self.first_width)
        used = [low + index for index, entry in enumerate(entries) if self.second(entry)]
        for index in reversed(used[-TABLES_LOOKED_AT:]):
            if (unit := self._last_in(index)) is not None:
                return (index * self.second_entries + unit) * self.unit
        return None

    def _last_in(self, index: int) -> int | None:
        """The last used entry of a second table, looked for from its end in a few steps."""
        table, width = self._second_table(index), self.second_width
        most = LOOKED_AT // width
        end = min(self.second_entries, -(-self.size // self.unit) - index * self.second_entries)
        for _ in range(STEPS):
            start = max(0, end - most)
            entries = self._entries(table + start * width, end - start, width)
            if used := [start + number for number, entry in enumerate(entries) if entry]:
                return used[-1]
            end = start
        return None

    def _second_table(self, index: int) -> int:
        if index >= self.first_entries:
            return 0
        at = self.first_at + self.first_width * index
        return self.second(int.from_bytes(self.table_entry(at, self.first_width), self.byte_order))

    def _entries(self, at: int, count: int, width: int) -> Iterable[int]:
        data = self.file.read(at, count * width)
        if width in WORDS:
            return struct.unpack(f"{'>' if self.byte_order == 'big' else '<'}{count}{WORDS[width]}", data)
        return [int.from_bytes(data[start : start + width], self.byte_order) for start in range(0, len(data), width)]
