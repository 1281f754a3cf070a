"""The bits of an LZX chunk: integers, symbols, and lengths of code words."""

from __future__ import annotations

import struct
from itertools import pairwise

from imagedrop.inspection.errors import malformed
from imagedrop.inspection.unpack.huffman import Code, code

WHAT = "LZX data"
LENGTHS = 17  # lengths of code words are 0 to 16, stored as differences modulo 17
SHORT_ZEROS, LONG_ZEROS, SAME = 17, 18, 19


class Bits:
    """16-bit words, little-endian, read from the top. `at`: bits read. Raises IndexError behind the end."""

    def __init__(self, data: bytes) -> None:
        self.at = 0
        words = struct.unpack(f"<{(len(data) + 1) // 2}H", data + bytes(len(data) % 2))
        # each word with the next one: any 16 bits are within one of these pairs
        self.pairs: list[int] = [high << 16 | low for high, low in pairwise((*words, 0, 0))]

    def take(self, count: int) -> int:
        """The next `count` bits, at most 16."""
        value = self.pairs[self.at >> 4] >> 32 - count - (self.at & 15) & (1 << count) - 1
        self.at += count
        return value

    def symbol(self, code: Code) -> int:
        entry = code.table[self.pairs[self.at >> 4] >> 32 - code.width - (self.at & 15) & (1 << code.width) - 1]
        if not entry & 31:
            raise malformed(WHAT, "a symbol of a code without words")
        self.at += entry & 31
        return entry >> 5

    def next_word(self) -> int:
        """The byte where the next word begins; the rest of this word, or all of it, is skipped."""
        return (self.at // 16 + 1) * 2

    def check(self) -> None:
        """Raises IndexError where the last bits that were read are behind the end."""
        if self.at > 16 * (len(self.pairs) - 1):
            raise IndexError

    def lengths(self, lengths: list[int], start: int, stop: int) -> None:
        """Reads new `lengths[start:stop]`. The lengths of the 20 words of their own code come first, in 4 bits each.

        Symbols: 0-16 subtract from the old length, modulo 17   17 as many zeros as 4 + the next 4 bits
        18 as many zeros as 20 + the next 5 bits   19 the next symbol as often as 4 + the next bit
        """
        changes = code([self.take(4) for _ in range(20)], WHAT)
        while start < stop:
            count, value = self._run(changes, lengths[start])
            if count > stop - start:
                raise malformed(WHAT, f"lengths of {count} code words where {stop - start} are left")
            lengths[start : start + count] = [value] * count
            start += count

    def _run(self, changes: Code, before: int) -> tuple[int, int]:
        count, symbol = 1, self.symbol(changes)
        if symbol == SHORT_ZEROS:
            return 4 + self.take(4), 0
        if symbol == LONG_ZEROS:
            return 20 + self.take(5), 0
        if symbol == SAME:
            count, symbol = 4 + self.take(1), self.symbol(changes)
        if symbol >= LENGTHS:
            raise malformed(WHAT, "a run of a run of code word lengths")
        return count, (before - symbol) % LENGTHS
