"""XPRESS with Huffman codes, as in the Windows Overlay Filter (MS-XCA 2.1, 2.2).

  0 256 lengths of the code words of 512 symbols, 4 bits each, the lower half of a byte first
256  .. 16-bit words, little-endian, whose bits are read from the top

Symbols below 256 are literal bytes. In the others, which are matches, bits 0-3 are the length - 3, and bits 4-7 say how
many bits of the distance follow, below a leading 1. Where the length is 15, the next byte is added; where that is 255,
the next two bytes are the length instead; where they are 0, the next four. Such bytes are behind the word that was read
last: a word is read as soon as fewer than 16 bits are left.
"""

from __future__ import annotations

from imagedrop.inspection.errors import malformed
from imagedrop.inspection.unpack.huffman import Code, code
from imagedrop.inspection.unpack.matches import repeat

LENGTHS = 256  # bytes
MAX_SIZE = 64 * 1024  # of the content of one set of code words
WHAT = "XPRESS data"


def xpress(data: bytes, size: int) -> bytes:
    """The content of one chunk: `size` bytes, at most 64 KiB. Raises Unreadable where it has another size."""
    if not 0 <= size <= MAX_SIZE or len(data) < LENGTHS:
        raise malformed(WHAT, f"{len(data)} bytes for {size}")
    symbols = code([half for byte in data[:LENGTHS] for half in (byte & 15, byte >> 4)], WHAT)
    if not symbols.width:
        raise malformed(WHAT, "its Huffman code has no words")
    try:
        return bytes(_symbols(data, symbols, size))
    except IndexError:
        raise malformed(WHAT, "it ends too early") from None


def _symbols(data: bytes, symbols: Code, size: int) -> bytearray:
    """Raises IndexError where the data ends too early."""
    width, table = symbols
    mask = (1 << width) - 1
    at, end = LENGTHS, len(data)
    data += bytes(3)  # the lookup of a code word may use bits behind the end
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
    """(length - 3 of a match, from 15 on; the offset behind it)"""
    if data[at] < 255:
        return 15 + data[at], at + 1
    length = data[at + 1] | data[at + 2] << 8
    if length:
        return length, at + 3
    return data[at + 3] | data[at + 4] << 8 | data[at + 5] << 16 | data[at + 6] << 24, at + 7
