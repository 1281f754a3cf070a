"""Checksums, and other marks by which a reader sees at once that a structure was changed; and making them right again.

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
from tests.fuzz.places import Place
from tests.fuzz.sources import Bytes, Patch

STRIDE = 512
COPIED = range(12, 48)  # bytes of a VMDK header that its footer repeats


class Seal(NamedTuple):
    """The structure at `offset`, `length` bytes. `table`: what the checksum in it is of, where that lies elsewhere.

    `told`: a change that it does not fit is always said.
    """

    kind: str
    offset: int
    length: int
    table: tuple[int, int] | None = None
    told: bool = True

    def ranges(self) -> list[tuple[int, int]]:
        return [(self.offset, self.length), *([self.table] if self.table else [])]

    def touched(self, patches: Iterable[Patch]) -> bool:
        return any(patch.touches(*place) for place in self.ranges() for patch in patches)


def found(places: Iterable[Place], file: Bytes) -> list[Seal]:
    """The sealed structures among what was read."""
    seals = dict[Seal, None]()
    tables = {zlib.crc32(file.read(one.offset, one.length)): one for one in places if one.reader == "partitions"}
    for place in places:
        data = file.read(place.offset, place.length)
        seals |= dict.fromkeys(_at_its_beginning(place, data, tables))
        if place.reader == "ntfs":
            seals |= dict.fromkeys(_blocks(place, data))
    if file.read(0, 4) == b"KDMV" and file.read(file.size - 1024, 4) == b"KDMV":
        seals[Seal("VMDK footer", 0, STRIDE, (file.size - 1024, STRIDE))] = None
    return list(seals)


def _at_its_beginning(place: Place, data: bytes, tables: dict[int, Place]) -> Iterator[Seal]:
    if data.startswith(b"EFI PART") and len(data) >= 92:
        table = tables.get(struct.unpack_from("<I", data, 88)[0])
        yield Seal("GPT", place.offset, 92, (table.offset, table.length) if table else None)
    elif data.startswith(b"conectix") and len(data) == STRIDE:
        yield Seal("VHD footer", place.offset, STRIDE)
    elif data.startswith((b"head", b"regi")) and len(data) in (4096, 65536):
        yield Seal("VHDX structure", place.offset, len(data))
    elif data.startswith(b"regf") and len(data) == STRIDE:
        yield Seal("registry base block", place.offset, STRIDE)


def _blocks(place: Place, data: bytes) -> Iterator[Seal]:
    """Records of the MFT and blocks of directories, of which many may be read at once."""
    for at in range(0, len(data) - 7, STRIDE):
        if data[at : at + 4] in (b"FILE", b"INDX"):
            (count,) = struct.unpack_from("<H", data, at + 6)
            length = (count - 1) * STRIDE
            if STRIDE <= length <= len(data) - at:
                yield Seal("update sequence", place.offset + at, length, told=False)


def resealed(seal: Seal, read: Callable[[int, int], bytes]) -> list[Patch]:
    """What makes the structure right again as it is read now."""
    return [Patch(seal.offset + at, data) for at, data in MENDS[seal.kind](seal, read)]


Mends = Iterator[tuple[int, bytes]]
Read = Callable[[int, int], bytes]


def _gpt(seal: Seal, read: Read) -> Mends:
    header = bytearray(read(seal.offset, seal.length))
    if seal.table:
        struct.pack_into("<I", header, 88, zlib.crc32(read(*seal.table)))
        yield 88, bytes(header[88:92])
    (length,) = struct.unpack_from("<I", header, 12)
    covered = bytes(header) + read(seal.offset + seal.length, max(0, min(length, 4096) - seal.length))
    yield 16, struct.pack("<I", zlib.crc32(covered[:16] + bytes(4) + covered[20 : max(length, 20)]))


def _vhd(seal: Seal, read: Read) -> Mends:
    data = read(seal.offset, seal.length)
    yield 64, struct.pack(">I", ~(sum(data) - sum(data[64:68])) & 0xFFFFFFFF)


def _vhdx(seal: Seal, read: Read) -> Mends:
    data = read(seal.offset, seal.length)
    yield 4, struct.pack("<I", crc32c(data[:4] + bytes(4) + data[8:]))


def _regf(seal: Seal, read: Read) -> Mends:
    total = functools.reduce(operator.xor, struct.unpack_from("<127I", read(seal.offset, STRIDE)))
    yield 508, struct.pack("<I", {0: 1, 0xFFFFFFFF: 0xFFFFFFFE}.get(total, total))


def _vmdk(seal: Seal, read: Read) -> Mends:
    assert seal.table
    yield seal.table[0] + COPIED.start, read(COPIED.start, len(COPIED))


def _update_sequence(seal: Seal, read: Read) -> Mends:
    data = read(seal.offset, seal.length)
    (at,) = struct.unpack_from("<H", data, 4)
    if at + 2 <= seal.length:
        yield from ((end - 2, data[at : at + 2]) for end in range(STRIDE, seal.length + 1, STRIDE))


MENDS: dict[str, Callable[[Seal, Read], Mends]] = {
    "GPT": _gpt,
    "VHD footer": _vhd,
    "VHDX structure": _vhdx,
    "registry base block": _regf,
    "VMDK footer": _vmdk,
    "update sequence": _update_sequence,
}
