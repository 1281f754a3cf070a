"""Makes two builds equal byte for byte: sets every time to MADE and clears the unused part of each record.

NTFS: in records (`FILE`, `INDX`) the last two bytes of each sector are replaced by an update sequence number, and kept
in an array at the start of the record. Times have 8 bytes, at multiples of 8. Attributes of a FILE record are sorted by
type; attributes of one type, such as the two names of a file, are sorted by the bytes of their values.
"""

from __future__ import annotations

import os
import struct
from collections.abc import Iterator

from samples.builder.recipe import SECTOR, filetime
from samples.builder.sparse import CHUNK, extents

PIECE = 1 << 16
SIZES = {b"FILE": 1024, b"INDX": 4096}
FILE_NAME, END = 0x30, 0xFFFFFFFF
UNIX_EPOCH = 11_644_473_600 * 10_000_000  # the time that mkntfs --zero-time writes


def finish(descriptor: int, begun: float, ended: float) -> None:
    """Replaces times between `begun` and `ended` (Unix seconds), and those of mkntfs."""
    low, high = (UNIX_EPOCH + int(seconds * 10_000_000) for seconds in (begun - 1, ended + 1))
    for position, record in list(_records(descriptor)):
        _restore(record)
        for at in range(0, len(record), 8):
            (number,) = struct.unpack_from("<Q", record, at)
            if number == UNIX_EPOCH or low <= number <= high:
                struct.pack_into("<Q", record, at, filetime())
        if record.startswith(b"FILE"):
            _sort_names(record)
        used = _used(record)
        record[used:] = bytes(len(record) - used)
        _protect(record)
        os.pwrite(descriptor, record, position)


def _records(descriptor: int) -> Iterator[tuple[int, bytearray]]:
    for start, end in extents(descriptor):
        for base in range(start, end, CHUNK):
            data = os.pread(descriptor, min(CHUNK, end - base), base)
            for at in range(0, len(data), SECTOR):
                record = bytearray(data[at : at + SIZES.get(data[at : at + 4], 0)])
                if record and _whole(record):
                    yield base + at, record


def _whole(record: bytearray) -> bool:
    """Whether all sectors belong to this record: it may be split over several extents."""
    offset, positions = _sequence(record)
    whole = len(positions) * SECTOR == len(record) and offset + 2 * len(positions) < SECTOR
    return whole and all(record[position : position + 2] == record[offset : offset + 2] for position in positions)


def empty_log(descriptor: int) -> None:
    """Zeroes the 0xFF bytes of an empty journal, except the first piece of each run."""
    before = False
    for start, end in list(extents(descriptor)):
        for at in range(start, end, PIECE):
            full = os.pread(descriptor, PIECE, at) == b"\xff" * PIECE
            if full and before:
                os.pwrite(descriptor, bytes(PIECE), at)
            before = full


def _used(record: bytearray) -> int:
    if record.startswith(b"FILE"):
        return int(struct.unpack_from("<I", record, 24)[0])
    return 24 + int(
        struct.unpack_from("<I", record, 28)[0]
    )  # the index header is at 24, and its size counts from there


def _sort_names(record: bytearray) -> None:
    """Sorts the names again, because the new times changed their order. All are resident."""
    names = [_clean(record[at : at + size]) for at, kind, size in _attributes(record) if kind == FILE_NAME]
    if names:
        start = next(at for at, kind, _ in _attributes(record) if kind == FILE_NAME)
        names.sort(key=lambda name: name[24:])
        packed = b"".join(names)
        record[start : start + len(packed)] = packed


def _clean(attribute: bytearray) -> bytes:
    """A resident attribute with the bytes after its value zeroed."""
    size, offset = struct.unpack_from("<IH", attribute, 16)
    return bytes(attribute[: offset + size]).ljust(len(attribute), b"\0")


def _attributes(record: bytearray) -> Iterator[tuple[int, int, int]]:
    """(offset, type, size) of each attribute."""
    (at,) = struct.unpack_from("<H", record, 20)
    while True:
        kind, size = struct.unpack_from("<II", record, at)
        if kind == END:
            return
        yield at, kind, size
        at += size


def _sequence(record: bytearray) -> tuple[int, range]:
    """(offset of the update sequence array, offsets of the words that it keeps)."""
    offset, count = struct.unpack_from("<HH", record, 4)
    return offset, range(SECTOR - 2, SECTOR * (count - 1), SECTOR)


def _restore(record: bytearray) -> None:
    offset, positions = _sequence(record)
    for index, position in enumerate(positions, 1):
        record[position : position + 2] = record[offset + 2 * index : offset + 2 * index + 2]


def _protect(record: bytearray) -> None:
    offset, positions = _sequence(record)
    for index, position in enumerate(positions, 1):
        record[offset + 2 * index : offset + 2 * index + 2] = record[position : position + 2]
        record[position : position + 2] = record[offset : offset + 2]
