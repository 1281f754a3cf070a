"""QED (QEMU Enhanced Disk, docs/interop/qed_spec.rst). Everything is little-endian.

L1 and L2 entries are 8 bytes: the offset of the L2 table or of the cluster, 0 none; in L2, 1 is a cluster of zeros.
Both tables have the same length, and the file is a whole number of clusters.
"""

from __future__ import annotations

import struct
from typing import NamedTuple

from imagedrop.findings import inspection as kinds
from imagedrop.inspection.containers.extents import Piece, Stored, Zero
from imagedrop.inspection.containers.two_level import TwoLevel
from imagedrop.inspection.errors import Unreadable, malformed


class Header(NamedTuple):
    """After the magic "QED" 0. The comments give the offsets."""

    cluster_size: int  # 4
    table_size: int  # 8: in clusters
    features: int  # 16
    l1_table_offset: int  # 40
    image_size: int  # 48
    backing_filename_offset: int  # 56
    backing_filename_size: int  # 60


HEADER = struct.Struct("<4xII4xQ16xQQII")
BACKING_FILE, NEED_CHECK, BACKING_FORMAT_NO_PROBE = 1, 2, 4  # features


class Qed(TwoLevel):
    format = "qed"
    byte_order = "little"

    def open(self) -> None:
        header = Header(*HEADER.unpack(self.file.read(0, HEADER.size)))
        self.variant, self.virtual_size = "v1", header.image_size
        if header.cluster_size & (header.cluster_size - 1) or not 4096 <= header.cluster_size <= 64 * 1024 * 1024:
            raise malformed("QED header", f"its cluster size is {header.cluster_size}")
        if header.table_size not in (1, 2, 4, 8, 16):
            raise malformed("QED header", f"its tables have {header.table_size} clusters")
        if unknown := header.features & ~(BACKING_FILE | NEED_CHECK | BACKING_FORMAT_NO_PROBE):
            raise Unreadable(kinds.UNKNOWN_FEATURES, features=f"QED bits {unknown:#x}")
        if header.features & BACKING_FILE:
            name = self.file_name(header.backing_filename_offset, header.backing_filename_size)
            raise Unreadable(kinds.BACKING_FILE, name=name)
        if header.features & NEED_CHECK:
            self.report.add(kinds.NOT_CLOSED)
        self._set_tables(header)

    def _set_tables(self, header: Header) -> None:
        self.cluster_size, table_size = header.cluster_size, header.cluster_size * header.table_size
        self.l1_offset, self.l2_entries = header.l1_table_offset, table_size // 8
        self.l1_entries = -(-self.size // (self.cluster_size * self.l2_entries))
        if self.l1_entries > self.l2_entries:
            raise malformed("QED header", f"a disk of {self.size} bytes does not fit its tables")
        self.check_end(self.l1_offset + table_size, "its L1 table")
        if self.file.size % self.cluster_size:
            why = f"a QED file is a whole number of clusters of {self.cluster_size} bytes"
            self.report.add(kinds.TRUNCATED, why=why)

    def piece(self, entry: bytes, offset: int) -> Piece:
        position, within = int.from_bytes(entry, "little"), offset % self.cluster_size
        length = self.cluster_size - within
        return Zero(length) if position <= 1 else Stored(length, position + within)
