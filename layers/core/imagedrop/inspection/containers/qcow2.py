"""qcow2, versions 2 and 3 (QEMU, docs/interop/qcow2.txt). Everything is big-endian.

Header:
     0  4  "QFI" 0xFB         32  4  encryption: 0 none, 1 AES, 2 LUKS     72  8  incompatible features (version 3)
     4  4  version            36  4  entries in the L1 table               96  4  refcount order (version 3; else 4)
     8  8  backing file name  40  8  L1 table                             100  4  header length (version 3)
    16  4  its length         48  8  refcount table                       104  1  compression: 0 zlib, 1 zstd
    20  4  cluster bits       56  4  its clusters
    24  8  disk size
Header extensions from the header's end: type 4, length 4, data padded to 8. 0x44415441 is the data file's name.
Incompatible: bit 0 dirty, 1 corrupt, 2 data file, 3 compression type, 4 extended L2
L1 entry: bits 9-55 the L2 table, 0 none. L2 entry (16 bytes with extended L2):
    bit 62 clear: bits 9-55 the cluster, 0 none; bit 0 reads as zero (version 3, not extended)
    bit 62 set:   compressed; with x = 70 - cluster bits: bits 0 to x-1 the place, x to 61 further 512-byte sectors
    extended: the second 8 bytes are a bit a subcluster, 0-31 it is there, 32-63 it reads as zero
Refcount table: 8 bytes an entry, the refcount block or 0. A block is one cluster of counters of 2^order bits.
"""

from __future__ import annotations

import struct

from imagedrop.findings import inspection as kinds
from imagedrop.inspection.containers.extents import Compressed, Piece, Stored, Zero
from imagedrop.inspection.containers.two_level import LOOKED_AT, TwoLevel
from imagedrop.inspection.errors import Unreadable, malformed
from imagedrop.inspection.unpack.codecs import inflate_raw, unzstd

OFFSET = 0x00FFFFFFFFFFFE00
DIRTY, CORRUPT, DATA_FILE, COMPRESSION, EXTENDED = (1 << bit for bit in range(5))
DATA_FILE_NAME = 0x44415441
ENCRYPTION = {1: "AES", 2: "LUKS"}


