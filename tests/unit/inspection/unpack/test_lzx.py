"""LZX: round trips of blocks of all kinds, x86 calls, and malformed input."""

from __future__ import annotations

import contextlib
import struct

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from imagedrop.inspection.errors import Unreadable
from imagedrop.inspection.unpack.lzx import lzx
from tests.unit.inspection.unpack.contents import contents, mutated
from tests.unit.inspection.unpack.packers import Bits, LzxPacker, pack_lzx
from tests.unit.inspection.unpack.samples import noise, sample

KINDS = ("verbatim", "aligned", "stored")
WHOLE = sample()[:32768]


def refused(data: bytes, size: int) -> str:
    with pytest.raises(Unreadable) as caught:
        lzx(data, size)
    return str(caught.value.values["why"])


def bits(*values: tuple[int, int]) -> bytes:
    out = Bits()
    for value in values:
        out.put(*value)
    return bytes(out.out)


@settings(max_examples=60, deadline=None)
@given(contents(32768), st.lists(st.sampled_from(KINDS), min_size=1, max_size=5))
def test_blocks_of_all_kinds_are_decompressed_to_the_same_bytes(data: bytes, kinds: list[str]) -> None:
    assert lzx(pack_lzx(data, kinds), len(data)) == data


@pytest.mark.parametrize("kind", KINDS)
def test_a_whole_chunk_in_one_block_is_decompressed(kind: str) -> None:
    assert lzx(pack_lzx(WHOLE, [kind]), 32768) == WHOLE


@settings(max_examples=150, deadline=None)
@given(mutated(pack_lzx(sample()[4000:13000], ["verbatim", "stored", "aligned"])))
def test_changed_bytes_decompress_to_the_right_size_or_are_refused(data: bytes) -> None:
    with contextlib.suppress(Unreadable):
        assert len(lzx(data, 9000)) == 9000


@pytest.mark.parametrize("room", [10, 11])
def test_calls_in_the_last_ten_bytes_are_not_translated(room: int) -> None:
    packer = LzxPacker()
    content = bytes(100) + (b"\xe8" + struct.pack("<i", 100)).ljust(room, b"\0")
    packer.stored(content)
    relative = content[:101] + struct.pack("<i", 0) + content[105:]
    assert lzx(bytes(packer.bits.out), len(content)) == (content if room == 10 else relative)


@pytest.mark.parametrize(
    ("target", "distance"),
    [(99, -1), (11_999_999, 11_999_899), (12_000_000, 12_000_000), (-100, 11_999_900), (-101, -101), (332, 0xE8)],
)
def test_a_call_target_within_the_file_becomes_relative(target: int, distance: int) -> None:
    packer = LzxPacker()
    packer.stored(bytes(100) + b"\xe8" + struct.pack("<i", target) + bytes(20))
    assert lzx(bytes(packer.bits.out), 125) == bytes(100) + b"\xe8" + struct.pack("<i", distance) + bytes(20)


def test_a_stored_block_skips_a_whole_word_where_the_last_one_is_used_up() -> None:
    ends = set()
    for count in range(1, 17):
        packer = LzxPacker()
        packer.coded(bytes(range(100, 100 + count)), aligned=False)
        ends.add((packer.bits.count + 20) % 16)  # the block's header has 20 bits
        packer.stored(b"xyz")
        assert lzx(bytes(packer.bits.out), count + 3) == bytes(range(100, 100 + count)) + b"xyz"
    assert ends == set(range(16))


def test_a_stored_block_of_odd_size_may_end_the_chunk_without_its_padding() -> None:
    packed = pack_lzx(b"abc", ["stored"])
    assert lzx(packed[:-1], 3) == lzx(packed, 3) == b"abc"


@pytest.mark.parametrize("kind", [0, 4, 7])
def test_a_block_of_an_unknown_type_is_refused(kind: int) -> None:
    assert f"type {kind}" in refused(bits((kind, 3), (0, 1), (10, 16)) + bytes(99), 10)


