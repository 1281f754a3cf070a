"""The bytes of a stream (an attribute's content): in its record, in clusters, or packed in units of clusters."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Protocol

from imagedrop.inspection.block_cache import MAX_READ
from imagedrop.inspection.errors import malformed
from imagedrop.inspection.ntfs.runs import Extents
from imagedrop.inspection.replay import fetch_together
from imagedrop.inspection.source import Range

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

HINTED_MOST = 64  # extents
UNITS_KEPT = 8 * 1024 * 1024  # bytes of unpacked units
PACKED_A_STEP, UNPACKED_A_STEP = 8, 128  # bytes
UNIT_MOST = 1024 * 1024  # bytes of a packed unit; Windows packs clusters of up to 4 KiB, 16 at a time


class Stream(Protocol):
    size: int

    def read(self, offset: int, length: int) -> bytes:
        """Exactly `length` bytes. Raises Unreadable behind the end."""

    def prefetch(self, ranges: Sequence[Range]) -> None:
        """Brings independent places in at once."""


class Clusters(Protocol):
    """A volume: `read` and `prefetch` count in bytes from its start."""

    cluster: int

    def read(self, offset: int, length: int) -> bytes: ...
    def prefetch(self, ranges: Sequence[Range]) -> None: ...
    def hint_tables(self, ranges: Sequence[Range]) -> None: ...
    def work(self, steps: int) -> None: ...


class Resident:
    def __init__(self, content: bytes) -> None:
        self.size, self._content = len(content), content

    def read(self, offset: int, length: int) -> bytes:
        _check(self, offset, length)
        return self._content[offset : offset + length]

    def prefetch(self, ranges: Sequence[Range]) -> None: ...


class Plain:
    """A stream in clusters. What is sparse, or was never written, is zero."""

    def __init__(self, volume: Clusters, extents: Extents, size: int, written: int) -> None:
        self.size = size
        self._volume, self._extents = volume, extents
        self._written = min(written, extents.clusters * volume.cluster)

    def read(self, offset: int, length: int) -> bytes:
        _check(self, offset, length)
        there = max(0, min(length, self._written - offset))
        parts = fetch_together(*[partial(self._part, *one) for one in self._places(offset, there)])
        return b"".join(parts).ljust(length, b"\0")

    def prefetch(self, ranges: Sequence[Range]) -> None:
        self._volume.prefetch(self._stored(ranges))

    def hint_tables(self) -> None:
        """All of it will be read here and there: what the container needs to find it may come along."""
        self._volume.hint_tables(self._stored([(0, self.size)])[:HINTED_MOST])

    def _stored(self, ranges: Sequence[Range]) -> list[Range]:
        cut = [(at, min(length, self._written - at)) for at, length in ranges if 0 <= at < self._written]
        return [(at, length) for one in cut for at, length in self._places(*one) if at is not None]

    def _part(self, at: int | None, length: int) -> bytes:
        return bytes(length) if at is None else self._volume.read(at, length)

    def _places(self, offset: int, length: int) -> Iterator[tuple[int | None, int]]:
        """(place on the volume or None, bytes) of a range, one after the other."""
        if length <= 0:
            return
        cluster = self._volume.cluster
        first, last = offset // cluster, (offset + length - 1) // cluster
        skip, left = offset % cluster, length
        for run in self._extents.between(first, last - first + 1):
            taken = min(run.clusters * cluster - skip, left)
            yield None if run.at is None else run.at * cluster + skip, taken
            skip, left = 0, left - taken


class Packed:
    """A stream that NTFS packed (LZNT1) in units of clusters: a unit is whole, sparse, or packed with sparse clusters
    behind."""

    def __init__(self, volume: Clusters, extents: Extents, size: int, written: int, unit: int) -> None:
        self.size = size
        self._volume, self._extents, self._clusters = volume, extents, unit
        self._written, self._unit = written, unit * volume.cluster
        self._raw = Plain(volume, extents, extents.clusters * volume.cluster, extents.clusters * volume.cluster)
        self._units: dict[int, bytes] = {}
        if not 0 < self._unit <= UNIT_MOST:
            raise malformed("packed NTFS file", f"its units have {self._unit} bytes")

    def read(self, offset: int, length: int) -> bytes:
        _check(self, offset, length)
        numbers = range(offset // self._unit, -(-(offset + length) // self._unit))
        data = b"".join(fetch_together(*[partial(self._unpacked, number) for number in numbers]))
        skip = offset - numbers.start * self._unit
        there = max(0, min(length, self._written - offset))
        return data[skip : skip + there].ljust(length, b"\0")

    def prefetch(self, ranges: Sequence[Range]) -> None:
        units = [(at // self._unit * self._unit, -(-(at % self._unit + length) // self._unit) * self._unit)
                 for at, length in ranges]  # fmt: skip
        self._raw.prefetch(units)

    def _unpacked(self, number: int) -> bytes:
        if number not in self._units:
            from imagedrop.inspection.unpack.lznt1 import lznt1  # few files need it

            runs = list(self._extents.between(number * self._clusters, self._clusters))
            there = sum(run.clusters for run in runs if run.at is not None)
            data = self._raw.read(number * self._unit, there * self._volume.cluster) if there else b""
            packed = 0 < there < self._clusters
            self._volume.work(len(data) // PACKED_A_STEP + self._unit // UNPACKED_A_STEP)
            if (len(self._units) + 1) * self._unit > UNITS_KEPT:
                del self._units[next(iter(self._units))]
            self._units[number] = (lznt1(data, self._unit) if packed else data).ljust(self._unit, b"\0")
        return self._units[number]


def _check(stream: Stream, offset: int, length: int) -> None:
    if offset < 0 or length < 0 or offset + length > stream.size:
        raise malformed("NTFS structure", f"bytes {offset} to {offset + length} of a stream of {stream.size}")
    if length > MAX_READ:
        raise ValueError(f"{length} bytes in one read")
