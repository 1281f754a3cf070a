"""qcow2, versions 2 and 3 (QEMU, docs/interop/qcow2.txt). Everything is big-endian.

From version 3 on:  72 8 incompatible features    96 4 refcount order (4 before)    100 4 header length (72 before)
    104 1 compression type: 0 zlib, 1 zstd
Header extensions follow the header: type 4, length 4, data padded to 8. 0x44415441 is the name of the data file.
L1 entry: bits 9-55 the L2 table, 0 none. L2 entry (16 bytes with extended L2):
    bit 62 clear: bits 9-55 the cluster, 0 none; bit 0 reads as zero (version 3, not extended)
    bit 62 set:   compressed; with x = 70 - cluster bits: bits 0 to x-1 the offset, x to 61 further 512-byte sectors
    extended: the second 8 bytes are a bit a subcluster, 0-31 it is allocated, 32-63 it reads as zero
Refcount table: 8 bytes an entry, the refcount block or 0. A block is one cluster of counters of 2^order bits.
"""

from __future__ import annotations

import struct
from typing import NamedTuple

from imagedrop.findings import inspection as kinds
from imagedrop.inspection.containers.extents import Compressed, Piece, Stored, Zero
from imagedrop.inspection.containers.two_level import SCAN_BYTES, TwoLevel
from imagedrop.inspection.errors import Unreadable, malformed
from imagedrop.inspection.unpack.codecs import inflate_raw, unzstd


class Header(NamedTuple):
    """After the magic "QFI" 0xFB. The comments give the offsets."""

    version: int  # 4
    backing_file_offset: int  # 8
    backing_file_size: int  # 16
    cluster_bits: int  # 20
    size: int  # 24
    crypt_method: int  # 32
    l1_size: int  # 36: in entries
    l1_table_offset: int  # 40
    refcount_table_offset: int  # 48
    refcount_table_clusters: int  # 56


HEADER, HEADER_VERSION_3 = struct.Struct(">4xIQIIQIIQQI"), struct.Struct(">Q16xII")
COMPRESSION_TYPE = 104  # offset
DIRTY, CORRUPT, DATA_FILE, COMPRESSION, EXTENDED_L2 = (1 << bit for bit in range(5))  # incompatible features
DATA_FILE_NAME = 0x44415441
MAX_EXTENSIONS = 32
CRYPT_METHODS = {1: "AES", 2: "LUKS"}
OFFSET = 0x00FFFFFFFFFFFE00


