"""LZNT1: what the specification's example says, what was packed comes back, and what is broken is refused."""

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


def refused(data: bytes, most: int = UNIT) -> str:
    with pytest.raises(Unreadable) as caught:
        lznt1(data, most)
    return str(caught.value.values["why"])


def test_the_example_of_the_specification() -> None:
    assert lznt1(EXAMPLE, UNIT) == MELODY


def test_packed_and_stored_chunks_come_back() -> None:
    code, stored = pack_lznt1(sample()[:4096])[:-2], pack_lznt1(sample()[8192:12288])
    assert (len(code) < 4098, len(stored)) == (True, 4096 + 2 + 2)
    assert lznt1(code + stored, UNIT) == sample()[:4096] + sample()[8192:12288]


def test_what_is_as_large_as_a_unit_comes_back() -> None:
    packed = pack_lznt1(sample())
    assert lznt1(packed, UNIT) == sample()


@settings(max_examples=60, deadline=None)
@given(contents(20000))
def test_what_was_packed_comes_back(data: bytes) -> None:
    assert lznt1(pack_lznt1(data), len(data)) == data


@settings(max_examples=150, deadline=None)
@given(mutated(pack_lznt1(sample()[:9000])))
def test_changed_bytes_end_in_a_bounded_answer_or_a_refusal(data: bytes) -> None:
    with contextlib.suppress(Unreadable):
        assert len(lznt1(data, UNIT)) <= UNIT


def test_a_stream_ends_with_a_header_of_zero_or_with_its_bytes() -> None:
    one = chunk(b"\0abc")
    assert lznt1(one, UNIT) == lznt1(one + b"\0\0" + b"never read", UNIT) == b"abc"
    assert lznt1(b"", UNIT) == b""


def test_a_short_chunk_that_is_not_the_last_is_filled_with_zeros() -> None:
    assert lznt1(chunk(b"\0abc") + chunk(b"\0def"), UNIT) == b"abc".ljust(4096, b"\0") + b"def"


def test_a_match_may_reach_into_itself() -> None:
    assert lznt1(chunk(b"\x02a" + struct.pack("<H", 97)), UNIT) == b"a" * 101


def test_a_match_before_the_beginning_of_its_chunk_is_refused() -> None:
    assert "2 back, at byte 1" in refused(chunk(b"\x02a" + struct.pack("<H", 1 << 12)))
    first = pack_lznt1(bytes(4096))[:-2]
    assert "back, at byte 0" in refused(first + chunk(b"\x01\0\0"))


def test_a_chunk_that_unpacks_to_more_than_4_kib_is_refused() -> None:
    assert "a match of 4098 bytes" in refused(chunk(b"\x02a" + struct.pack("<H", 0xFFF)))
    assert "a chunk unpacks to more" in refused(chunk(b"\x02a" + struct.pack("<H", 4088) + b"a" * 6 + b"\0aaaaa"))


def test_more_than_is_allowed_is_refused() -> None:
    packed = pack_lznt1(bytes(8192))
    assert lznt1(packed, 8192) == bytes(8192)
    assert "more than 8191 bytes" in refused(packed, 8191)


def test_a_chunk_that_is_cut_off_is_refused() -> None:
    assert "ends within a chunk" in refused(pack_lznt1(noise("cut", 100))[:-3])
    assert "a match" in refused(chunk(b"\x02a\x01"))


def test_a_chunk_without_its_signature_is_refused() -> None:
    assert "0x8003" in refused(struct.pack("<H", 0x8003) + b"\0abc")