@pytest.mark.parametrize("length", [0, 11, 65535])
def test_a_block_that_is_empty_or_too_long_is_refused(length: int) -> None:
    assert f"type 3 with {length} bytes" in refused(bits((3, 3), (0, 1), (length, 16)) + bytes(99), 10)


def test_a_block_of_32_kib_in_a_shorter_chunk_is_refused() -> None:
    assert "with 32768 bytes" in refused(bits((3, 3), (1, 1)) + bytes(32767 + 12), 32767)


@pytest.mark.parametrize("distance", [0, 3, 2**32 - 1])
def test_a_distance_from_a_stored_block_is_checked_where_it_is_used(distance: int) -> None:
    assert f"{distance} back, at byte 2" in refused(_first_match(distance, 3), 5)
    assert lzx(_first_match(2, 3), 5) == b"ababa"


def _first_match(distance: int, length: int, *, block: int = 3) -> bytes:
    """Two stored bytes, and a block that begins with a match at the distance that the stored block names."""
    packer = LzxPacker()
    packer.recent = [distance, 1, 1]
    packer.stored(b"ab")
    packer.begin(block, aligned=False)
    packer.match(distance, length)
    packer.literal(ord("z"))
    return bytes(packer.bits.out)


def test_a_match_that_ends_behind_its_block_is_refused() -> None:
    assert "a match of 4 bytes" in refused(_first_match(2, 4), 100)
    assert lzx(_first_match(2, 257, block=257), 259) == (b"ab" * 130)[:259]


@pytest.mark.parametrize("kind", KINDS)
def test_a_chunk_that_is_cut_off_is_refused(kind: str) -> None:
    packed = pack_lzx(noise("cut", 1000), [kind])
    assert refused(packed[:4], 1000)
    assert "too early" in refused(packed[:400], 1000)
    assert "too early" in refused(packed[:-4], 1000)


def test_an_incomplete_code_is_refused() -> None:
    header = [(1, 3), (0, 1), (10, 16)]
    assert "Huffman" in refused(bits(*header, *[(1, 4)] * 20) + bytes(99), 10)
    assert "Huffman" in refused(bits((2, 3), (0, 1), (10, 16), *[(1, 3)] * 8) + bytes(99), 10)


def test_a_code_without_words_is_refused_where_a_symbol_of_it_is_read() -> None:
    assert "without words" in refused(bits((1, 3), (0, 1), (10, 16)) + bytes(99), 10)
    empty = [*zeros(51, 51, 51, 51, 26, 26), *zeros(48, 48, 48, 48, 48), *zeros(51, 51, 51, 51, 45)]
    assert "main code without words" in refused(bits((1, 3), (0, 1), (10, 16), *empty) + bytes(99), 10)


def zeros(*runs: int) -> list[tuple[int, int]]:
    """Lengths of code words: a code with one bit each for 18 and 19, then runs of 20 to 51 zeros (symbol 18)."""
    words = [(1 if symbol in (18, 19) else 0, 4) for symbol in range(20)]
    return words + [value for run in runs for value in ((0, 1), (run - 20, 5))]


def test_more_lengths_than_a_code_has_words_are_refused() -> None:
    many = zeros(51, 51, 51, 51, 51, 20)
    assert "20 code words where 1 are left" in refused(bits((1, 3), (0, 1), (10, 16), *many) + bytes(99), 10)


def test_a_run_of_lengths_inside_a_run_is_refused() -> None:
    again = [*zeros(), (1, 1), (0, 1), (0, 1)]
    assert "a run of a run" in refused(bits((1, 3), (0, 1), (10, 16), *again) + bytes(99), 10)


def test_a_chunk_of_more_than_16_blocks_is_refused() -> None:
    packer = LzxPacker()
    for _ in range(100):
        packer.coded(b"a", aligned=True)
    assert "16 blocks hold 16 of 100 bytes" in refused(bytes(packer.bits.out), 100)
