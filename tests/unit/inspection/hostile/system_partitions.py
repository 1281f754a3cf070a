"""A disk of EFI system partitions whose content is generated when it is read."""

from __future__ import annotations

import struct
from itertools import pairwise

from tests.unit.inspection.images import ESP, MIB, MemorySource, gpt_disk, gpt_entry


class SystemPartitions(MemorySource):
    """EFI system partitions with FAT32 and a root directory of 512 full clusters: far apart in the first partition,
    adjacent in the others."""

    APART, SPAN = 8192, 1 << 23  # clusters of 512 bytes from each to the next; sectors of a partition
    TABLE = 32 * 512  # where the FAT begins

    def __init__(self, count: int) -> None:
        ends = [2048 + number * self.SPAN for number in range(count + 1)]
        entries = [gpt_entry(ESP, first, after - 1) for first, after in pairwise(ends)]
        super().__init__(gpt_disk(*entries)[: 34 * 512], ends[-1] * 512)
        table_sectors = 512 * self.APART * 4 // 512 + 1
        shape = struct.pack("<HBHBHHBHHHII", 512, 1, 32, 1, 0, 0, 0xF8, 0, 0, 0, 0, self.SPAN - 1)
        head = b"\xeb\x58\x90MSDOS5.0" + shape + struct.pack("<IHHI", table_sectors, 0, 0, 2)
        boot = (head.ljust(510, b"\0") + b"\x55\xaa").ljust(self.TABLE, b"\0")
        self._content = self.TABLE + table_sectors * 512
        self._starts = [boot + self._table(self.APART), boot + self._table(1)]
        self._names = b"".join(b"%-11d" % number + bytes(21) for number in range(16))

    @staticmethod
    def _table(step: int) -> bytes:
        table = bytearray(4 * (2 + 512 * step))
        for at in range(511):
            struct.pack_into("<I", table, 4 * (2 + at * step), 2 + (at + 1) * step)
        struct.pack_into("<I", table, 4 * (2 + 511 * step), 0x0FFFFFFF)
        return bytes(table)

    def read(self, offset: int, length: int) -> bytes:
        if offset < MIB:
            return super().read(offset, length)
        number, within = divmod(offset - MIB, self.SPAN * 512)
        start = self._starts[min(number, 1)][within : within + length]
        content = max(0, within + length - max(within, self._content))
        return start.ljust(length - content, b"\0") + (self._names * (content // 512 + 1))[:content]
