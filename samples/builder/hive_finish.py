"""Changes what hivex wrote: splits long indexes, zeroes free cells, sets all times to MADE.

regf format: the offset of a cell counts from the first bin, which is at 4096 in the file. The first 4 bytes of a cell
are its size, negative if the cell is in use.
"""

from __future__ import annotations

import functools
import operator
import struct
from collections.abc import Iterator

from samples.builder.recipe import filetime

BLOCK = 4096
LEAF = 507  # most subkeys in an lh list; Windows splits longer lists and refers to them from an ri list


def finish(hive: bytes) -> bytes:
    """Splits long lh lists, zeroes free cells, sets every time to MADE and writes the checksum."""
    data = bytearray(hive)
    for offset, size in list(_cells(data)):
        if size > 0:
            data[offset + 4 : offset + size] = bytes(size - 4)
        elif data[offset + 4 : offset + 6] == b"nk":
            struct.pack_into("<Q", data, offset + 8, filetime())
            _split(data, offset)
    struct.pack_into("<Q", data, 12, filetime())
    struct.pack_into("<Q", data, BLOCK + 20, filetime())
    struct.pack_into("<I", data, 40, len(data) - BLOCK)
    return with_checksum(bytes(data))


def with_checksum(hive: bytes) -> bytes:
    """regf format: dword 127 of the base block is the XOR of the dwords before it."""
    checksum = functools.reduce(operator.xor, struct.unpack_from("<127I", hive))
    return hive[:508] + struct.pack("<I", {0: 1, 0xFFFFFFFF: 0xFFFFFFFE}.get(checksum, checksum)) + hive[512:]


def left_open(hive: bytes) -> bytes:
    """A hive that was being written when the system stopped. regf format: its two sequence numbers differ."""
    data = bytearray(hive)
    struct.pack_into("<II", data, 4, 8, 7)
    return with_checksum(bytes(data))


def _cells(data: bytearray) -> Iterator[tuple[int, int]]:
    """(offset in the file, signed size) of every cell."""
    start = BLOCK
    while start < len(data):
        end = start + int(struct.unpack_from("<I", data, start + 8)[0])
        position = start + 32
        while position < end:
            (size,) = struct.unpack_from("<i", data, position)
            yield position, size
            position += abs(size)
        start = end


def _split(data: bytearray, key: int) -> None:
    """Replaces a key's lh list that is too long by an ri list of two lh lists, in new bins at the end."""
    if struct.unpack_from("<I", data, key + 4 + 20)[0] <= LEAF:
        return
    (listed,) = struct.unpack_from("<I", data, key + 4 + 28)
    position = BLOCK + listed
    size, kind, count = struct.unpack_from("<i2sH", data, position)
    if kind != b"lh":
        raise ValueError(f"hivex made a {kind!r} list where lh was expected, at {listed:#x}")
    entries = [bytes(data[at : at + 8]) for at in range(position + 8, position + 8 + 8 * count, 8)]
    half = -(-count // 2)
    leaves = [_append(data, b"lh", entries[at : at + half]) for at in (0, half)]
    struct.pack_into("<I", data, key + 4 + 28, _append(data, b"ri", [struct.pack("<I", leaf) for leaf in leaves]))
    data[position : position - size] = struct.pack("<i", -size) + bytes(-size - 4)


def _append(data: bytearray, kind: bytes, entries: list[bytes]) -> int:
    """Adds a bin with one list; returns the offset of the list."""
    body = struct.pack("<2sH", kind, len(entries)) + b"".join(entries)
    used = -(-(len(body) + 4) // 8) * 8
    size = -(-(32 + used) // BLOCK) * BLOCK
    start = len(data) - BLOCK
    fresh = struct.pack("<4sIIQQI", b"hbin", start, size, 0, 0, 0)
    fresh += (struct.pack("<i", -used) + body).ljust(used, b"\0")
    if rest := size - len(fresh):
        fresh += struct.pack("<i", rest).ljust(rest, b"\0")
    data += fresh
    return start + 32