class Qcow2(TwoLevel):
    format = "qcow2"
    check_partition_ends = False  # the refcounts show where the file ends, but for a part of the last cluster

    def open(self) -> None:
        self._header = header = Header(*HEADER.unpack_from(self.file.read(0, 72)))
        self.virtual_size, self.variant = header.size, f"v{header.version}"
        features, order, length = 0, 4, 72
        if header.version >= 3:
            features, order, length = HEADER_VERSION_3.unpack(self.file.read(72, HEADER_VERSION_3.size))
        self._set_compression(features, order, length)
        if not 9 <= header.cluster_bits <= 21:
            raise malformed("qcow2 header", f"its cluster size is 2^{header.cluster_bits}")
        self._refuse(features)
        if features & DATA_FILE:
            raise Unreadable(kinds.DATA_FILE, name=self._data_file_name(length))
        if header.backing_file_offset:
            name = self.file_name(header.backing_file_offset, header.backing_file_size)
            raise Unreadable(kinds.BACKING_FILE, name=name)
        self._set_tables(extended=bool(features & EXTENDED_L2))
        if features & DIRTY:
            self.report.add(kinds.NOT_CLOSED)
        else:
            self._check_refcounts(order)

    def _set_compression(self, features: int, order: int, length: int) -> None:
        stated = features & COMPRESSION and length > COMPRESSION_TYPE
        compression = self.file.read(COMPRESSION_TYPE, 1)[0] if stated else 0
        if self._header.version >= 3 and (order > 6 or not 104 <= length <= 1 << min(self._header.cluster_bits, 21)):
            raise malformed("qcow2 header", f"refcount order {order}, header length {length}")
        if compression > 1:
            raise Unreadable(kinds.UNKNOWN_FEATURES, features=f"qcow2 compression type {compression}")
        self._decompress = unzstd if compression else inflate_raw

    def _refuse(self, features: int) -> None:
        if self._header.version not in (2, 3):
            raise Unreadable(kinds.UNSUPPORTED_VARIANT, format="qcow2", variant=self.variant)
        if method := self._header.crypt_method:
            name = CRYPT_METHODS.get(method, f"qcow2 method {method}")
            raise Unreadable(kinds.ENCRYPTED_CONTAINER, method=name, driver="qcow2", key_option="encrypt.key-secret")
        if unknown := features & ~(DIRTY | CORRUPT | DATA_FILE | COMPRESSION | EXTENDED_L2):
            raise Unreadable(kinds.UNKNOWN_FEATURES, features=f"qcow2 incompatible bits {unknown:#x}")
        if features & CORRUPT:
            self.report.add(kinds.MARKED_CORRUPT)

    def _data_file_name(self, offset: int) -> str:
        for _ in range(MAX_EXTENSIONS):
            extension, length = struct.unpack(">II", self.file.read(offset, 8))
            if extension == DATA_FILE_NAME:
                return self.file_name(offset + 8, length)
            if extension == 0:
                break
            offset += 8 + -(-length // 8) * 8
        return "without a name"

    def _set_tables(self, *, extended: bool) -> None:
        header = self._header
        self.cluster_size = 1 << header.cluster_bits
        self._zero_flag = header.version == 3 and not extended
        self._subcluster = self.cluster_size // 32 if extended else 0
        if extended and header.cluster_bits < 14:
            raise malformed("qcow2 header", "extended L2 entries need clusters of at least 16 KiB")
        self.l2_entry_size = 16 if extended else 8
        self.l2_entries = self.cluster_size // self.l2_entry_size
        self.l1_offset, self.l1_entries = header.l1_table_offset, -(-self.size // (self.cluster_size * self.l2_entries))
        if self.l1_entries > header.l1_size:
            why = f"its L1 table has {header.l1_size} entries, the disk needs {self.l1_entries}"
            raise malformed("qcow2 header", why)
        self.check_end(self.l1_offset + 8 * self.l1_entries, "its L1 table")
        end = header.refcount_table_offset + self.cluster_size * header.refcount_table_clusters
        self.check_end(end, "its refcount table")

    def _check_refcounts(self, order: int) -> None:
        """No cluster past the end of the file may be in use: nothing else in qcow2 shows where the file ends."""
        counters = self.cluster_size * 8 >> order
        first_past_end = -(-self.file.size // self.cluster_size)
        index, within = divmod(first_past_end, counters)
        total = self._header.refcount_table_clusters * self.cluster_size // 8
        count = min(total - index, SCAN_BYTES // 8)
        if count <= 0:
            return
        blocks = list(self._entries(self._header.refcount_table_offset + 8 * index, count, 8))
        if any(blocks[1:]) or (blocks[0] and self._has_counts(blocks[0], within, counters, order)):
            self.report.add(kinds.TRUNCATED, why="clusters past its end are in use")

    def _has_counts(self, block: int, first: int, counters: int, order: int) -> bool:
        """Whether a counter from `first` on is not zero."""
        start, end = (index << order >> 3 for index in (first, counters))
        if block + end > self.file.size:
            return True
        data = bytearray(self.file.read(block + start, min(end - start, SCAN_BYTES)))
        if data and order < 3:  # several counters a byte, the first in the low bits
            data[0] >>= (first << order) & 7
        return any(data)

    def l2_offset(self, entry: int) -> int:
        return entry & OFFSET

    def piece(self, entry: bytes, offset: int) -> Piece:
        word, within = int.from_bytes(entry[:8], "big"), offset % self.cluster_size
        if word >> 62 & 1:
            return self._compressed(word, offset)
        position = word & OFFSET
        if self._subcluster:
            return self._subcluster_piece(int.from_bytes(entry[8:], "big"), position, within)
        if not position or (self._zero_flag and word & 1):
            return Zero(self.cluster_size - within)
        return Stored(self.cluster_size - within, position + within)

    def _compressed(self, word: int, offset: int) -> Compressed:
        shift = 70 - self._header.cluster_bits
        position = word & ((1 << shift) - 1)
        sectors = (word & ((1 << 62) - 1)) >> shift
        stored = (sectors + 1) * 512 - position % 512
        if 0 < position + stored - self.file.size < 512:  # the last sector of the file may be shorter
            stored = self.file.size - position
        return Compressed(self.cluster_size, offset - offset % self.cluster_size, position, stored, self._decompress)

    def _subcluster_piece(self, bitmap: int, position: int, within: int) -> Piece:
        index = within // self._subcluster
        allocated = bitmap >> index & 1
        if allocated and bitmap >> 32 + index & 1:
            raise malformed("qcow2 L2 table", "a subcluster is both allocated and zero")
        length = self._subcluster - within % self._subcluster
        return Stored(length, position + within) if allocated and position else Zero(length)
