"""Canonical Huffman codes: the lengths of the code words define the code, sorted by length, then by symbol."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from imagedrop.inspection.errors import malformed


class Code(NamedTuple):
    """`table[the next width bits]` is symbol << 5 | length of its code word."""

    width: int
    table: list[int]


def code(lengths: Sequence[int], what: str) -> Code:
    """The code whose symbol n has a word of `lengths[n]` bits; 0: none. Raises Unreadable unless the code is complete.

    A code without words has a table of one entry, 0, with a length of 0: the decoder must refuse it.
    """
    width = max(lengths)
    symbols = sorted([symbol for symbol, length in enumerate(lengths) if length], key=lengths.__getitem__)
    # checked before the table is made: a code with too many words would make it very large
    if symbols and sum([1 << width - lengths[symbol] for symbol in symbols]) != 1 << width:
        raise malformed(what, "a Huffman code is incomplete or has too many words")
    table: list[int] = []
    for symbol in symbols:
        length = lengths[symbol]
        table += [symbol << 5 | length] * (1 << width - length)
    return Code(width, table or [0])