class Qcow2(TwoLevel):
    format = "qcow2"
    scattered = False  # the refcounts say where the file ends, but for a part of the last cluster

    def open(self) -> None:
        header = self.file.read(0, 72)
        (version, backing, backing_length, self._bits, self.virtual_size, encryption) = struct.unpack_from(
            ">IQIIQI", header, 4
        )
        self.first_entries, self.first_at, self._refcounts, self._refcount_clusters = struct.unpack_from(
            ">IQQI", header, 36
        )
        self.variant = f"v{version}"
        features, self._order_bits, length, zstd = self._version_3() if version >= 3 else (0, 4, 72, 0)
        if not 9 <= self._bits <= 21:
            raise malformed("qcow2 header", f"its cluster size is 2^{self._bits}")
        self.unit = 1 << self._bits
        self._refuse(features, encryption)
        if features & DATA_FILE:
            raise Unreadable(kinds.DATA_FILE, name=self._data_file_name(length))
        if backing:
            raise Unreadable(kinds.BACKING_FILE, name=self._text(backing, min(backing_length, 1023)))
        self._set_tables(features)
        self._unpack = unzstd if zstd else inflate_raw
        if features & DIRTY:
            self.report.add(kinds.NOT_CLOSED)
        else:
            self._check_refcounts()

    def _version_3(self) -> tuple[int, int, int, int]:
        more = self.file.read(72, 32)
        (features,), (order, length) = struct.unpack_from(">Q", more), struct.unpack_from(">II", more, 24)
        compression = self.file.read(104, 1)[0] if features & COMPRESSION and length > 104 else 0
        if order > 6 or not 104 <= length <= 1 << min(self._bits, 21):
            raise malformed("qcow2 header", f"refcount order {order}, header length {length}")
        if compression > 1:
            raise Unreadable(kinds.UNKNOWN_FEATURES, features=f"qcow2 compression type {compression}")
        return features, order, length, compression

    def _refuse(self, features: int, encryption: int) -> None:
        if self.variant not in ("v2", "v3"):
            raise Unreadable(kinds.UNSUPPORTED_VARIANT, format="qcow2", variant=self.variant)
        if encryption:
            method = ENCRYPTION.get(encryption, f"qcow2 method {encryption}")
            raise Unreadable(kinds.ENCRYPTED_CONTAINER, method=method, driver="qcow2", key_option="encrypt.key-secret")
        if unknown := features & ~(DIRTY | CORRUPT | DATA_FILE | COMPRESSION | EXTENDED):
            raise Unreadable(kinds.UNKNOWN_FEATURES, features=f"qcow2 incompatible bits {unknown:#x}")
        if features & CORRUPT:
            self.report.add(kinds.MARKED_CORRUPT)

    def _data_file_name(self, at: int) -> str:
        for _ in range(32):
            kind, length = struct.unpack(">II", self.file.read(at, 8))
            if kind == DATA_FILE_NAME:
                return self._text(at + 8, min(length, 1023))
            if kind == 0:
                break
            at += 8 + -(-length // 8) * 8
        return "without a name"

    def _text(self, at: int, length: int) -> str:
        return self.file.read(at, length).decode("utf-8", "replace")

    def _set_tables(self, features: int) -> None:
        self._zero_flag = self.variant == "v3" and not features & EXTENDED
        self._subcluster = self.unit // 32 if features & EXTENDED else 0
        if features & EXTENDED and self._bits < 14:
            raise malformed("qcow2 header", "extended L2 entries need clusters of at least 16 KiB")
        self.second_width = 16 if features & EXTENDED else 8
        self.second_entries = self.unit // self.second_width
        needed = -(-self.size // (self.unit * self.second_entries))
        if needed > self.first_entries:
            raise malformed("qcow2 header", f"its L1 table has {self.first_entries} entries, the disk needs {needed}")
        self.first_entries = needed
        self.must_reach(self.first_at + 8 * needed, "its L1 table")
        self.must_reach(self._refcounts + self.unit * self._refcount_clusters, "its refcount table")

    def _check_refcounts(self) -> None:
        """No cluster behind the end of the file may be counted: qcow2 has nothing else that says where it ends."""
        counters = self.unit * 8 >> self._order_bits
        behind = -(-self.file.size // self.unit)  # the first cluster that begins behind the end
        index, within = divmod(behind, counters)
        total = self._refcount_clusters * self.unit // 8
        count = min(total - index, LOOKED_AT // 8)
        if count <= 0:
            return
        blocks = list(self._entries(self._refcounts + 8 * index, count, 8))
        if any(blocks[1:]) or (blocks[0] and self._counts_from(blocks[0], within, counters)):
            self.report.add(kinds.TRUNCATED, why="clusters behind its end are in use")

    def _counts_from(self, block: int, first: int, counters: int) -> bool:
        start, end = (index << self._order_bits >> 3 for index in (first, counters))
        if block + end > self.file.size:
            return True
        data = bytearray(self.file.read(block + start, min(end - start, LOOKED_AT)))
        if data and self._order_bits < 3:  # several counters a byte, the first in the low bits
            data[0] >>= (first << self._order_bits) & 7
        return any(data)

    def second(self, entry: int) -> int:
        return entry & OFFSET

    def piece(self, entry: bytes, offset: int) -> Piece:
        (word,) = struct.unpack_from(">Q", entry)
        if word >> 62 & 1:
            return self._packed(word, offset)
        place, within = word & OFFSET, offset % self.unit
        if self._subcluster:
            return self._subclusters(struct.unpack_from(">Q", entry, 8)[0], place, within)
        if not place or (self._zero_flag and word & 1):
            return Zero(self.unit - within)
        return Stored(self.unit - within, place + within)

    def _packed(self, word: int, offset: int) -> Compressed:
        shift = 70 - self._bits
        place = word & ((1 << shift) - 1)
        sectors = (word & ((1 << 62) - 1)) >> shift
        stored = (sectors + 1) * 512 - place % 512
        if 0 < place + stored - self.file.size < 512:  # the last sector of the file need not be whole
            stored = self.file.size - place
        return Compressed(self.unit, offset - offset % self.unit, place, stored, self._unpack)

    def _subclusters(self, bitmap: int, place: int, within: int) -> Piece:
        index = within // self._subcluster
        there = bitmap >> index & 1
        if there and bitmap >> 32 + index & 1:
            raise malformed("qcow2 L2 table", "a subcluster is both there and zero")
        length = self._subcluster - within % self._subcluster
        return Stored(length, place + within) if there and place else Zero(length)
