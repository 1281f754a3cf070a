"""Data runs: which clusters of the volume hold a stream.

A run: 1 byte, its low half the bytes of the length, its high half the bytes of the place; then both, little-endian;
the place is signed and counts from that of the run before. No place: the run is sparse. A byte of 0 ends them.
"""

from __future__ import annotations

from bisect import bisect_right
from typing import TYPE_CHECKING, NamedTuple

from imagedrop.inspection.errors import malformed

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

RUNS_MOST = 200_000


class Run(NamedTuple):
    """`clusters` of the stream from its cluster `first` on lie at cluster `at` of the volume; None: they are zero."""

    first: int
    clusters: int
    at: int | None


def decode(data: bytes, first: int) -> Iterator[Run]:
    """The runs in an attribute that begins with cluster `first` of the stream. Raises Unreadable."""
    at, place = 0, 0
    while at < len(data) and data[at]:
        width, places = data[at] & 15, data[at] >> 4
        end = at + 1 + width + places
        count = int.from_bytes(data[at + 1 : at + 1 + width], "little")
        if not 1 <= width <= 8 or places > 8 or end > len(data) or not 0 < count < 1 << 48:
            raise malformed("NTFS data runs", f"{data[at : at + 17].hex()} is none")
        place += int.from_bytes(data[at + 1 + width : end], "little", signed=True)
        if places and not 0 <= place < 1 << 48:
            raise malformed("NTFS data runs", f"one begins at cluster {place}")
        yield Run(first, count, place if places else None)
        first += count
        at = end


class Extents:
    """The runs of one stream, in their order and without gaps."""

    def __init__(self, runs: Sequence[Run]) -> None:
        expected = 0
        for run in runs:
            if run.first != expected:
                raise malformed("NTFS data runs", f"cluster {expected} of a stream is missing")
            expected += run.clusters
        if len(runs) > RUNS_MOST:
            raise malformed("NTFS data runs", f"a stream has {len(runs)} runs")
        self.runs, self.clusters = runs, expected
        self._starts = [run.first for run in runs]

    def between(self, first: int, count: int) -> Iterator[Run]:
        """The parts of runs that hold these clusters; it ends early where the stream does."""
        index = bisect_right(self._starts, first) - 1
        while count > 0 and 0 <= index < len(self.runs):
            run = self.runs[index]
            skip = first - run.first
            taken = min(run.clusters - skip, count)
            if taken <= 0:
                return
            yield Run(first, taken, None if run.at is None else run.at + skip)
            first, count, index = first + taken, count - taken, index + 1
