"""XPRESS: the examples of the specification, round trips, and malformed input."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given, settings

from imagedrop.inspection.errors import Unreadable
from imagedrop.inspection.unpack.xpress import xpress
from tests.unit.inspection.unpack.contents import contents, mutated
from tests.unit.inspection.unpack.packers import Bits, pack_xpress
from tests.unit.inspection.unpack.samples import sample

FLAT = b"\x99" * 256  # 512 words of 9 bits: each is its symbol


def table(lengths: dict[int, int]) -> bytes:
    halves = [lengths.get(symbol, 0) for symbol in range(512)]
    return bytes(low | high << 4 for low, high in zip(halves[::2], halves[1::2], strict=True))


def coded(*parts: tuple[int, int] | bytes) -> bytes:
    """(value, bits) or bytes, behind the flat table."""
    bits = Bits(ahead=1)
    for part in parts:
        if isinstance(part, bytes):
            bits.append(part)
        else:
            bits.put(*part)
    return FLAT + bytes(bits.out)


def refused(data: bytes, size: int) -> str:
    with pytest.raises(Unreadable) as caught:
        xpress(data, size)
    return str(caught.value.values["why"])


def test_the_first_example_of_the_specification_is_decompressed() -> None:
    """MS-XCA 3.2, the first example: it has no match."""
    lengths = dict.fromkeys(b"abcdefghijklmnopqrstuv", 5) | dict.fromkeys((*b"wxyz", 256), 4)
    data = bytes.fromhex("d8523ed794115be9195ff9d67cdf8d0400000000")
    assert xpress(table(lengths) + data, 26) == b"abcdefghijklmnopqrstuvwxyz"


def test_the_second_example_of_the_specification_is_decompressed() -> None:
    """MS-XCA 3.2, the second example: a length in two bytes behind the symbol."""
    lengths = {ord("a"): 3, ord("b"): 3, ord("c"): 2, 256: 2, 287: 2}
    assert xpress(table(lengths) + bytes.fromhex("a8dc0000ff2601"), 300) == b"abc" * 100


@settings(max_examples=60, deadline=None)
@given(contents(16384))
def test_compressed_content_is_decompressed_to_the_same_bytes(data: bytes) -> None:
    assert xpress(pack_xpress(data), len(data)) == data


@settings(max_examples=150, deadline=None)
@given(mutated(pack_xpress(sample()[:4096])))
def test_changed_bytes_decompress_to_the_right_size_or_are_refused(data: bytes) -> None:
    with contextlib.suppress(Unreadable):
        assert len(xpress(data, 4096)) == 4096


@pytest.mark.parametrize(
    "rest",
    [b"\x00", b"\xfe", b"\xff\x0e\x01", b"\xff\xff\xff", b"\xff\0\0\x01\0\x01\0"],
    ids=["18", "272", "273", "65538", "65540 needs four bytes"],
)
def test_long_lengths_are_read_from_the_bytes_behind_the_symbol(rest: bytes) -> None:
    length = 3 + (
        15 + rest[0] if rest[0] < 255 else int.from_bytes(rest[1:3] if any(rest[1:3]) else rest[3:], "little")
    )
    data = coded((ord("a"), 9), (256 | 15, 9), rest)
    if length < 65536:
        assert xpress(data, 1 + length) == b"a" * (1 + length)
    else:
        assert f"a match of {length} bytes" in refused(data, 65536)


@pytest.mark.parametrize(
    "lengths",
    [{0: 1, 1: 1, 2: 1}, dict.fromkeys(range(512), 1), {0: 1, 1: 2}, {65: 1}],
    ids=["one word too many", "all of one bit", "one word missing", "a single word"],
)
def test_an_incomplete_code_or_one_with_too_many_words_is_refused(lengths: dict[int, int]) -> None:
    assert "Huffman" in refused(table(lengths) + bytes(100), 10)


def test_a_code_without_words_is_refused() -> None:
    assert "no words" in refused(bytes(300), 10)


def test_a_match_that_begins_before_the_chunk_is_refused() -> None:
    assert "1 back, at byte 0" in refused(coded((256, 9)), 10)
    assert "2 back, at byte 1" in refused(coded((ord("a"), 9), (256 | 1 << 4, 9), (0, 1)), 10)


def test_a_match_that_ends_behind_the_chunk_is_refused() -> None:
    data = coded((ord("a"), 9), (256, 9))
    assert xpress(data, 4) == b"aaaa"
    assert "a match of 3 bytes" in refused(data, 3)


def test_a_chunk_that_is_cut_off_is_refused() -> None:
    data = coded(*[(symbol, 9) for symbol in b"abcdefghijklmnop"])
    assert xpress(data[:-2], 16) == b"abcdefghijklmnop"  # the last word, which is read ahead, holds no bits
    assert "too early" in refused(data[:-4], 16)
    assert "too early" in refused(data[:-4], 15)  # 135 bits of 128
    assert "too early" in refused(data, 19)
    assert "100 bytes" in refused(data[:100], 16)


def test_a_length_that_is_cut_off_is_refused() -> None:
    data = coded((ord("a"), 9), (256 | 15, 9), b"\xff\x0e\x01")
    assert "too early" in refused(data[:-1], 274)


def test_a_size_of_more_than_64_kib_is_refused() -> None:
    assert "for 65537" in refused(pack_xpress(b"a"), 65537)
