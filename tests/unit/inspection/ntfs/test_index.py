"""Directories: lookups in B-trees that are sorted by the real $UpCase, and malformed trees."""

from __future__ import annotations

import lzma
import random
import struct
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from imagedrop.inspection.errors import Unreadable
from imagedrop.inspection.ntfs.index import Directory
from imagedrop.inspection.ntfs.records import Reference
from imagedrop.inspection.ntfs.streams import ResidentStream
from tests.unit.inspection.images import patched
from tests.unit.inspection.ntfs import crafted
from tests.unit.inspection.windows.images import UPCASE

UPPER = struct.unpack("<65536H", lzma.decompress(UPCASE.read_bytes()))
ASCII = st.text("abcdefxyzABCXYZ01. -_~$", min_size=1, max_size=9)
SCRIPTS = st.text("abzABZéÉжЖσςΣµ数ユ🙂𝔘ıİßſǅñ~", min_size=1, max_size=9)
ANY = st.text(st.characters(exclude_categories=[]), min_size=1, max_size=9)


def order(name: str) -> list[int]:
    units = name.encode("utf-16-le", "surrogatepass")
    return [UPPER[unit] for (unit,) in struct.iter_unpack("<H", units)]


def distinct(names: Sequence[str]) -> list[str]:
    """One of each group of names that NTFS takes for the same, sorted."""
    return sorted({tuple(order(name)): name for name in names}.values(), key=order)


