"""Canonical Huffman codes, given by the lengths of their code words: the shortest first, then in the symbols' order."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from imagedrop.inspection.errors import malformed

if TYPE_CHECKING:
    from collections.abc import Sequence


class Code(NamedTuple):
    """`table[the next width bits]` is symbol << 5 | bits of its code word."""

    width: int
    table: list[int]


def code(lengths: Sequence[int], what: str) -> Code:
    """The code whose symbol n has a word of `lengths[n]` bits, 0: none. Raises Unreadable unless the words fill it.

    A code without any word has a table of one entry, 0, whose word has no bits: whoever decodes must refuse that.
    """
    width = max(lengths)
    symbols = sorted([symbol for symbol, length in enumerate(lengths) if length], key=lengths.__getitem__)
    # the sum comes first: the table of a code with too many words has no bound
    if symbols and sum([1 << width - lengths[symbol] for symbol in symbols]) != 1 << width:
        raise malformed(what, "the words of a Huffman code do not fill it")
    table: list[int] = []
    for symbol in symbols:
        length = lengths[symbol]
        table += [symbol << 5 | length] * (1 << width - length)
    return Code(width, table or [0])
