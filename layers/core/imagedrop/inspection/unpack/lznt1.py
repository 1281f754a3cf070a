"""LZNT1, with which NTFS compresses attributes (MS-XCA 2.5): chunks of 4 KiB, each by itself.

Chunk: 0 2 header: bits 0-11 size of its data - 1, bits 12-14 always 3, bit 15: compressed   2 .. data
    A header of 0 ends the stream. Data that is not compressed is the content.
Compressed data: a byte of eight flags, bit 0 first, and an item for each: 0 a literal byte, 1 a match of 2 bytes.
    The upper bits of a match are its distance - 1, the lower ones its length - 3. The distance has 4 bits in the
    first 16 bytes of a chunk, one more in the next 16, and one more each time the position doubles.
"""

from __future__ import annotations

from imagedrop.inspection.errors import malformed
from imagedrop.inspection.unpack.matches import repeat

CHUNK = 4096
WHAT = "LZNT1 data"
COMPRESSED = 0x8000
SIGNATURE_MASK, SIGNATURE = 0x7000, 0x3000


def lznt1(data: bytes, max_size: int) -> bytes:
    """At most `max_size` bytes. A short chunk that is not the last is filled with zeros, as NTFS does.

    Raises Unreadable where the stream is cut off, decompresses to more, or a match begins before its chunk.
    """
    out = bytearray()
    at = 0
    while header := int.from_bytes(data[at : at + 2], "little"):
        out += bytes(-len(out) % CHUNK)
        if header & SIGNATURE_MASK != SIGNATURE:
            raise malformed(WHAT, f"a chunk begins with {header:#06x}")
        start, at = at + 2, at + 3 + (header & 0xFFF)
        if at > len(data):
            raise malformed(WHAT, "it ends within a chunk")
        piece = data[start:at]
        out += _chunk(piece) if header & COMPRESSED else piece
        if len(out) > max_size:
            raise malformed(WHAT, f"it decompresses to more than {max_size} bytes")
    return bytes(out)


def _chunk(data: bytes) -> bytearray:
    out = bytearray()
    at, end = 0, len(data)
    while at < end:
        flags, at = data[at], at + 1
        if not flags:
            out += data[at : at + 8]
            at += 8
            continue
        for bit in range(8):
            if at >= end:
                break
            if flags >> bit & 1:
                _copy_match(out, data[at : at + 2])
                at += 2
            else:
                out.append(data[at])
                at += 1
    if len(out) > CHUNK:
        raise malformed(WHAT, f"a chunk decompresses to more than {CHUNK} bytes")
    return out


def _copy_match(out: bytearray, pair: bytes) -> None:
    here = len(out)
    shift = 16 - max(4, (here - 1).bit_length())
    value = int.from_bytes(pair, "little")
    distance, length = (value >> shift) + 1, (value & (1 << shift) - 1) + 3
    if len(pair) < 2 or distance > here or here + length > CHUNK:
        raise malformed(WHAT, f"a match of {length} bytes, {distance} back, at byte {here} of a chunk")
    repeat(out, distance, length)
