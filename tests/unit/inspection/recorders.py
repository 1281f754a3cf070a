"""Sources that remember what they were asked for."""

from __future__ import annotations

from collections.abc import Sequence

from imagedrop.inspection.block_cache import BLOCK
from imagedrop.inspection.source import Range
from tests.unit.inspection.images import MemorySource


def blocks_of(one: Range) -> range:
    return range(one[0] // BLOCK, -(-sum(one) // BLOCK))


class Recorder(MemorySource):
    """`asked`: every request; `trips`: those that were made side by side."""

    def __init__(self, data: bytes, size: int | None = None) -> None:
        super().__init__(data, size)
        self.asked: list[Range] = []
        self.trips: list[list[Range]] = []

    def read(self, offset: int, length: int) -> bytes:
        self.trips.append([(offset, length)])
        return self._answer((offset, length))

    def _answer(self, one: Range) -> bytes:
        self.asked.append(one)
        return super().read(*one)


class Many(Recorder):
    def read_many(self, ranges: Sequence[Range]) -> Sequence[bytes]:
        self.trips.append(list(ranges))
        return [self._answer(one) for one in ranges]
