"""Files that the Windows Overlay Filter compressed: streams of wimlib are read anywhere; malformed ones are refused."""

from __future__ import annotations

import contextlib
import struct
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from imagedrop.inspection.errors import PastEnd, Unreadable
from imagedrop.inspection.unpack.wof import MAX_READ, WofStream, wof_algorithm
from tests.unit.inspection.unpack.contents import mutated
from tests.unit.inspection.unpack.packers import pack_lzx, pack_xpress
from tests.unit.inspection.unpack.samples import FIXTURES, noise, sample

ALGORITHMS = {"xpress4k": 0, "lzx": 1, "xpress8k": 2, "xpress16k": 3}


class MemoryStream:
    """Records what is read and prefetched."""

    def __init__(self, data: bytes, size: int | None = None) -> None:
        self.size = len(data) if size is None else size
        self.data = data
        self.reads: list[tuple[int, int]] = []
        self.prefetched: list[list[tuple[int, int]]] = []

    def read(self, offset: int, length: int) -> bytes:
        if not 0 <= offset <= offset + length <= self.size:
            raise PastEnd(offset, length, self.size)
        self.reads.append((offset, length))
        return self.data[offset : offset + length]

    def prefetch(self, ranges: Sequence[tuple[int, int]]) -> None:
        self.prefetched.append(list(ranges))


def fixture(name: str) -> bytes:
    return (FIXTURES / f"{name}.bin").read_bytes()


def open_stream(name: str) -> WofStream:
    return WofStream(MemoryStream(fixture(name)), ALGORITHMS[name], len(sample()))


def stream_of(*chunks: bytes, width: int = 4) -> bytes:
    ends = [sum(map(len, chunks[:count])) for count in range(1, len(chunks))]
    return b"".join([end.to_bytes(width, "little") for end in ends]) + b"".join(chunks)


def refused(stream: WofStream, offset: int = 0, length: int = 1) -> str:
    with pytest.raises(Unreadable) as caught:
        stream.read(offset, length)
    return str(caught.value.values["why"])


@pytest.mark.parametrize("name", ALGORITHMS)
def test_a_stream_that_wimlib_wrote_is_decompressed(name: str) -> None:
    assert open_stream(name).read(0, len(sample())) == sample()


@settings(max_examples=40, deadline=None)
@given(st.sampled_from([*ALGORITHMS]), st.integers(0, len(sample())), st.integers(0, 9000))
def test_any_part_of_a_stream_is_read(name: str, offset: int, length: int) -> None:
    length = min(length, len(sample()) - offset)
    assert open_stream(name).read(offset, length) == sample()[offset : offset + length]


@settings(max_examples=60, deadline=None)
@given(st.sampled_from([*ALGORITHMS]).flatmap(lambda name: st.tuples(st.just(name), mutated(fixture(name)))))
def test_changed_bytes_decompress_to_the_right_size_or_are_refused(changed: tuple[str, bytes]) -> None:
    name, data = changed
    with contextlib.suppress(Unreadable):
        stream = WofStream(MemoryStream(data), ALGORITHMS[name], len(sample()))
        assert len(stream.read(0, len(sample()))) == len(sample())


def test_a_chunk_as_large_as_its_content_is_read_as_it_is() -> None:
    first, last = noise("first", 4096), noise("last", 1000)
    stream = WofStream(MemoryStream(stream_of(first, last)), 0, 5096)
    assert stream.read(0, 5096) == first + last


