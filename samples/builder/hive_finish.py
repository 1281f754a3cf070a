"""What hivex leaves out: split indexes, clean free space, one time stamp.

regf format. A cell's offset counts from the first bin, which lies at 4096 in the file; its first 4 bytes are its size,
negative while it is in use.
"""

from __future__ import annotations

import functools
import operator
import struct
from collections.abc import Iterator

from samples.builder.recipe import filetime

BLOCK = 4096
LEAF = 507  # subkeys of an lh list that still fits one bin; Windows splits a longer one and puts an ri list above


def finish(hive: bytes) -> bytes:
    """`hive` with long lh lists split under an ri list, free cells zeroed, every time stamp MADE, checksum right."""
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
    """regf format: the base block's dword 127 is the exclusive or of those before it."""
    checksum = functools.reduce(operator.xor, struct.unpack_from("<127I", hive))
    return hive[:508] + struct.pack("<I", {0: 1, 0xFFFFFFFF: 0xFFFFFFFE}.get(checksum, checksum)) + hive[512:]


def left_open(hive: bytes) -> bytes:
    """As it is while it is written. regf format: the second sequence number follows the first when all is on disk."""
    data = bytearray(hive)
    struct.pack_into("<II", data, 4, 8, 7)
    return with_checksum(bytes(data))


def _cells(data: bytearray) -> Iterator[tuple[int, int]]:
    """(place in the file, size with its sign) of every cell."""
    start = BLOCK
    while start < len(data):
        end = start + int(struct.unpack_from("<I", data, start + 8)[0])
        place = start + 32
        while place < end:
            (size,) = struct.unpack_from("<i", data, place)
            yield place, size
            place += abs(size)
        start = end


def _split(data: bytearray, key: int) -> None:
    """Turns the key's lh list, where it is too long, into an ri list of lh lists in new bins at the end."""
    if struct.unpack_from("<I", data, key + 4 + 20)[0] <= LEAF:
        return
    (listed,) = struct.unpack_from("<I", data, key + 4 + 28)
    place = BLOCK + listed
    size, kind, count = struct.unpack_from("<i2sH", data, place)
    if kind != b"lh":
        raise ValueError(f"hivex made a {kind!r} list where lh was expected, at {listed:#x}")
    entries = [bytes(data[at : at + 8]) for at in range(place + 8, place + 8 + 8 * count, 8)]
    half = -(-count // 2)
    leaves = [_append(data, b"lh", entries[at : at + half]) for at in (0, half)]
    struct.pack_into("<I", data, key + 4 + 28, _append(data, b"ri", [struct.pack("<I", leaf) for leaf in leaves]))
    data[place : place - size] = struct.pack("<i", -size) + bytes(-size - 4)


def _append(data: bytearray, kind: bytes, entries: list[bytes]) -> int:
    """A new bin with one list in it; returns the list's offset."""
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
