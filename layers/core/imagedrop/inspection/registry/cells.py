"""Cells: a hive stores every record in one.

Cell:     0  4  size including these 4 bytes, a multiple of 8, negative while the cell is in use      4  data
Record:   0  2  signature of the data: nk, lf, vk, ...
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterable, Sequence
from typing import TypeVar

from imagedrop.inspection.errors import Unreadable, malformed

T = TypeVar("T")

CELL_SIZE = struct.Struct("<i")
BINS_START = 4096  # byte of the file where the first bin begins
BIN_HEADER_SIZE = 32
MAX_BATCH = 128  # cells read in one round trip


class Cells:
    """`end`: byte of the file where the last bin ends. `read(offset, length)`: bytes of the file."""

    def __init__(self, hive_name: str, end: int, read: Callable[[int, int], bytes]) -> None:
        self._hive_name, self._end, self._read = hive_name, end, read

    def malformed(self, what: str, offset: int, why: str) -> Unreadable:
        return malformed(f"registry hive {self._hive_name}", f"the {what} at {offset:#x} {why}")

    def cell(self, what: str, offset: int, length: int) -> bytes:
        """The first `length` bytes of a cell's data, or all of it where it is shorter."""
        start = BINS_START + offset
        if offset < BIN_HEADER_SIZE or offset % 8 or start + 8 > self._end:
            raise self.malformed(what, offset, "is not at a valid cell offset")
        data = self._read(start, min(4 + length, self._end - start))
        size = -int(CELL_SIZE.unpack_from(data)[0])
        if size <= 0:
            raise self.malformed(what, offset, "is in a free cell")
        if size % 8 or start + size > self._end:
            raise self.malformed(what, offset, f"has an invalid size of {size} bytes")
        return data[4:size]

    def exactly(self, what: str, offset: int, length: int) -> bytes:
        """`length` bytes of a cell's data. Raises Unreadable where it is shorter."""
        data = self.cell(what, offset, length)
        if len(data) < length:
            raise self.malformed(what, offset, f"holds {len(data)} bytes, not {length}")
        return data

    def record(
        self,
        what: str,
        offset: int,
        signatures: tuple[bytes, ...],
        header: int,
        guess: int,
        size: Callable[[bytes], int],
    ) -> bytes:
        """A record. `header`: bytes of its header, by which `size` returns its size; `guess`: bytes to read first."""
        data = self.cell(what, offset, max(guess, header))
        if data[:2] not in signatures:
            raise self.malformed(what, offset, f"begins with {data[:2]!r}")
        if len(data) < header:
            raise self.malformed(what, offset, f"holds only {len(data)} bytes")
        length = size(data)
        return data[:length] if len(data) >= length else self.exactly(what, offset, length)


def batches(items: Sequence[T], size: int = MAX_BATCH) -> Iterable[Sequence[T]]:
    return (items[start : start + size] for start in range(0, len(items), size))
