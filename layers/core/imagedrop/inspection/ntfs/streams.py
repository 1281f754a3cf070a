"""The bytes of a stream (an attribute's content): resident in its record, in clusters, or compressed in clusters."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from typing import Protocol

from imagedrop.inspection.block_cache import MAX_READ
from imagedrop.inspection.errors import malformed
from imagedrop.inspection.ntfs.runs import Extents
from imagedrop.inspection.replay import fetch_together
from imagedrop.inspection.source import Range

MAX_HINTED = 64  # extents
MAX_KEPT = 8 * 1024 * 1024  # bytes of decompressed units
COMPRESSED_PER_STEP, DECOMPRESSED_PER_STEP = 8, 128  # bytes
MAX_UNIT = 1024 * 1024  # bytes of a compression unit; Windows compresses clusters of up to 4 KiB, 16 at a time


class Stream(Protocol):
    size: int

    def read(self, offset: int, length: int) -> bytes:
        """Exactly `length` bytes. Raises Unreadable behind the end."""

    def prefetch(self, ranges: Sequence[Range]) -> None:
        """Fetches independent ranges in one round trip."""


class ClusterReader(Protocol):
    """A volume. Offsets are bytes from its start."""

    cluster_size: int

    def read(self, offset: int, length: int) -> bytes: ...
    def prefetch(self, ranges: Sequence[Range]) -> None: ...
    def hint_tables(self, ranges: Sequence[Range]) -> None: ...
    def charge_steps(self, steps: int) -> None: ...


class ResidentStream:
    def __init__(self, content: bytes) -> None:
        self.size, self._content = len(content), content

    def read(self, offset: int, length: int) -> bytes:
        _check(self, offset, length)
        return self._content[offset : offset + length]

    def prefetch(self, ranges: Sequence[Range]) -> None: ...


class NonResidentStream:
    """A stream in clusters. Bytes that are sparse, or from `initialized` on, are zero."""

    def __init__(self, volume: ClusterReader, extents: Extents, size: int, initialized: int) -> None:
        self.size = size
        self._volume, self._extents = volume, extents
        self._initialized = min(initialized, extents.clusters * volume.cluster_size)

    def read(self, offset: int, length: int) -> bytes:
        _check(self, offset, length)
        stored = max(0, min(length, self._initialized - offset))
        parts = fetch_together(*[partial(self._part, *part) for part in self._parts(offset, stored)])
        return b"".join(parts).ljust(length, b"\0")

    def prefetch(self, ranges: Sequence[Range]) -> None:
        self._volume.prefetch(self._stored(ranges))

    def hint_tables(self) -> None:
        """All of it will be read here and there: the container may fetch what it needs to find it."""
        self._volume.hint_tables(self._stored([(0, self.size)])[:MAX_HINTED])

    def _stored(self, ranges: Sequence[Range]) -> list[Range]:
        stored = [(at, min(length, self._initialized - at)) for at, length in ranges if 0 <= at < self._initialized]
        return [(at, length) for part in stored for at, length in self._parts(*part) if at is not None]

    def _part(self, at: int | None, length: int) -> bytes:
        return bytes(length) if at is None else self._volume.read(at, length)

    def _parts(self, offset: int, length: int) -> Iterator[tuple[int | None, int]]:
        """(byte of the volume or None if sparse, length) of a range, in order."""
        if length <= 0:
            return
        cluster = self._volume.cluster_size
        first, last = offset // cluster, (offset + length - 1) // cluster
        skip, left = offset % cluster, length
        for run in self._extents.between(first, last - first + 1):
            taken = min(run.clusters * cluster - skip, left)
            yield None if run.lcn is None else run.lcn * cluster + skip, taken
            skip, left = 0, left - taken


class CompressedStream:
    """A stream that NTFS compressed (LZNT1) in units of clusters.

    A unit is stored as it is, sparse, or compressed in its first clusters, and then its others are sparse.
    """

    def __init__(self, volume: ClusterReader, extents: Extents, size: int, initialized: int, unit: int) -> None:
        self.size = size
        self._volume, self._extents, self._unit_clusters = volume, extents, unit
        self._initialized, self._unit = initialized, unit * volume.cluster_size
        capacity = extents.clusters * volume.cluster_size
        self._raw = NonResidentStream(volume, extents, capacity, capacity)
        self._units: dict[int, bytes] = {}
        if not 0 < self._unit <= MAX_UNIT:
            raise malformed("compressed NTFS file", f"its units have {self._unit} bytes")

    def read(self, offset: int, length: int) -> bytes:
        _check(self, offset, length)
        numbers = range(offset // self._unit, -(-(offset + length) // self._unit))
        data = b"".join(fetch_together(*[partial(self._decompressed, number) for number in numbers]))
        skip = offset - numbers.start * self._unit
        stored = max(0, min(length, self._initialized - offset))
        return data[skip : skip + stored].ljust(length, b"\0")

    def prefetch(self, ranges: Sequence[Range]) -> None:
        units = [(at // self._unit * self._unit, -(-(at % self._unit + length) // self._unit) * self._unit)
                 for at, length in ranges]  # fmt: skip
        self._raw.prefetch(units)

    def _decompressed(self, number: int) -> bytes:
        if number not in self._units:
            from imagedrop.inspection.unpack.lznt1 import lznt1  # few files need it

            runs = self._extents.between(number * self._unit_clusters, self._unit_clusters)
            stored = sum(run.clusters for run in runs if run.lcn is not None)
            data = self._raw.read(number * self._unit, stored * self._volume.cluster_size) if stored else b""
            self._volume.charge_steps(len(data) // COMPRESSED_PER_STEP + self._unit // DECOMPRESSED_PER_STEP)
            if (len(self._units) + 1) * self._unit > MAX_KEPT:
                del self._units[next(iter(self._units))]
            content = lznt1(data, self._unit) if 0 < stored < self._unit_clusters else data
            self._units[number] = content.ljust(self._unit, b"\0")
        return self._units[number]


def _check(stream: Stream, offset: int, length: int) -> None:
    if offset < 0 or length < 0 or offset + length > stream.size:
        raise malformed("NTFS structure", f"bytes {offset} to {offset + length} of a stream of {stream.size}")
    if length > MAX_READ:
        raise ValueError(f"{length} bytes in one read")
