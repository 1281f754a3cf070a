"""qcow, version 1 (QEMU, block/qcow.c and its docs). Everything is big-endian.

Header, 48 bytes:
     0  4  "QFI" 0xFB         16  4  its length          32  1  cluster bits (9-16)
     4  4  version, 1         20  4  mtime               33  1  entries of an L2 table, bits (6-13)
     8  8  backing file name  24  8  disk size           36  4  encryption: 0 none, 1 AES
                                                         40  8  L1 table
L1 entry: the L2 table, 0 none. L2 entry: the cluster, 0 none; bit 63 set: compressed, and with x = 63 - cluster bits:
bits 0 to x-1 the place, x to 62 the length in bytes.
"""

from __future__ import annotations

import struct

from imagedrop.findings import inspection as kinds
from imagedrop.inspection.block_cache import WINDOW
from imagedrop.inspection.containers.extents import Compressed, Piece, Stored, Zero
from imagedrop.inspection.containers.two_level import TwoLevel
from imagedrop.inspection.errors import Unreadable, malformed
from imagedrop.inspection.unpack.codecs import inflate_raw


class Qcow(TwoLevel):
    format = "qcow"
    table_window = WINDOW  # its tables are small, and what they map follows them

    def open(self) -> None:
        header = self.file.read(0, 48)
        backing, backing_length, self.virtual_size = struct.unpack_from(">QI4xQ", header, 8)
        self._bits, second_bits, encryption, self.first_at = struct.unpack_from(">BBxxIQ", header, 32)
        self.variant = "v1"
        if not 9 <= self._bits <= 16 or not 6 <= second_bits <= 13:
            raise malformed("qcow header", f"cluster bits {self._bits}, L2 bits {second_bits}")
        if encryption:
            method = "AES" if encryption == 1 else f"qcow {encryption}"
            raise Unreadable(kinds.ENCRYPTED_CONTAINER, method=method, driver="qcow", key_option="encrypt.key-secret")
        if backing:
            name = self.file.read(backing, min(backing_length, 1023)).decode("utf-8", "replace")
            raise Unreadable(kinds.BACKING_FILE, name=name)
        self.unit, self.second_entries = 1 << self._bits, 1 << second_bits
        self.first_entries = -(-self.size // (self.unit * self.second_entries))
        self.must_reach(self.first_at + 8 * self.first_entries, "its L1 table")

    def second(self, entry: int) -> int:
        return entry

    def piece(self, entry: bytes, offset: int) -> Piece:
        (word,) = struct.unpack(">Q", entry)
        within = offset % self.unit
        if not word:
            return Zero(self.unit - within)
        if not word >> 63:
            return Stored(self.unit - within, word + within)
        shift = 63 - self._bits
        place, length = word & ((1 << shift) - 1), word >> shift & (self.unit - 1)
        return Compressed(self.unit, offset - within, place, length, inflate_raw)
