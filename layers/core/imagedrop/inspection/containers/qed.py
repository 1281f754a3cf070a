"""QED (QEMU Enhanced Disk, docs/interop/qed_spec.rst). Everything is little-endian.

Header:
     0  4  "QED" 0            16  8  features: bit 0 backing file, 1 needs a check, 2 backing file is raw
     4  4  cluster size       40  8  L1 table
     8  4  clusters a table   48  8  disk size
    12  4  header clusters    56  4  backing file name, 60  4  its length
L1 and L2 entries are 8 bytes: the L2 table or the cluster, 0 none; in L2, 1 is a cluster of zeros. Both tables have the
same length, and the file is a whole number of clusters.
"""

from __future__ import annotations

import struct

from imagedrop.findings import inspection as kinds
from imagedrop.inspection.containers.extents import Piece, Stored, Zero
from imagedrop.inspection.containers.two_level import TwoLevel
from imagedrop.inspection.errors import Unreadable, malformed

BACKING, NEEDS_CHECK, BACKING_RAW = 1, 2, 4


class Qed(TwoLevel):
    format = "qed"
    byte_order = "little"

    def open(self) -> None:
        header = self.file.read(0, 64)
        cluster, table_clusters, _, features = struct.unpack_from("<IIIQ", header, 4)
        self.first_at, self.virtual_size, name_at, name_length = struct.unpack_from("<QQII", header, 40)
        self.variant = "v1"
        if cluster & (cluster - 1) or not 4096 <= cluster <= 64 * 1024 * 1024:
            raise malformed("QED header", f"its cluster size is {cluster}")
        if table_clusters not in (1, 2, 4, 8, 16):
            raise malformed("QED header", f"its tables have {table_clusters} clusters")
        if unknown := features & ~(BACKING | NEEDS_CHECK | BACKING_RAW):
            raise Unreadable(kinds.UNKNOWN_FEATURES, features=f"QED bits {unknown:#x}")
        if features & BACKING:
            name = self.file.read(name_at, min(name_length, 1023)).decode("utf-8", "replace")
            raise Unreadable(kinds.BACKING_FILE, name=name)
        if features & NEEDS_CHECK:
            self.report.add(kinds.NOT_CLOSED)
        self._set_tables(cluster, table_clusters)

    def _set_tables(self, cluster: int, table_clusters: int) -> None:
        self.unit, self.second_entries = cluster, cluster * table_clusters // 8
        self.first_entries = -(-self.size // (cluster * self.second_entries))
        if self.first_entries > self.second_entries:
            raise malformed("QED header", f"a disk of {self.size} bytes does not fit its tables")
        self.must_reach(self.first_at + cluster * table_clusters, "its L1 table")
        if self.file.size % cluster:
            self.report.add(kinds.TRUNCATED, why=f"a QED file is a whole number of clusters of {cluster} bytes")

    def second(self, entry: int) -> int:
        return entry

    def piece(self, entry: bytes, offset: int) -> Piece:
        (cluster,) = struct.unpack("<Q", entry)
        within = offset % self.unit
        return Zero(self.unit - within) if cluster <= 1 else Stored(self.unit - within, cluster + within)
