"""LZX with a window of 32 KiB, as in the Windows Overlay Filter and WIM files (MS-PATCH, with WIM's changes).

A chunk is a sequence of 16-bit words, little-endian, whose bits are read from the top. It holds blocks:

bits  what
   3  1 verbatim, 2 aligned, 3 stored
   1  1: the block has 32768 bytes; 0: its size follows in 16 bits
 8x3  aligned only: the lengths of the code words of the aligned code
  ..  the lengths of the code words of the main code (256 for literals, then 240) and of the length code (249)
  ..  symbols, until the block has its size

Main symbols below 256 are literal bytes. In the others, which are matches, bits 0-2 are the length - 2, where 7 means
that a symbol of the length code is added; the other bits are the slot. Slots 0 to 2 are the last three distances, the
newest first, all 1 at the beginning; the one that is used swaps with the newest. A slot n from 3 on covers 2^(n/2-1)
distances; bits that follow select one. In an aligned block the lowest three of these are a symbol of the aligned code.

A stored block begins at the next word; 1 to 16 bits before it are skipped.
    0 4 newest distance   4 4 second   8 4 third   12 .. content, and a padding byte if its size is odd
"""

from __future__ import annotations

import struct

from imagedrop.inspection.errors import malformed
from imagedrop.inspection.unpack.huffman import Code, code
from imagedrop.inspection.unpack.lzx_bits import WHAT, Bits
from imagedrop.inspection.unpack.matches import repeat

MAX_SIZE = 32 * 1024  # the window, and the size of a whole chunk
VERBATIM, ALIGNED, STORED = 1, 2, 3
MAX_BLOCKS = 16  # of a chunk; writers make a few. The codes of each may cost a millisecond
LITERALS, MAIN_SYMBOLS, LENGTH_SYMBOLS = 256, 496, 249
LONG_MATCH = 7 + 2  # from this length on a symbol of the length code is added
SLOTS = [(0, 0)] * 3 + [((2 + n % 2 << n // 2 - 1) - 2, n // 2 - 1) for n in range(3, 30)]  # first distance, bits
CALL = 0xE8
CALL_FILE_SIZE = 12_000_000  # the size of the file that LZX assumes for x86 calls
STORED_DISTANCES = struct.Struct("<III")


def lzx(data: bytes, size: int) -> bytes:
    """The content of one chunk: `size` bytes, at most 32 KiB. Raises Unreadable where it has another size."""
    if not 0 <= size <= MAX_SIZE or len(data) > 2 * MAX_SIZE:
        raise malformed(WHAT, f"{len(data)} bytes for {size}")
    chunk = _Chunk(data, size)
    try:
        for _ in range(MAX_BLOCKS):
            if len(chunk.out) == size:
                break
            chunk.block()
        chunk.bits.check()
    except IndexError:
        raise malformed(WHAT, "it ends too early") from None
    if len(chunk.out) < size:
        raise malformed(WHAT, f"{MAX_BLOCKS} blocks hold {len(chunk.out)} of {size} bytes")
    _undo_calls(chunk.out)
    return bytes(chunk.out)


class _Chunk:
    """Its methods raise IndexError where the data ends too early."""

    def __init__(self, data: bytes, size: int) -> None:
        self.data, self.size, self.bits = data, size, Bits(data)
        self.out = bytearray()
        self.recent = [1, 1, 1]
        self.main_lengths, self.length_lengths = [0] * MAIN_SYMBOLS, [0] * LENGTH_SYMBOLS  # each block changes them

    def block(self) -> None:
        bits = self.bits
        kind = bits.take(3)
        length = MAX_SIZE if bits.take(1) else bits.take(16)
        if not VERBATIM <= kind <= STORED or not 0 < length <= self.size - len(self.out):
            where = f"byte {len(self.out)} of {self.size}"
            raise malformed(WHAT, f"a block of type {kind} with {length} bytes at {where}")
        if kind == STORED:
            self._stored(length)
        else:
            self._coded(length, code([bits.take(3) for _ in range(8)], WHAT) if kind == ALIGNED else None)

    def _stored(self, length: int) -> None:
        start = self.bits.next_word()
        end = start + STORED_DISTANCES.size + length
        if end > len(self.data):
            raise IndexError
        self.recent = list(STORED_DISTANCES.unpack_from(self.data, start))
        self.out += self.data[start + STORED_DISTANCES.size : end]
        self.bits.at = 8 * (end + length % 2)

    def _coded(self, length: int, aligned: Code | None) -> None:
        bits, out = self.bits, self.out
        bits.lengths(self.main_lengths, 0, LITERALS)
        bits.lengths(self.main_lengths, LITERALS, MAIN_SYMBOLS)
        bits.lengths(self.length_lengths, 0, LENGTH_SYMBOLS)
        width, table = code(self.main_lengths, WHAT)
        lengths = code(self.length_lengths, WHAT)
        if not width:
            raise malformed(WHAT, "a block has a main code without words")
        pairs, at, end = bits.pairs, bits.at, len(out) + length
        shift, mask = 32 - width, (1 << width) - 1
        while len(out) < end:
            entry = table[pairs[at >> 4] >> shift - (at & 15) & mask]
            at += entry & 31
            if entry < LITERALS << 5:
                out.append(entry >> 5)
                continue
            bits.at = at
            self._match((entry >> 5) - LITERALS, lengths, aligned, end - len(out))
            at = bits.at
        bits.at = at

    def _match(self, symbol: int, lengths: Code, aligned: Code | None, max_length: int) -> None:
        length = (symbol & 7) + 2
        if length == LONG_MATCH:
            length += self.bits.symbol(lengths)
        distance = self._distance(symbol >> 3, aligned)
        here = len(self.out)
        if not 0 < distance <= here or length > max_length:
            raise malformed(WHAT, f"a match of {length} bytes, {distance} back, at byte {here} of {self.size}")
        repeat(self.out, distance, length)

    def _distance(self, slot: int, aligned: Code | None) -> int:
        recent, bits = self.recent, self.bits
        if slot < 3:
            recent[0], recent[slot] = recent[slot], recent[0]
            return recent[0]
        distance, extra = SLOTS[slot]
        if aligned and extra >= 3:
            distance += bits.take(extra - 3) << 3
            distance += bits.symbol(aligned)
        else:
            distance += bits.take(extra)
        self.recent = [distance, recent[0], recent[1]]
        return distance


def _undo_calls(out: bytearray) -> None:
    """Makes the targets of x86 calls relative again: the writer made them absolute, so that calls of one target match.

    The last ten bytes are not translated (MS-PATCH 2.4; in WIM for each chunk, as if the file began there).
    """
    end = max(0, len(out) - 10)
    at = out.find(CALL, 0, end)
    while at >= 0:
        target = int.from_bytes(out[at + 1 : at + 5], "little", signed=True)
        if -at <= target < CALL_FILE_SIZE:
            target += CALL_FILE_SIZE if target < 0 else -at
            out[at + 1 : at + 5] = target.to_bytes(4, "little", signed=True)
        at = out.find(CALL, at + 5, end)
