"""Sources that record the requests they get."""

from __future__ import annotations

from collections.abc import Sequence

from imagedrop.inspection.block_cache import BLOCK
from imagedrop.inspection.source import Range
from tests.unit.inspection.images import MemorySource


def blocks_of(request: Range) -> range:
    return range(request[0] // BLOCK, -(-sum(request) // BLOCK))


class Recorder(MemorySource):
    """`requests`: all of them; `round_trips`: those that were made at the same time, together."""

    def __init__(self, data: bytes, size: int | None = None) -> None:
        super().__init__(data, size)
        self.requests: list[Range] = []
        self.round_trips: list[list[Range]] = []

    def read(self, offset: int, length: int) -> bytes:
        self.round_trips.append([(offset, length)])
        return self._answer((offset, length))

    def _answer(self, request: Range) -> bytes:
        self.requests.append(request)
        return super().read(*request)


class ParallelRecorder(Recorder):
    def read_many(self, ranges: Sequence[Range]) -> Sequence[bytes]:
        self.round_trips.append(list(ranges))
        return [self._answer(request) for request in ranges]
