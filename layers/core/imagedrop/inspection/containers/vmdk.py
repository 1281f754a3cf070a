"""VMDK, sparse extents with an embedded descriptor (VMware Virtual Disk Format 5.0). Everything is little-endian.

Header, 512 bytes; offsets and sizes in sectors of 512 bytes:
     0  4  "KDMV"             28  8  descriptor        56  8  grain directory, 2^64-1: the footer knows
     4  4  version, 1-3       36  8  its length        64  8  overhead: where the grains begin
     8  4  flags              44  4  entries a table   72  1  1 while it is open
    12  8  capacity           48  8  second directory  73  4  "\\n \\r\\n", broken by a transfer as text
    20  8  grain size                                  77  2  compression: 0 none, 1 deflate
Flags: bit 2 entry 1 is a grain of zeros, bit 16 grains are compressed, bit 17 there are markers
Grain directory: 4 bytes an entry, the sector of a grain table, 0 none. Grain table: 4 bytes, the sector, 0 none.
Compressed grain: 0 8 its first sector on the disk   8 4 length of the data   12 a zlib stream
streamOptimized ends with: footer marker (512), footer (512, a header), end-of-stream marker (512)
Marker: 0 8 value   8 4 size, 0   12 4 type: 0 end of stream, 3 footer   the rest 0, as all of the end-of-stream marker
"""

from __future__ import annotations

import struct

from imagedrop.findings import inspection as kinds
from imagedrop.inspection.block_cache import BLOCK
from imagedrop.inspection.containers.extents import MAX_UNIT, Compressed, Piece, Stored, Zero
from imagedrop.inspection.containers.two_level import TwoLevel
from imagedrop.inspection.containers.vmdk_descriptor import SIZE_MOST, Descriptor
from imagedrop.inspection.errors import Unreadable, malformed, truncated
from imagedrop.inspection.findings_report import quoted
from imagedrop.inspection.unpack.codecs import inflate

MAGIC = b"KDMV"
SECTOR = 512
AT_END = 2**64 - 1
ZERO_GRAINS, COMPRESSED, MARKERS = 1 << 2, 1 << 16, 1 << 17
ENTRIES_MOST = 512
FOOTER_MARKER = struct.pack("<II496x", 0, 3)  # after its value
LIKELY = 40 * 1024  # bytes of a compressed grain


class Vmdk(TwoLevel):
    format = "vmdk"
    byte_order = "little"
    first_width = second_width = 4

    def open(self) -> None:
        header = self.file.read(0, SECTOR)
        self._parse(header)
        (directory,) = struct.unpack_from("<Q", header, 56)
        self._judge_descriptor(*struct.unpack_from("<QQ", header, 28))
        if directory == AT_END:
            directory = self._footer(header)
        if header[73:77] != b"\n \r\n":
            raise malformed("VMDK header", "its line ends were changed: it was transferred as text")
        if header[72]:
            self.report.add(kinds.NOT_CLOSED)
        self._set_tables(directory)

    def _parse(self, header: bytes) -> None:
        version, self._flags, capacity, grain, self.second_entries = struct.unpack_from("<IIQQ16xI", header, 4)
        (compression,) = struct.unpack_from("<H", header, 77)
        self.variant, self.virtual_size = "sparse", capacity * SECTOR
        if not 1 <= version <= 3:
            raise Unreadable(kinds.UNSUPPORTED_VARIANT, format="VMDK", variant=f"version {version}")
        if not 1 <= grain <= 2**20 or grain & (grain - 1) or not 1 <= self.second_entries <= ENTRIES_MOST:
            raise malformed("VMDK header", f"grains of {grain} sectors, tables of {self.second_entries} entries")
        self.unit = grain * SECTOR
        if self._flags & COMPRESSED and (compression != 1 or not self._flags & MARKERS or self.unit > MAX_UNIT):
            raise malformed("VMDK header", f"compression {compression} with flags {self._flags:#x}")

    def _judge_descriptor(self, at: int, length: int) -> None:
        if not at or not length:
            raise self._extent()
        if length * SECTOR > SIZE_MOST:
            raise malformed("VMDK header", f"its descriptor has {length} sectors")
        descriptor = Descriptor.parse(self.file.read(at * SECTOR, length * SECTOR))
        if not descriptor.create_type and not descriptor.extents:
            raise self._extent()
        self.variant = descriptor.variant
        descriptor.refuse()

    def _extent(self) -> Unreadable:
        """One of several (VMware: `disk-s001.vmdk`): how large the whole disk is, only the descriptor file knows."""
        self.variant, self.virtual_size = "sparse extent", None
        stem, dash, number = self.report.file_name.removesuffix(".vmdk").rpartition("-s")
        source = f"{stem}.vmdk" if dash and len(number) == 3 and number.isdigit() else "descriptor.vmdk"
        name = f"this is one extent of a split VMDK, {source} describes the others"
        return Unreadable(kinds.DATA_FILE, name=name, source=quoted(source))

    def _footer(self, header: bytes) -> int:
        """The grain directory's place; all else must be as in the header."""
        end = self.file.read(max(0, self.file.size - 3 * SECTOR), 3 * SECTOR)
        marker, footer, stop = end[:SECTOR], end[SECTOR : 2 * SECTOR], end[2 * SECTOR :]
        if not footer.startswith(MAGIC) or any(stop[8:16]):
            raise truncated("a streamOptimized VMDK ends with a footer, and there is none")
        if marker[8:] != FOOTER_MARKER or any(stop) or footer[4:48] != header[4:48]:
            raise malformed("VMDK footer", "it contradicts the header, or its markers say something else")
        self.whole = True
        return int(struct.unpack_from("<Q", footer, 56)[0])

    def _set_tables(self, directory: int) -> None:
        self.first_at = directory * SECTOR
        self.first_entries = -(-self.size // (self.unit * self.second_entries))
        if (
            not directory or not self.size
        ):  # qemu opens the extents that the descriptor names where there is no capacity
            raise malformed("VMDK header", "it has no grain directory, or no capacity")
        self.must_reach(self.first_at + 4 * self.first_entries, "its grain directory")

    def second(self, entry: int) -> int:
        return entry * SECTOR

    def piece(self, entry: bytes, offset: int) -> Piece:
        (sector,) = struct.unpack("<I", entry)
        within = offset % self.unit
        if not sector or (sector == 1 and self._flags & ZERO_GRAINS):
            return Zero(self.unit - within)
        place = sector * SECTOR
        if not self._flags & COMPRESSED:
            return Stored(self.unit - within, place + within)
        self.file.prefetch([(place, min(self.unit, LIKELY))], BLOCK)  # how long it is, is said at its beginning
        first, length = struct.unpack("<QI", self.file.read(place, 12))
        if first * SECTOR != offset - within or length > 2 * MAX_UNIT:
            raise malformed("VMDK grain", f"the one at {place} says sector {first}, {length} bytes")
        return Compressed(self.unit, offset - within, place + 12, length, inflate)
