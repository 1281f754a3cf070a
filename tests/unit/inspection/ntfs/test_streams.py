"""Streams: in clusters, sparse, initialized only in part, and compressed."""

from __future__ import annotations

import functools
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from imagedrop.inspection.errors import Unreadable
from imagedrop.inspection.ntfs.runs import Extents, decode_runs
from imagedrop.inspection.ntfs.streams import MAX_UNIT, CompressedStream, NonResidentStream, ResidentStream, Stream
from imagedrop.inspection.source import Range
from tests.unit.inspection.ntfs.crafted import runs
from tests.unit.inspection.unpack.packers import pack_lznt1

CLUSTER = 512
CLUSTERS = 64
PIECES = st.lists(st.tuples(st.integers(1, 6), st.none() | st.integers(0, CLUSTERS - 6)), min_size=1, max_size=8)


ADDRESSES = b"".join(at.to_bytes(2, "big") for at in range(CLUSTERS * CLUSTER // 2))


class FakeVolume:
    """Its content, unless it is given, is the number of each two bytes."""

    cluster_size = CLUSTER

    def __init__(self, data: bytes = b"") -> None:
        self.data = data or ADDRESSES
        self.prefetched: list[Range] = []

    def read(self, offset: int, length: int) -> bytes:
        assert offset + length <= len(self.data)
        return self.data[offset : offset + length]

    def prefetch(self, ranges: Sequence[Range]) -> None:
        self.prefetched += ranges

    def hint_tables(self, ranges: Sequence[Range]) -> None:
        self.prefetched += ranges

    def charge_steps(self, steps: int) -> None: ...


def extents(pieces: Sequence[tuple[int, int | None]]) -> Extents:
    return Extents(list(decode_runs(runs(pieces), 0)))


def content(disk: FakeVolume, pieces: Sequence[tuple[int, int | None]]) -> bytes:
    return b"".join(
        bytes(count * CLUSTER) if at is None else disk.read(at * CLUSTER, count * CLUSTER) for count, at in pieces
    )


@settings(max_examples=80, deadline=None)
@given(PIECES, st.floats(0, 1), st.floats(0, 1), st.lists(st.tuples(st.floats(0, 1), st.floats(0, 1)), max_size=5))
def test_any_part_of_a_stream_is_read_from_its_clusters(
    pieces: list[tuple[int, int | None]], used: float, filled: float, reads: list[tuple[float, float]]
) -> None:
    """`used`: share of the clusters that the stream has; `filled`: share of the stream that is initialized."""
    disk = FakeVolume()
    whole = content(disk, pieces)
    size = int(len(whole) * used)
    initialized = int(size * filled)
    stream = NonResidentStream(disk, extents(pieces), size, initialized)
    wanted = whole[:initialized].ljust(size, b"\0")
    for begin, share in [(0.0, 1.0), *reads]:
        at = int(size * begin)
        length = int((size - at) * share)
        assert stream.read(at, length) == wanted[at : at + length]
        stream.prefetch([(at, length)])
    assert all(0 <= at < at + length <= len(disk.data) for at, length in disk.prefetched)


def test_bytes_that_are_not_initialized_are_zero_whatever_their_clusters_hold() -> None:
    assert NonResidentStream(FakeVolume(), extents([(4, 8)]), 2000, 700).read(600, 300) == FakeVolume().data[
        8 * CLUSTER + 600 :
    ][:100].ljust(300, b"\0")


def test_only_stored_and_initialized_bytes_are_prefetched() -> None:
    disk = FakeVolume()
    stream = NonResidentStream(disk, extents([(2, 10), (3, None), (2, 30)]), 3300, 3100)
    stream.prefetch([(100, 3000), (3099, 50), (3200, 9), (5000, 1), (-4, 2)])
    assert disk.prefetched == [(10 * CLUSTER + 100, 924), (30 * CLUSTER, 540), (30 * CLUSTER + 539, 1)]


@pytest.mark.parametrize("part", [(-1, 1), (0, 2001), (2000, 1), (1999, 2), (5000, 0), (0, -1)])
@pytest.mark.parametrize(
    "stream", [NonResidentStream(FakeVolume(), extents([(4, 8)]), 2000, 2000), ResidentStream(bytes(2000))]
)
def test_a_read_outside_a_stream_is_refused(stream: Stream, part: Range) -> None:
    with pytest.raises(Unreadable):
        stream.read(*part)


UNIT = 16 * CLUSTER
TEXT = b"".join(b"%07d " % number for number in range(2 * UNIT // 8))


@functools.cache
def compressed_unit(content: bytes) -> bytes:
    return pack_lznt1(content)


def compressed_file(kinds: str, size: int, initialized: int | None = None) -> tuple[CompressedStream, bytes]:
    """A file whose units are compressed (c), stored as they are (w) or sparse (s), and its content."""
    disk, wanted, pieces = bytearray(), b"", list[tuple[int, int | None]]()
    for number, kind in enumerate(kinds):
        content = bytes(UNIT) if kind == "s" else (b"%03d" % number + TEXT)[:UNIT]
        stored = compressed_unit(content) if kind == "c" else content if kind == "w" else b""
        clusters = -(-len(stored) // CLUSTER)
        assert kind != "c" or 0 < clusters < 16
        pieces += [(clusters, len(disk) // CLUSTER)] if clusters else []
        pieces += [(16 - clusters, None)] if clusters < 16 else []
        disk += stored.ljust(clusters * CLUSTER, b"\0") + bytes(CLUSTER)
        wanted += content
    initialized = size if initialized is None else initialized
    stream = CompressedStream(FakeVolume(bytes(disk)), extents(pieces), size, initialized, 16)
    return stream, wanted[:initialized].ljust(size, b"\0")


@settings(max_examples=25, deadline=None)
@given(st.text("cws", min_size=1, max_size=5), st.floats(0, 1), st.floats(0, 1), st.floats(0, 1), st.floats(0, 1))
def test_a_compressed_file_is_read_decompressed(
    kinds: str, used: float, filled: float, begin: float, share: float
) -> None:
    size = int(len(kinds) * UNIT * used)
    stream, wanted = compressed_file(kinds, size, int(size * filled))
    at = int(size * begin)
    length = int((size - at) * share)
    stream.prefetch([(at, length)])
    assert stream.read(at, length) == wanted[at : at + length]
    assert stream.read(0, size) == wanted


def test_a_unit_is_decompressed_once() -> None:
    stream, wanted = compressed_file("cc", 2 * UNIT)
    assert stream.read(0, 2 * UNIT) == wanted
    disk = stream._volume
    assert isinstance(disk, FakeVolume)
    disk.data = b""
    assert stream.read(100, UNIT) == wanted[100 : 100 + UNIT]


@pytest.mark.parametrize("unit", [0, 1 << 16, MAX_UNIT // CLUSTER + 1])
def test_compression_units_of_an_invalid_size_are_refused(unit: int) -> None:
    with pytest.raises(Unreadable):
        CompressedStream(FakeVolume(), extents([(4, 8)]), 2000, 2000, unit)


def test_a_unit_that_decompresses_to_more_than_a_unit_is_refused() -> None:
    bomb = pack_lznt1(bytes(4 * UNIT))
    clusters = -(-len(bomb) // CLUSTER)
    stream = CompressedStream(
        FakeVolume(bomb.ljust(clusters * CLUSTER, b"\0")),
        extents([(clusters, 0), (16 - clusters, None)]),
        UNIT,
        UNIT,
        16,
    )
    with pytest.raises(Unreadable):
        stream.read(0, 1)
