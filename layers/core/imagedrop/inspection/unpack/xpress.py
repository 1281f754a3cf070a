"""XPRESS with Huffman codes, as the Windows Overlay Filter packs a chunk (MS-XCA 2.1, 2.2).

  0 256 lengths of the code words of 512 symbols, 4 bits each, the lower half of a byte first
256  .. words of 16 bits, little-endian, whose bits count from the top

Symbols below 256 are literal bytes. Of the others bits 0-3 are a match's length less 3, bits 4-7 how many bits of its
distance follow, below a leading 1. A length of 15 goes on in a byte that is added; if that is 255, in the next two
bytes, which replace it; if those are 0, in four more. Such bytes stand behind the words that have been begun: a word is
begun as soon as fewer than 16 bits are left.
"""

from __future__ import annotations

from imagedrop.inspection.errors import malformed
from imagedrop.inspection.unpack.huffman import Code, code
from imagedrop.inspection.unpack.matches import repeat

LENGTHS = 256  # bytes
MOST = 64 * 1024  # what one set of code words may stand for
WHAT = "XPRESS data"


def xpress(data: bytes, size: int) -> bytes:
    """The `size` bytes, at most 64 KiB, of one chunk. Raises Unreadable where it stands for any other number."""
    if not 0 <= size <= MOST or len(data) < LENGTHS:
        raise malformed(WHAT, f"{len(data)} bytes for {size}")
    symbols = code([half for byte in data[:LENGTHS] for half in (byte & 15, byte >> 4)], WHAT)
    if not symbols.width:
        raise malformed(WHAT, "its Huffman code has no words")
    try:
        return bytes(_symbols(data, symbols, size))
    except IndexError:
        raise malformed(WHAT, "it ends too early") from None


def _symbols(data: bytes, symbols: Code, size: int) -> bytearray:
    """Raises IndexError where words that are not there would be needed."""
    width, table = symbols
    mask = (1 << width) - 1
    at, end = LENGTHS, len(data)
    data += bytes(3)  # code words are looked up with bits that may lie behind the end
    out = bytearray()
    bits = have = 0
    while len(out) < size:
        if have < 16:
            bits, have, at = (bits & 0xFFFF) << 16 | data[at + 1] << 8 | data[at], have + 16, at + 2
        entry = table[bits >> have - width & mask]
        have -= entry & 31
        if entry < 256 << 5:
            out.append(entry >> 5)
            continue
        if have < 16:
            bits, have, at = (bits & 0xFFFF) << 16 | data[at + 1] << 8 | data[at], have + 16, at + 2
        length, extra = entry >> 5 & 15, entry >> 9 & 15
        if length == 15:
            length, at = _long(data, at)
        have -= extra
        distance = 1 << extra | bits >> have & (1 << extra) - 1
        if distance > len(out) or length + 3 > size - len(out):
            raise malformed(WHAT, f"a match of {length + 3} bytes, {distance} back, at byte {len(out)} of {size}")
        repeat(out, distance, length + 3)
    if have < 8 * (at - end):
        raise IndexError
    return out


def _long(data: bytes, at: int) -> tuple[int, int]:
    """A match's length less 3, from 15 on, and the place behind it."""
    if data[at] < 255:
        return 15 + data[at], at + 1
    length = data[at + 1] | data[at + 2] << 8
    if length:
        return length, at + 3
    return data[at + 3] | data[at + 4] << 8 | data[at + 5] << 16 | data[at + 6] << 24, at + 7
