"""qcow, version 1 (QEMU, block/qcow.c). Everything is big-endian.

L1 entry: the offset of the L2 table, 0 none. L2 entry: the offset of the cluster, 0 none; bit 63 set: compressed, and
with x = 63 - cluster bits: bits 0 to x-1 the offset, x to 62 the length in bytes.
"""

from __future__ import annotations

import struct
from typing import NamedTuple

from imagedrop.findings import inspection as kinds
from imagedrop.inspection.block_cache import WINDOW
from imagedrop.inspection.containers.extents import Compressed, Piece, Stored, Zero
from imagedrop.inspection.containers.two_level import TwoLevel
from imagedrop.inspection.errors import Unreadable, malformed
from imagedrop.inspection.unpack.codecs import inflate_raw


class Header(NamedTuple):
    """After the magic "QFI" 0xFB and the version, 1. The comments give the offsets."""

    backing_file_offset: int  # 8
    backing_file_size: int  # 16
    size: int  # 24
    cluster_bits: int  # 32: 9 to 16
    l2_bits: int  # 33: 6 to 13
    crypt_method: int  # 36: 0 none, 1 AES
    l1_table_offset: int  # 40


HEADER = struct.Struct(">8xQI4xQBBxxIQ")


class Qcow(TwoLevel):
    format = "qcow"
    table_window = WINDOW  # its tables are small, and what they map follows them

    def open(self) -> None:
        header = Header(*HEADER.unpack(self.file.read(0, HEADER.size)))
        self.variant, self.virtual_size, self._bits = "v1", header.size, header.cluster_bits
        if not 9 <= header.cluster_bits <= 16 or not 6 <= header.l2_bits <= 13:
            raise malformed("qcow header", f"cluster bits {header.cluster_bits}, L2 bits {header.l2_bits}")
        if header.crypt_method:
            method = "AES" if header.crypt_method == 1 else f"qcow {header.crypt_method}"
            raise Unreadable(kinds.ENCRYPTED_CONTAINER, method=method, driver="qcow", key_option="encrypt.key-secret")
        if header.backing_file_offset:
            name = self.file_name(header.backing_file_offset, header.backing_file_size)
            raise Unreadable(kinds.BACKING_FILE, name=name)
        self.cluster_size, self.l2_entries = 1 << header.cluster_bits, 1 << header.l2_bits
        self.l1_offset, self.l1_entries = header.l1_table_offset, -(-self.size // (self.cluster_size * self.l2_entries))
        self.check_end(self.l1_offset + 8 * self.l1_entries, "its L1 table")

    def piece(self, entry: bytes, offset: int) -> Piece:
        word, within = int.from_bytes(entry, "big"), offset % self.cluster_size
        if not word:
            return Zero(self.cluster_size - within)
        if not word >> 63:
            return Stored(self.cluster_size - within, word + within)
        shift = 63 - self._bits
        position, length = word & ((1 << shift) - 1), word >> shift & (self.cluster_size - 1)
        return Compressed(self.cluster_size, offset - within, position, length, inflate_raw)
