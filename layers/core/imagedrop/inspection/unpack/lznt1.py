"""LZNT1, as NTFS packs attributes (MS-XCA 2.5): chunks of 4 KiB, each for itself.

Chunk: 0 2 header: bits 0-11 bytes of its data less 1, bits 12-14 always 3, bit 15: packed   2 .. data
    A header of 0 ends the stream. Data that is not packed is the content.
Packed data: a byte of eight flags, bit 0 first, and an item for each: 0 a literal byte, 1 a match of 2 bytes.
    The upper bits of a match are its distance less 1, the lower ones its length less 3. The distance has 4 bits in the
    first 16 bytes of a chunk, one more in the next 16, and one more each time the place doubles.
"""

from __future__ import annotations

from imagedrop.inspection.errors import malformed
from imagedrop.inspection.unpack.matches import repeat

CHUNK = 4096
WHAT = "LZNT1 data"
PACKED = 0x8000
SIGNATURE, SIGNED = 0x7000, 0x3000


def lznt1(data: bytes, most: int) -> bytes:
    """At most `most` bytes; a chunk that is short and not the last is filled with zeros, as NTFS does. MS-XCA 2.5.

    Raises Unreadable where the stream is cut off, unpacks to more, or reaches before the beginning of a chunk.
    """
    out = bytearray()
    at = 0
    while header := int.from_bytes(data[at : at + 2], "little"):
        out += bytes(-len(out) % CHUNK)
        if header & SIGNATURE != SIGNED:
            raise malformed(WHAT, f"a chunk begins with {header:#06x}")
        start, at = at + 2, at + 3 + (header & 0xFFF)
        if at > len(data):
            raise malformed(WHAT, "it ends within a chunk")
        piece = data[start:at]
        out += _chunk(piece) if header & PACKED else piece
        if len(out) > most:
            raise malformed(WHAT, f"it unpacks to more than {most} bytes")
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
                _match(out, data[at : at + 2])
                at += 2
            else:
                out.append(data[at])
                at += 1
    if len(out) > CHUNK:
        raise malformed(WHAT, f"a chunk unpacks to more than {CHUNK} bytes")
    return out


def _match(out: bytearray, pair: bytes) -> None:
    here = len(out)
    shift = 16 - max(4, (here - 1).bit_length())
    value = int.from_bytes(pair, "little")
    distance, length = (value >> shift) + 1, (value & (1 << shift) - 1) + 3
    if len(pair) < 2 or distance > here or here + length > CHUNK:
        raise malformed(WHAT, f"a match of {length} bytes, {distance} back, at byte {here} of a chunk")
    repeat(out, distance, length)
