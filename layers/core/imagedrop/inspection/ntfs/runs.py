"""Data runs: which clusters of the volume hold a stream.

A run: 1 byte, whose low half is the size of the length and whose high half is the size of the offset, in bytes; then
length and offset. The offset is signed and relative to the LCN of the run before; without one the run is sparse.
A byte of 0 ends the list.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from imagedrop.inspection.errors import malformed

MAX_RUNS = 200_000
MAX_CLUSTERS = 1 << 48  # of a run, and of a volume


class Run(NamedTuple):
    """`clusters` of a stream, from `vcn` on; None: they are sparse, and read as zeros."""

    vcn: int
    clusters: int
    lcn: int | None


def decode_runs(data: bytes, vcn: int) -> Iterator[Run]:
    """The runs of an attribute whose first cluster is `vcn`. Raises Unreadable."""
    at, lcn = 0, 0
    while at < len(data) and data[at]:
        length_size, offset_size = data[at] & 15, data[at] >> 4
        offset_at = at + 1 + length_size
        end = offset_at + offset_size
        clusters = int.from_bytes(data[at + 1 : offset_at], "little")
        if not 1 <= length_size <= 8 or offset_size > 8 or end > len(data) or not 0 < clusters < MAX_CLUSTERS:
            raise malformed("NTFS data runs", f"{data[at : at + 17].hex()} is not a run")
        lcn += int.from_bytes(data[offset_at:end], "little", signed=True)
        if offset_size and not 0 <= lcn < MAX_CLUSTERS:
            raise malformed("NTFS data runs", f"one begins at cluster {lcn}")
        yield Run(vcn, clusters, lcn if offset_size else None)
        vcn += clusters
        at = end


class Extents:
    """The runs of one stream, sorted and without gaps."""

    def __init__(self, runs: Sequence[Run]) -> None:
        expected = 0
        for run in runs:
            if run.vcn != expected:
                raise malformed("NTFS data runs", f"cluster {expected} of a stream is missing")
            expected += run.clusters
        if len(runs) > MAX_RUNS:
            raise malformed("NTFS data runs", f"a stream has {len(runs)} runs")
        self.runs, self.clusters = runs, expected
        self._vcns = [run.vcn for run in runs]

    def between(self, vcn: int, count: int) -> Iterator[Run]:
        """The parts of runs that hold `count` clusters from `vcn` on; fewer where the stream ends."""
        index = bisect_right(self._vcns, vcn) - 1
        while count > 0 and 0 <= index < len(self.runs):
            run = self.runs[index]
            skip = vcn - run.vcn
            taken = min(run.clusters - skip, count)
            if taken <= 0:
                return
            yield Run(vcn, taken, None if run.lcn is None else run.lcn + skip)
            vcn, count, index = vcn + taken, count - taken, index + 1
