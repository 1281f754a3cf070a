"""Checksums, and other marks by which a reader sees that a structure was changed; and how to make them right again.

What each covers is described where it is read: gpt.py, containers/vhd.py, containers/vhdx.py, containers/vmdk.py,
registry/hive.py, ntfs/records.py. None of their code is used here but CRC-32C's.
"""

from __future__ import annotations

import functools
import operator
import struct
import zlib
from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

from imagedrop.inspection.crc32c import crc32c
from tests.fuzz.read_ranges import ReadRange
from tests.fuzz.sources import Bytes, Patch

STRIDE = 512
COPIED = range(12, 48)  # bytes of a VMDK header that its footer repeats


class Checksum(NamedTuple):
    """Of the structure at `offset`, `length` bytes. `table`: the range that it covers, if that lies elsewhere.

    `always_reported`: the inspection reports every change that it does not fit.
    """

    kind: str
    offset: int
    length: int
    table: tuple[int, int] | None = None
    always_reported: bool = True

    def ranges(self) -> list[tuple[int, int]]:
        return [(self.offset, self.length), *([self.table] if self.table else [])]

    def touched(self, patches: Iterable[Patch]) -> bool:
        return any(patch.touches(*read_range) for read_range in self.ranges() for patch in patches)


def found(ranges: Iterable[ReadRange], file: Bytes) -> list[Checksum]:
    """The structures with checksums among the ranges that were read."""
    checksums = dict[Checksum, None]()
    tables = {zlib.crc32(file.read(part.offset, part.length)): part for part in ranges if part.reader == "partitions"}
    for read_range in ranges:
        data = file.read(read_range.offset, read_range.length)
        checksums |= dict.fromkeys(_at_its_beginning(read_range, data, tables))
        if read_range.reader == "ntfs":
            checksums |= dict.fromkeys(_blocks(read_range, data))
    if file.read(0, 4) == b"KDMV" and file.read(file.size - 1024, 4) == b"KDMV":
        checksums[Checksum("VMDK footer", 0, STRIDE, (file.size - 1024, STRIDE))] = None
    return list(checksums)


def _at_its_beginning(read_range: ReadRange, data: bytes, tables: dict[int, ReadRange]) -> Iterator[Checksum]:
    if data.startswith(b"EFI PART") and len(data) >= 92:
        table = tables.get(struct.unpack_from("<I", data, 88)[0])
        yield Checksum("GPT", read_range.offset, 92, (table.offset, table.length) if table else None)
    elif data.startswith(b"conectix") and len(data) == STRIDE:
        yield Checksum("VHD footer", read_range.offset, STRIDE)
    elif data.startswith((b"head", b"regi")) and len(data) in (4096, 65536):
        yield Checksum("VHDX structure", read_range.offset, len(data))
    elif data.startswith(b"regf") and len(data) == STRIDE:
        yield Checksum("registry base block", read_range.offset, STRIDE)


def _blocks(read_range: ReadRange, data: bytes) -> Iterator[Checksum]:
    """Records of the MFT and blocks of directories, of which many may be read at once."""
    for at in range(0, len(data) - 7, STRIDE):
        if data[at : at + 4] in (b"FILE", b"INDX"):
            (count,) = struct.unpack_from("<H", data, at + 6)
            length = (count - 1) * STRIDE
            if STRIDE <= length <= len(data) - at:
                yield Checksum("update sequence", read_range.offset + at, length, always_reported=False)


def fixed(checksum: Checksum, read: Callable[[int, int], bytes]) -> list[Patch]:
    """The patches that make the checksum right for the structure as it is now."""
    return [Patch(checksum.offset + at, data) for at, data in FIXES[checksum.kind](checksum, read)]


Fixes = Iterator[tuple[int, bytes]]
Read = Callable[[int, int], bytes]


def _gpt(checksum: Checksum, read: Read) -> Fixes:
    header = bytearray(read(checksum.offset, checksum.length))
    if checksum.table:
        struct.pack_into("<I", header, 88, zlib.crc32(read(*checksum.table)))
        yield 88, bytes(header[88:92])
    (length,) = struct.unpack_from("<I", header, 12)
    covered = bytes(header) + read(checksum.offset + checksum.length, max(0, min(length, 4096) - checksum.length))
    yield 16, struct.pack("<I", zlib.crc32(covered[:16] + bytes(4) + covered[20 : max(length, 20)]))


def _vhd(checksum: Checksum, read: Read) -> Fixes:
    data = read(checksum.offset, checksum.length)
    yield 64, struct.pack(">I", ~(sum(data) - sum(data[64:68])) & 0xFFFFFFFF)


def _vhdx(checksum: Checksum, read: Read) -> Fixes:
    data = read(checksum.offset, checksum.length)
    yield 4, struct.pack("<I", crc32c(data[:4] + bytes(4) + data[8:]))


def _regf(checksum: Checksum, read: Read) -> Fixes:
    total = functools.reduce(operator.xor, struct.unpack_from("<127I", read(checksum.offset, STRIDE)))
    yield 508, struct.pack("<I", {0: 1, 0xFFFFFFFF: 0xFFFFFFFE}.get(total, total))


def _vmdk(checksum: Checksum, read: Read) -> Fixes:
    assert checksum.table
    yield checksum.table[0] + COPIED.start, read(COPIED.start, len(COPIED))


def _update_sequence(checksum: Checksum, read: Read) -> Fixes:
    data = read(checksum.offset, checksum.length)
    (at,) = struct.unpack_from("<H", data, 4)
    if at + 2 <= checksum.length:
        yield from ((end - 2, data[at : at + 2]) for end in range(STRIDE, checksum.length + 1, STRIDE))


FIXES: dict[str, Callable[[Checksum, Read], Fixes]] = {
    "GPT": _gpt,
    "VHD footer": _vhd,
    "VHDX structure": _vhdx,
    "registry base block": _regf,
    "VMDK footer": _vmdk,
    "update sequence": _update_sequence,
}
