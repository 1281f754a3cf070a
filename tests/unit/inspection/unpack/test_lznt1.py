"""LZNT1: the example of the specification, round trips, and malformed input."""

from __future__ import annotations

import contextlib
import struct

import pytest
from hypothesis import given, settings

from imagedrop.inspection.errors import Unreadable
from imagedrop.inspection.unpack.lznt1 import lznt1
from tests.unit.inspection.unpack.contents import contents, mutated
from tests.unit.inspection.unpack.packers import pack_lznt1
from tests.unit.inspection.unpack.samples import noise, sample

UNIT = 64 * 1024
# MS-XCA 3.3
EXAMPLE = bytes.fromhex(
    "38b08846232000204720410010a24701a045204400084501507900c0452005241388"
    "05b4024a44ef0358028c091601484500be009e000401189000"
)
MELODY = (
    b"F# F# G A A G F# E D D E F# F# E E F# F# G A A G F# E D D E F# E D D E E F# D E F# G F# D "
    b"E F# G F# E D E A F# F# G A A G F# E D D E F# E D D\0"
)


def chunk(data: bytes) -> bytes:
    return struct.pack("<H", 0xB000 | len(data) - 1) + data


def refused(data: bytes, max_size: int = UNIT) -> str:
    with pytest.raises(Unreadable) as caught:
        lznt1(data, max_size)
    return str(caught.value.values["why"])


def test_the_example_of_the_specification_is_decompressed() -> None:
    assert lznt1(EXAMPLE, UNIT) == MELODY


def test_compressed_and_stored_chunks_are_decompressed() -> None:
    compressed, stored = pack_lznt1(sample()[:4096])[:-2], pack_lznt1(sample()[8192:12288])
    assert (len(compressed) < 4098, len(stored)) == (True, 4096 + 2 + 2)
    assert lznt1(compressed + stored, UNIT) == sample()[:4096] + sample()[8192:12288]


def test_content_as_large_as_a_unit_is_decompressed() -> None:
    packed = pack_lznt1(sample())
    assert lznt1(packed, UNIT) == sample()


@settings(max_examples=60, deadline=None)
@given(contents(20000))
def test_compressed_content_is_decompressed_to_the_same_bytes(data: bytes) -> None:
    assert lznt1(pack_lznt1(data), len(data)) == data


@settings(max_examples=150, deadline=None)
@given(mutated(pack_lznt1(sample()[:9000])))
def test_changed_bytes_decompress_to_at_most_the_maximum_or_are_refused(data: bytes) -> None:
    with contextlib.suppress(Unreadable):
        assert len(lznt1(data, UNIT)) <= UNIT


def test_a_stream_ends_at_a_header_of_zero_or_at_its_last_byte() -> None:
    abc = chunk(b"\0abc")
    assert lznt1(abc, UNIT) == lznt1(abc + b"\0\0" + b"never read", UNIT) == b"abc"
    assert lznt1(b"", UNIT) == b""


def test_a_short_chunk_that_is_not_the_last_is_filled_with_zeros() -> None:
    assert lznt1(chunk(b"\0abc") + chunk(b"\0def"), UNIT) == b"abc".ljust(4096, b"\0") + b"def"


def test_a_match_may_overlap_itself() -> None:
    assert lznt1(chunk(b"\x02a" + struct.pack("<H", 97)), UNIT) == b"a" * 101


def test_a_match_that_begins_before_its_chunk_is_refused() -> None:
    assert "2 back, at byte 1" in refused(chunk(b"\x02a" + struct.pack("<H", 1 << 12)))
    first = pack_lznt1(bytes(4096))[:-2]
    assert "back, at byte 0" in refused(first + chunk(b"\x01\0\0"))


def test_a_chunk_that_decompresses_to_more_than_4_kib_is_refused() -> None:
    assert "a match of 4098 bytes" in refused(chunk(b"\x02a" + struct.pack("<H", 0xFFF)))
    assert "a chunk decompresses to more" in refused(chunk(b"\x02a" + struct.pack("<H", 4088) + b"a" * 6 + b"\0aaaaa"))


def test_more_bytes_than_the_maximum_are_refused() -> None:
    packed = pack_lznt1(bytes(8192))
    assert lznt1(packed, 8192) == bytes(8192)
    assert "more than 8191 bytes" in refused(packed, 8191)


def test_a_chunk_that_is_cut_off_is_refused() -> None:
    assert "ends within a chunk" in refused(pack_lznt1(noise("cut", 100))[:-3])
    assert "a match" in refused(chunk(b"\x02a\x01"))


def test_a_chunk_without_its_signature_is_refused() -> None:
    assert "0x8003" in refused(struct.pack("<H", 0x8003) + b"\0abc")
