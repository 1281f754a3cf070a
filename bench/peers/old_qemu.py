"""QED and qcow version 1 as streams for dissect, which does not support these formats.

QED (little endian)     0 magic  4 cluster size  8 clusters of a table  40 L1 offset  48 image size
QCOW (big endian)       0 magic  24 size  32 cluster bits, L2 bits  40 L1 offset; an entry's top bit: compressed,
                        then the size in the bits below, then the offset
(QEMU's specifications: docs/interop/qed_spec.txt; block/qcow.c)
"""

from __future__ import annotations

import struct
import zlib
from functools import lru_cache
from typing import BinaryIO

from dissect.util.stream import AlignedStream


class TwoTables(AlignedStream):
    """L1 entries lead to L2 tables, whose entries lead to clusters; 0 is a hole."""

    entry: str

    def __init__(self, file: BinaryIO, size: int, cluster: int, entries: int, tables_at: int) -> None:
        super().__init__(size, cluster)
        self.file, self.cluster, self.entries = file, cluster, entries
        tables = -(-size // (cluster * entries))
        self.l1 = self._numbers(tables_at, tables)
        self.l2 = lru_cache(64)(lambda offset: self._numbers(offset, entries))

    def _read(self, offset: int, length: int) -> bytes:
        return b"".join([self._unit(at // self.cluster) for at in range(offset, offset + length, self.cluster)])

    def _unit(self, number: int) -> bytes:
        table, index = divmod(number, self.entries)
        place = self.l2(self.l1[table])[index] if table < len(self.l1) and self.l1[table] else 0
        return self._stored(place) if place > 1 else bytes(self.cluster)

    def _stored(self, place: int) -> bytes:
        self.file.seek(place)
        return self.file.read(self.cluster)

    def _numbers(self, offset: int, count: int) -> tuple[int, ...]:
        self.file.seek(offset)
        return struct.unpack(f"{self.entry[0]}{count}Q", self.file.read(8 * count))


class Qed(TwoTables):
    entry = "<Q"

    def __init__(self, file: BinaryIO) -> None:
        file.seek(0)
        _, cluster, clusters = struct.unpack_from("<4sII", head := file.read(64))
        tables_at, size = struct.unpack_from("<QQ", head, 40)
        super().__init__(file, size, cluster, clusters * cluster // 8, tables_at)


class Qcow(TwoTables):
    entry = ">Q"

    def __init__(self, file: BinaryIO) -> None:
        file.seek(0)
        size, self.bits, l2_bits, _, _, tables_at = struct.unpack_from(">QBBHIQ", file.read(48), 24)
        super().__init__(file, size, 1 << self.bits, 1 << l2_bits, tables_at)

    def _stored(self, place: int) -> bytes:
        if not place >> 63:
            return super()._stored(place)
        shift = 63 - self.bits
        self.file.seek(place & ((1 << shift) - 1))
        stored = self.file.read(place >> shift & (self.cluster - 1))
        return zlib.decompressobj(-12).decompress(stored, self.cluster)