class Tree:
    """A B-tree of at most `most` names in a node. `block`, `cluster`: sizes in bytes."""

    def __init__(self, names: Sequence[str], most: int, block: int = 4096, cluster: int = 4096) -> None:
        self.numbers = {name: number for number, name in enumerate(names, 40)}
        self._most, self._block, self._step = most, block, block // (cluster if cluster <= block else 512)
        self._blocks: list[bytes] = []
        root = crafted.root(self._node(names), block)
        blocks = ResidentStream(b"".join(self._blocks)) if self._blocks else None
        self.directory = Directory(root, blocks, cluster)

    def _node(self, names: Sequence[str]) -> bytes:
        """The entries of a node: some of the names; those between them are in blocks below."""
        if len(names) <= self._most:
            return b"".join(crafted.entry(name, self.numbers[name]) for name in names) + crafted.entry(None)
        cuts = [len(names) * part // (self._most + 1) for part in range(self._most + 2)]
        packed, last = b"", 0
        for cut in cuts[1:-1]:
            packed += crafted.entry(names[cut], self.numbers[names[cut]], self._below(names[last:cut]))
            last = cut + 1
        return packed + crafted.entry(None, 0, self._below(names[last:]))

    def _below(self, names: Sequence[str]) -> int:
        index = len(self._blocks)
        self._blocks.append(b"")
        number = index * self._step
        self._blocks[index] = crafted.block(self._node(names), number, self._block)
        return number

    def find(self, name: str) -> int | None:
        found = self.directory.find(name)
        return found.number if found else None


@settings(max_examples=80, deadline=None)
@given(st.lists(ASCII | SCRIPTS, max_size=40), st.integers(1, 5), st.lists(ASCII | SCRIPTS, max_size=8))
def test_every_name_is_found_and_no_other(given_names: list[str], most: int, others: list[str]) -> None:
    names = distinct(given_names)
    tree, there = Tree(names, most), {tuple(order(name)) for name in names}
    assert [tree.find(name) for name in names] == [tree.numbers[name] for name in names]
    for other in others:
        assert (tree.find(other) is not None) == (tuple(order(other)) in there)


@settings(max_examples=80, deadline=None)
@given(st.lists(ASCII, max_size=30), st.integers(1, 5))
def test_a_name_is_found_in_any_case(given_names: list[str], most: int) -> None:
    names = distinct(given_names)
    tree = Tree(names, most)
    for spelled in (str.upper, str.lower, str.swapcase):
        assert [tree.find(spelled(name)) for name in names] == [tree.numbers[name] for name in names]


@settings(max_examples=80, deadline=None)
@given(st.lists(ANY, max_size=30), st.lists(ASCII, max_size=10), st.integers(1, 5))
def test_an_ascii_name_is_found_among_any_other_names(names_of_any: list[str], plain: list[str], most: int) -> None:
    names = distinct(names_of_any + plain)
    tree = Tree(names, most)
    for name in plain:
        assert tree.find(name) == tree.numbers[next(other for other in names if order(other) == order(name))]


@pytest.mark.parametrize(
    ("block", "cluster"),
    [
        (4096, 4096),
        (4096, 512),
        (4096, 2048),
        (4096, 65536),
        (8192, 8192),
        (4096, 2 << 20),
        (65536, 65536),
        (512, 4096),
    ],
)
def test_block_numbers_count_clusters_or_sectors_where_clusters_are_larger(block: int, cluster: int) -> None:
    names = distinct([f"name {number}" for number in range(60)])
    tree = Tree(names, 3, block, cluster)
    assert [tree.find(name) for name in names] == [tree.numbers[name] for name in names]


def test_a_lookup_returns_the_record_and_its_sequence_number() -> None:
    root = crafted.root(crafted.entry("one", 7 << 48 | 99) + crafted.entry(None))
    assert Directory(root, None, 4096).find("ONE") == Reference(99, 7)


def look_up(entries: bytes, blocks: bytes = b"", name: str = "m") -> Reference | None:
    return Directory(crafted.root(entries), ResidentStream(blocks) if blocks else None, 4096).find(name)


END = crafted.entry(None)


@pytest.mark.parametrize(
    ("entries", "blocks"),
    [
        (crafted.entry(None, 0, 0), crafted.block(crafted.entry(None, 0, 0), 0)),
        (
            crafted.entry(None, 0, 0),
            crafted.block(crafted.entry(None, 0, 1), 0) + crafted.block(crafted.entry(None, 0, 0), 1),
        ),
        (crafted.entry(None, 0, 0), b"".join(crafted.block(crafted.entry(None, 0, at + 1), at) for at in range(40))),
        (crafted.entry(None, 0, 5), crafted.block(END, 0)),
        (crafted.entry(None, 0, 2**63), crafted.block(END, 0)),
        (crafted.entry(None, 0, 0), b""),
        (crafted.entry(None, 0, 0), bytes(4096)),
        (crafted.entry(None, 0, 0), patched(crafted.block(END, 0), (510, b"\0\0"))),
        (crafted.entry("a"), b""),
        (b"", b""),
        (bytes(64), b""),
        (patched(crafted.entry("a"), (8, b"\x08")) + END, b""),
        (patched(crafted.entry("a"), (8, b"\x0c")) + END, b""),
        (patched(crafted.entry("a"), (8, b"\xff\xff")) + END, b""),
        (patched(crafted.entry("a", 0, 0)[:16] + END, (8, b"\x10")), b""),
        (patched(END, (12, b"\x03")), b""),
        (patched(crafted.entry("name"), (16 + 64, b"\xff")) + END, b""),
    ],
    ids=["itself", "in a circle", "too deep", "behind the end", "far behind it", "no blocks", "zero block",
         "torn block", "no last entry", "no entry", "zeros", "short entry", "odd entry", "long entry",
         "no name", "no block below", "name longer than its entry"],
)  # fmt: skip
def test_a_malformed_tree_is_refused(entries: bytes, blocks: bytes) -> None:
    with pytest.raises(Unreadable):
        look_up(entries, blocks)


@pytest.mark.parametrize("size", [0, 1, 511, 513, 3 * 1024, 1 << 17, 2**32 - 1])
def test_invalid_block_sizes_are_refused(size: int) -> None:
    with pytest.raises(Unreadable):
        Directory(crafted.root(END, size), None, 4096)


@pytest.mark.parametrize("length", [0, 8, 16, 31])
def test_a_root_that_is_too_short_is_refused(length: int) -> None:
    with pytest.raises(Unreadable):
        Directory(crafted.root(END)[:length], None, 4096)


ENTRIES = b"".join(crafted.entry(name, 50) for name in ("aaa", "mmm", "zzz")) + crafted.entry(None, 0, 0)
BLOCK = crafted.block(crafted.entry("zzzz", 60) + END, 0)


@settings(max_examples=200, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 400), st.binary(min_size=1, max_size=4)), min_size=1, max_size=3),
    st.integers(0, 9),
)
def test_a_changed_directory_answers_or_is_refused(patches: list[tuple[int, bytes]], seed: int) -> None:
    entries, blocks = ENTRIES, bytearray(BLOCK)
    for _ in range(seed):
        blocks[random.Random(seed).randrange(len(blocks))] ^= 0xFF
    for name in ("mmm", "m", "zzzz"):
        try:
            look_up(patched(entries, *[(at % len(entries), new) for at, new in patches]), bytes(blocks), name)
        except Unreadable:
            continue