def test_a_file_of_4_gib_has_table_entries_of_eight_bytes() -> None:
    """Its first chunk is compressed, the last one stored; the entries between them are not read."""
    size = (1 << 32) + 5
    count = -(-size // 32768)
    table = 8 * (count - 1)
    first = pack_lzx(sample()[:32768])
    data = (
        len(first).to_bytes(8, "little").ljust(table - 8, b"\0") + len(first).to_bytes(8, "little") + first + b"final"
    )
    stream = WofStream(MemoryStream(data), 1, size)
    assert stream.read(100, 50) == sample()[100:150]
    assert stream.read(size - 5, 5) == b"final"


def test_a_file_just_below_4_gib_has_table_entries_of_four_bytes() -> None:
    size = (1 << 32) - 1
    table = 4 * (-(-size // 32768) - 1)
    first = pack_lzx(sample()[:32768])
    stream = WofStream(MemoryStream(len(first).to_bytes(4, "little").ljust(table, b"\0") + first), 1, size)
    assert stream.read(100, 50) == sample()[100:150]


def test_a_file_of_one_chunk_has_no_table_and_an_empty_file_has_no_chunk() -> None:
    assert WofStream(MemoryStream(pack_xpress(b"only" * 500)), 3, 2000).read(0, 2000) == b"only" * 500
    assert WofStream(MemoryStream(b""), 0, 0).read(0, 0) == b""


def test_a_part_reads_only_its_entries_and_chunks_and_nothing_the_second_time() -> None:
    stream_data = MemoryStream(fixture("xpress4k"))
    stream = WofStream(stream_data, 0, len(sample()))
    stream.read(5000, 6000)
    ends = struct.unpack("<8I", stream_data.data[:32])
    assert stream_data.reads == [(0, 12), (32 + ends[0], ends[2] - ends[0])]
    before = len(stream_data.reads)
    assert stream.read(5000, 3000) == sample()[5000:8000]
    assert len(stream_data.reads) == before


def test_the_first_chunk_is_fetched_together_with_its_table_entry() -> None:
    stream_data = MemoryStream(fixture("lzx"))
    WofStream(stream_data, 1, len(sample())).read(0, 10)
    assert stream_data.prefetched == [[(0, 4), (4, 32768)]]


def test_several_parts_are_fetched_in_two_prefetches() -> None:
    stream_data = MemoryStream(fixture("xpress4k"))
    stream = WofStream(stream_data, 0, len(sample()))
    stream.prefetch([(4096, 10), (30000, 1 << 40), (5, 0), (-1, 5), (len(sample()), 1)])
    ends = struct.unpack("<8I", stream_data.data[:32])
    assert stream_data.prefetched == [
        [(0, 8), (24, 8)],
        [(32 + ends[0], ends[1] - ends[0]), (32 + ends[6], len(stream_data.data) - 32 - ends[6])],
    ]


def test_decompressed_chunks_are_kept_up_to_a_maximum() -> None:
    count = 700
    stream = WofStream(MemoryStream(stream_of(*[noise(str(number), 4096) for number in range(count)])), 0, 4096 * count)
    for number in range(count):
        assert stream.read(4096 * number, 16) == noise(str(number), 16)
    assert len(stream._kept) * 4096 <= 2 * MAX_READ


@pytest.mark.parametrize(("offset", "length"), [(-1, 1), (0, -1), (33001, 1), (0, 33002)])
def test_a_read_outside_the_file_raises_past_end(offset: int, length: int) -> None:
    with pytest.raises(PastEnd):
        open_stream("lzx").read(offset, length)


def test_a_read_of_more_than_a_mebibyte_is_refused() -> None:
    stream = WofStream(MemoryStream(bytes(4 << 20), 4 << 20), 0, 4 << 20)
    assert "in one read" in refused(stream, 0, MAX_READ + 1)


@pytest.mark.parametrize(
    "entry", [0, 4097, 2**32 - 1, 5096 + 1], ids=["empty", "larger than its content", "far", "behind the end"]
)
def test_a_table_entry_with_an_invalid_offset_is_refused(entry: int) -> None:
    data = bytearray(stream_of(bytes(4096), bytes(1000)))
    data[:4] = entry.to_bytes(4, "little")
    assert "chunk 0 is from" in refused(WofStream(MemoryStream(bytes(data)), 0, 5096))


def test_a_chunk_that_ends_behind_the_stream_is_refused() -> None:
    assert "chunk 0 is from" in refused(
        WofStream(MemoryStream(struct.pack("<II", 1000, 1500) + bytes(500)), 0, 3 * 4096)
    )


def test_table_entries_that_are_not_sorted_are_refused() -> None:
    data = struct.pack("<II", 4096, 100) + bytes(9000)
    assert "chunk 1 is from" in refused(WofStream(MemoryStream(data), 0, 3 * 4096), 4096)


@pytest.mark.parametrize("size", [-1, 1 << 40, 1 << 63])
def test_a_size_that_the_stream_cannot_hold_is_refused(size: int) -> None:
    with pytest.raises(Unreadable):
        WofStream(MemoryStream(fixture("lzx")), 1, size)


@pytest.mark.parametrize("algorithm", [-1, 4, 2**32 - 1])
def test_an_unknown_algorithm_is_refused(algorithm: int) -> None:
    with pytest.raises(Unreadable) as caught:
        WofStream(MemoryStream(b""), algorithm, 0)
    assert f"algorithm {algorithm}" in caught.value.values["why"]


def point(tag: int = 0x80000017, version: int = 1, provider: int = 2, inner: int = 1, algorithm: int = 1) -> bytes:
    return struct.pack("<IHHIIIII", tag, 20, 0, version, provider, inner, algorithm, 0)


def test_the_reparse_point_names_the_algorithm() -> None:
    assert [wof_algorithm(point(algorithm=number)) for number in range(4)] == [0, 1, 2, 3]
    assert wof_algorithm(point()[:24]) == 1


def test_other_reparse_points_name_no_algorithm() -> None:
    assert wof_algorithm(point(tag=0xA000000C)) is None
    assert wof_algorithm(b"\x17\0") is None


@pytest.mark.parametrize("broken", [point(provider=1), point(version=2), point(inner=0), point()[:23]])
def test_a_reparse_point_with_another_provider_or_version_is_refused(broken: bytes) -> None:
    with pytest.raises(Unreadable):
        wof_algorithm(broken)
