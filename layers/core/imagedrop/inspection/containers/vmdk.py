"""VMDK, sparse extents with an embedded descriptor (VMware Virtual Disk Format 5.0). Everything is little-endian.

Grain directory: 4 bytes an entry, the sector of a grain table, 0 none. Grain table: 4 bytes, the sector, 0 none.
Compressed grain: 0 8 its first sector on the disk   8 4 length of the data   12 a zlib stream
streamOptimized ends with: footer marker (512), footer (512, a header), end-of-stream marker (512)
Marker: 0 8 value   8 4 size, 0   12 4 type: 0 end of stream, 3 footer   the rest 0, as all of the end-of-stream marker
"""

from __future__ import annotations

import struct
from shlex import quote
from typing import NamedTuple

from imagedrop.findings import inspection as kinds
from imagedrop.inspection.block_cache import BLOCK
from imagedrop.inspection.containers.extents import MAX_UNIT, Compressed, Piece, Stored, Zero
from imagedrop.inspection.containers.two_level import TwoLevel
from imagedrop.inspection.containers.vmdk_descriptor import MAX_SIZE, SECTOR, Descriptor
from imagedrop.inspection.errors import Unreadable, malformed, truncated
from imagedrop.inspection.unpack.codecs import inflate


class Header(NamedTuple):
    """Offsets and sizes are in sectors of 512 bytes. The comments give the offsets in the header."""

    version: int  # 4: 1 to 3
    flags: int  # 8
    capacity: int  # 12
    grain_size: int  # 20
    descriptor_offset: int  # 28
    descriptor_size: int  # 36
    num_gtes_per_gt: int  # 44: entries of a grain table
    gd_offset: int  # 56: of the grain directory; GD_AT_END: the footer states it
    unclean_shutdown: int  # 72: 1 while it is open
    line_ends: bytes  # 73: LINE_ENDS, which a transfer as text changes
    compress_algorithm: int  # 77: 0 none, 1 deflate


HEADER = struct.Struct("<4xIIQQQQI8xQ8xB4sH")
MAGIC, LINE_ENDS = b"KDMV", b"\n \r\n"
GD_AT_END = 2**64 - 1
ZEROED_GRAINS, COMPRESSED, MARKERS = 1 << 2, 1 << 16, 1 << 17  # flags; the first: entry 1 is a grain of zeros
MAX_GTES = 512
FOOTER_MARKER = struct.pack("<II496x", 0, 3)  # after its value
GRAIN_HEADER = struct.Struct("<QI")
EXPECTED_GRAIN = 40 * 1024  # bytes of a compressed grain


class Vmdk(TwoLevel):
    format = "vmdk"
    byte_order = "little"
    l1_entry_size = l2_entry_size = 4

    def open(self) -> None:
        data = self.file.read(0, SECTOR)
        header = Header(*HEADER.unpack_from(data))
        self._set_geometry(header)
        self._check_descriptor(header)
        directory = header.gd_offset if header.gd_offset != GD_AT_END else self._footer(data).gd_offset
        if header.line_ends != LINE_ENDS:
            raise malformed("VMDK header", "its line ends were changed: it was transferred as text")
        if header.unclean_shutdown:
            self.report.add(kinds.NOT_CLOSED)
        self._set_tables(directory)

    def _set_geometry(self, header: Header) -> None:
        self._flags, self.l2_entries, grain = header.flags, header.num_gtes_per_gt, header.grain_size
        self.variant, self.virtual_size = "sparse", header.capacity * SECTOR
        if not 1 <= header.version <= 3:
            raise Unreadable(kinds.UNSUPPORTED_VARIANT, format="VMDK", variant=f"version {header.version}")
        if not 1 <= grain <= 2**20 or grain & (grain - 1) or not 1 <= self.l2_entries <= MAX_GTES:
            raise malformed("VMDK header", f"grains of {grain} sectors, tables of {self.l2_entries} entries")
        self.cluster_size = grain * SECTOR
        readable = header.compress_algorithm == 1 and self._flags & MARKERS and self.cluster_size <= MAX_UNIT
        if self._flags & COMPRESSED and not readable:
            why = f"compression {header.compress_algorithm} with flags {self._flags:#x}"
            raise malformed("VMDK header", why)

    def _check_descriptor(self, header: Header) -> None:
        sectors = header.descriptor_size
        if not header.descriptor_offset or not sectors:
            raise self._split_extent()
        if sectors * SECTOR > MAX_SIZE:
            raise malformed("VMDK header", f"its descriptor has {sectors} sectors")
        descriptor = Descriptor.parse(self.file.read(header.descriptor_offset * SECTOR, sectors * SECTOR))
        if not descriptor.create_type and not descriptor.extents:
            raise self._split_extent()
        self.variant = descriptor.variant
        descriptor.refuse()

    def _split_extent(self) -> Unreadable:
        """One of several extents (VMware: `disk-s001.vmdk`): only the descriptor file states the size of the disk."""
        self.variant, self.virtual_size = "sparse extent", None
        stem, dash, number = self.report.file_name.removesuffix(".vmdk").rpartition("-s")
        source = f"{stem}.vmdk" if dash and len(number) == 3 and number.isdigit() else "descriptor.vmdk"
        name = f"this is one extent of a split VMDK, {source} describes the others"
        return Unreadable(kinds.DATA_FILE, name=name, source=quote(source))

    def _footer(self, header: bytes) -> Header:
        """It states where the grain directory is; all else must be as in the header."""
        end = self.file.read(max(0, self.file.size - 3 * SECTOR), 3 * SECTOR)
        marker, footer, stop = end[:SECTOR], end[SECTOR : 2 * SECTOR], end[2 * SECTOR :]
        if not footer.startswith(MAGIC) or any(stop[8:16]):
            raise truncated("a streamOptimized VMDK ends with a footer, and this file does not")
        if marker[8:] != FOOTER_MARKER or any(stop) or footer[4:48] != header[4:48]:
            raise malformed("VMDK footer", "it contradicts the header, or its markers are wrong")
        self.end_checked = True
        return Header(*HEADER.unpack_from(footer))

    def _set_tables(self, directory: int) -> None:
        self.l1_offset = directory * SECTOR
        self.l1_entries = -(-self.size // (self.cluster_size * self.l2_entries))
        # Without a capacity qemu opens the extents that the descriptor names.
        if not directory or not self.size:
            raise malformed("VMDK header", "it has no grain directory, or no capacity")
        self.check_end(self.l1_offset + 4 * self.l1_entries, "its grain directory")

    def l2_offset(self, entry: int) -> int:
        return entry * SECTOR

    def piece(self, entry: bytes, offset: int) -> Piece:
        sector, within = int.from_bytes(entry, "little"), offset % self.cluster_size
        if not sector or (sector == 1 and self._flags & ZEROED_GRAINS):
            return Zero(self.cluster_size - within)
        position = sector * SECTOR
        if not self._flags & COMPRESSED:
            return Stored(self.cluster_size - within, position + within)
        self.file.prefetch([(position, min(self.cluster_size, EXPECTED_GRAIN))], BLOCK)  # its header states its length
        first, length = GRAIN_HEADER.unpack(self.file.read(position, GRAIN_HEADER.size))
        if first * SECTOR != offset - within or length > 2 * MAX_UNIT:
            raise malformed("VMDK grain", f"the grain at {position} states sector {first}, {length} bytes")
        return Compressed(self.cluster_size, offset - within, position + GRAIN_HEADER.size, length, inflate)
