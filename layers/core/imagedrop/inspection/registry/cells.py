"""Cells, in which a hive keeps everything.

Cell:   0  4  its size with these 4 bytes, a multiple of 8, negative while it is in use      4  the content
Record (a content of a known kind):   0  2  signature
"""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

from imagedrop.inspection.errors import Unreadable, malformed

if TYPE_CHECKING:
    from collections.abc import Callable

    from imagedrop.inspection.registry.jobs import Job

BINS = 4096  # where the first bin lies in the file
BIN_HEADER = 32


class Cells:
    """`end`: where the last bin ends in the file. `read(offset, length)` is relative to the file."""

    def __init__(self, name: str, end: int, read: Callable[[int, int], bytes]) -> None:
        self._name, self._end, self._read = name, end, read

    def bad(self, what: str, offset: int, why: str) -> Unreadable:
        return malformed(f"registry hive {self._name}", f"the {what} at {offset:#x} {why}")

    def cell(self, what: str, offset: int, length: int) -> Job[bytes]:
        """The first `length` bytes of a cell's content; fewer where it holds fewer."""
        place = BINS + offset
        if offset < BIN_HEADER or offset % 8 or place + 8 > self._end:
            raise self.bad(what, offset, "lies where no cell can be")
        window = min(4 + length, self._end - place)
        yield [(place, window)]
        data = self._read(place, window)
        size = -int(struct.unpack_from("<i", data)[0])
        if size <= 0:
            raise self.bad(what, offset, "is a free cell")
        if size % 8 or place + size > self._end:
            raise self.bad(what, offset, f"says that it has {size} bytes")
        return data[4:size]

    def whole(self, what: str, offset: int, length: int) -> Job[bytes]:
        """Exactly `length` bytes; a cell that holds fewer is malformed."""
        data = yield from self.cell(what, offset, length)
        if len(data) < length:
            raise self.bad(what, offset, f"holds {len(data)} bytes, not {length}")
        return data

    def record(
        self, what: str, offset: int, kinds: tuple[bytes, ...], fixed: int, guess: int, extent: Callable[[bytes], int]
    ) -> Job[bytes]:
        """A record of one of `kinds`: `fixed` bytes at least, and by these `extent` in all. `guess` is read first."""
        data = yield from self.cell(what, offset, max(guess, fixed))
        if data[:2] not in kinds:
            raise self.bad(what, offset, f"begins with {data[:2]!r}")
        if len(data) < fixed:
            raise self.bad(what, offset, f"holds only {len(data)} bytes")
        length = extent(data)
        if len(data) < length:
            data = yield from self.whole(what, offset, length)
        return data[:length]
