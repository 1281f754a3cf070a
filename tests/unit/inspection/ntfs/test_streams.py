"""Streams: in clusters, sparse, shorter written than they are long, and packed."""

from __future__ import annotations

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


class Disk:
    """A volume whose bytes tell where they lie."""

    cluster_size = CLUSTER

    def __init__(self, data: bytes = b"") -> None:
        own = b"".join(at.to_bytes(2, "big") for at in range(CLUSTERS * CLUSTER // 2))
        self.data = data or own
        self.wanted: list[Range] = []

    def read(self, offset: int, length: int) -> bytes:
        assert offset + length <= len(self.data)
        return self.data[offset : offset + length]

    def prefetch(self, ranges: Sequence[Range]) -> None:
        self.wanted += ranges

    def hint_tables(self, ranges: Sequence[Range]) -> None:
        self.wanted += ranges

    def charge_steps(self, steps: int) -> None: ...


def extents(pieces: Sequence[tuple[int, int | None]]) -> Extents:
    return Extents(list(decode_runs(runs(pieces), 0)))


def content(disk: Disk, pieces: Sequence[tuple[int, int | None]]) -> bytes:
    return b"".join(
        bytes(count * CLUSTER) if at is None else disk.read(at * CLUSTER, count * CLUSTER) for count, at in pieces
    )


@settings(max_examples=80, deadline=None)
@given(PIECES, st.floats(0, 1), st.floats(0, 1), st.lists(st.tuples(st.floats(0, 1), st.floats(0, 1)), max_size=5))
def test_any_piece_of_a_stream_reads_as_its_clusters_say(
    pieces: list[tuple[int, int | None]], used: float, filled: float, reads: list[tuple[float, float]]
) -> None:
    """`used`: how much of the clusters the stream has, `filled`: how much of it was written."""
    disk = Disk()
    whole = content(disk, pieces)
    size = int(len(whole) * used)
    written = int(size * filled)
    stream, wanted = NonResidentStream(disk, extents(pieces), size, written), whole[:written].ljust(size, b"\0")
    for begin, share in [(0.0, 1.0), *reads]:
        at = int(size * begin)
        length = int((size - at) * share)
        assert stream.read(at, length) == wanted[at : at + length]
        stream.prefetch([(at, length)])
    assert all(0 <= at < at + length <= len(disk.data) for at, length in disk.wanted)


def test_what_was_never_written_is_zero_though_its_clusters_hold_something() -> None:
    assert NonResidentStream(Disk(), extents([(4, 8)]), 2000, 700).read(600, 300) == Disk().data[8 * CLUSTER + 600 :][
        :100
    ].ljust(300, b"\0")


def test_only_what_lies_somewhere_is_fetched_ahead() -> None:
    disk = Disk()
    stream = NonResidentStream(disk, extents([(2, 10), (3, None), (2, 30)]), 3300, 3100)
    stream.prefetch([(100, 3000), (3099, 50), (3200, 9), (5000, 1), (-4, 2)])
    assert disk.wanted == [(10 * CLUSTER + 100, 924), (30 * CLUSTER, 540), (30 * CLUSTER + 539, 1)]


@pytest.mark.parametrize("place", [(-1, 1), (0, 2001), (2000, 1), (1999, 2), (5000, 0), (0, -1)])
@pytest.mark.parametrize(
    "stream", [NonResidentStream(Disk(), extents([(4, 8)]), 2000, 2000), ResidentStream(bytes(2000))]
)
def test_what_is_behind_the_end_of_a_stream_is_refused(stream: Stream, place: Range) -> None:
    with pytest.raises(Unreadable):
        stream.read(*place)


UNIT = 16 * CLUSTER
TEXT = b"".join(b"%07d " % number for number in range(2 * UNIT // 8))


def packed_file(kinds: str, size: int, written: int | None = None) -> tuple[CompressedStream, bytes]:
    """A file whose units are packed (p), whole (w) or sparse (s), and what it holds."""
    disk, wanted, pieces = bytearray(), b"", list[tuple[int, int | None]]()
    for number, kind in enumerate(kinds):
        plain = bytes(UNIT) if kind == "s" else (b"%03d" % number + TEXT)[:UNIT]
        stored = {"s": b"", "w": plain, "p": pack_lznt1(plain)}[kind]
        clusters = -(-len(stored) // CLUSTER)
        assert kind != "p" or 0 < clusters < 16
        pieces += [(clusters, len(disk) // CLUSTER)] if clusters else []
        pieces += [(16 - clusters, None)] if clusters < 16 else []
        disk += stored.ljust(clusters * CLUSTER, b"\0") + bytes(CLUSTER)
        wanted += plain
    written = size if written is None else written
    return CompressedStream(Disk(bytes(disk)), extents(pieces), size, written, 16), wanted[:written].ljust(size, b"\0")


@settings(max_examples=25, deadline=None)
@given(st.text("pws", min_size=1, max_size=5), st.floats(0, 1), st.floats(0, 1), st.floats(0, 1), st.floats(0, 1))
def test_a_packed_file_reads_as_it_was(kinds: str, used: float, filled: float, begin: float, share: float) -> None:
    size = int(len(kinds) * UNIT * used)
    stream, wanted = packed_file(kinds, size, int(size * filled))
    at = int(size * begin)
    length = int((size - at) * share)
    stream.prefetch([(at, length)])
    assert stream.read(at, length) == wanted[at : at + length]
    assert stream.read(0, size) == wanted


def test_a_unit_is_unpacked_once() -> None:
    stream, wanted = packed_file("pp", 2 * UNIT)
    assert stream.read(0, 2 * UNIT) == wanted
    disk = stream._volume
    assert isinstance(disk, Disk)
    disk.data = b""
    assert stream.read(100, UNIT) == wanted[100 : 100 + UNIT]


@pytest.mark.parametrize("unit", [0, 1 << 16, MAX_UNIT // CLUSTER + 1])
def test_units_of_a_size_of_no_sense_are_refused(unit: int) -> None:
    with pytest.raises(Unreadable):
        CompressedStream(Disk(), extents([(4, 8)]), 2000, 2000, unit)


def test_a_unit_that_unpacks_to_more_than_a_unit_is_refused() -> None:
    bomb = pack_lznt1(bytes(4 * UNIT))
    clusters = -(-len(bomb) // CLUSTER)
    stream = CompressedStream(
        Disk(bomb.ljust(clusters * CLUSTER, b"\0")), extents([(clusters, 0), (16 - clusters, None)]), UNIT, UNIT, 16
    )
    with pytest.raises(Unreadable):
        stream.read(0, 1)
