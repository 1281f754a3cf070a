"""VHD (Microsoft, Virtual Hard Disk Image Format Specification 1.0). Everything is big-endian.

The footer is the last 512 bytes (511 before Virtual PC 2004); a dynamic disk has a copy at 0.
Block allocation table (BAT): 4 bytes an entry, the sector of the block, 0xFFFFFFFF where there is none. A block begins
with its sector bitmap (one bit a sector, padded to 512 bytes). On a disk without parent every sector of an allocated
block counts: those whose bit is not set are zero in the file.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable
from typing import NamedTuple

from imagedrop.findings import inspection as kinds
from imagedrop.inspection.containers.base import HYPER_V_TOOLS, Container
from imagedrop.inspection.containers.extents import Piece, Stored, Zero
from imagedrop.inspection.errors import PastEnd, Unreadable, malformed, truncated
from imagedrop.inspection.source import Range


class Footer(NamedTuple):
    """After the cookie "conectix". The comments give the offsets."""

    data_offset: int  # 16: of the dynamic header
    current_size: int  # 48
    cylinders: int  # 56: the disk geometry
    heads: int  # 58
    sectors_per_track: int  # 59
    disk_type: int  # 60
    checksum: int  # 64

    @property
    def virtual_size(self) -> int:
        """The larger of the two sizes that the footer states: which one counts depends on the reader (and creator).

        A geometry at its maximum is ignored.
        """
        geometry = self.cylinders, self.heads, self.sectors_per_track
        by_geometry = geometry[0] * geometry[1] * geometry[2] * SECTOR if geometry != MAX_GEOMETRY else 0
        return max(self.current_size, by_geometry)


class FooterCopy(NamedTuple):
    """A footer as it is found at `offset` of the file."""

    footer: Footer
    offset: int
    checksum_right: bool  # one's complement of the sum of all other bytes


class DynamicHeader(NamedTuple):
    """After the cookie "cxsparse". The comments give the offsets."""

    table_offset: int  # 16: of the BAT
    max_table_entries: int  # 28
    block_size: int  # 32
    parent_name: bytes  # 64: UTF-16
    parent_locators: bytes  # 576: eight


FOOTER, DYNAMIC_HEADER = struct.Struct(">16xQ24xQHBBII"), struct.Struct(">16xQ4xII28x512s192s")
# platform code, platform data length, platform data offset; W2ru and W2ku are paths in UTF-16, little-endian
PARENT_LOCATOR = struct.Struct(">4s4xI4xQ")
COOKIE, DYNAMIC_COOKIE = b"conectix", b"cxsparse"
SECTOR = 512
UNUSED = 0xFFFFFFFF
TYPES = {2: "fixed", 3: "dynamic", 4: "differencing"}
MAX_GEOMETRY = (65535, 16, 255)  # disks beyond it (127.5 GiB) all state this
MAX_BLOCK = 256 * 1024 * 1024
MAX_PARENT_PATH = 1024  # bytes


class Vhd(Container):
    format = "vhd"

    def open(self) -> None:
        found = self._find_footer()
        footer = found.footer
        self.variant = TYPES.get(footer.disk_type, f"type {footer.disk_type}")
        self.virtual_size = footer.virtual_size
        if self.variant == "differencing":
            raise Unreadable(kinds.DIFFERENCING, parent=self._parent(footer.data_offset) or "?", tools=HYPER_V_TOOLS)
        if self.variant == "fixed":
            self._open_fixed(found)
        elif self.variant == "dynamic":
            self._open_dynamic(footer)
        else:
            raise malformed("VHD footer", f"there is no disk type {footer.disk_type}")

    def _find_footer(self) -> FooterCopy:
        last, first = self._last_footer(), self._footer_at(0, SECTOR)
        self._has_last = last is not None
        copies = [copy for copy in (last, first) if copy]
        for copy in copies:
            if not copy.checksum_right:
                self.report.add(kinds.CHECKSUM, what=f"VHD footer at {copy.offset}")
        return next((copy for copy in copies if copy.checksum_right), copies[0])

    def _last_footer(self) -> FooterCopy | None:
        if self.file.size <= SECTOR:
            return None
        copies = (self._footer_at(self.file.size - length, length) for length in (SECTOR, SECTOR - 1))
        return next((copy for copy in copies if copy), None)

    def _footer_at(self, offset: int, length: int) -> FooterCopy | None:
        data = self.file.read(offset, length)
        if not data.startswith(COOKIE):
            return None
        footer = Footer(*FOOTER.unpack_from(data))
        checksum = ~(sum(data) - sum(data[64:68])) & 0xFFFFFFFF
        return FooterCopy(footer, offset, footer.checksum == checksum)

    def _open_fixed(self, found: FooterCopy) -> None:
        if not self._has_last:
            raise truncated("a fixed VHD ends with a footer, and this file does not")
        self._content_end, size = found.offset, found.footer.current_size
        if self._content_end < size:
            missing = size - self._content_end
            self.report.add(kinds.TRUNCATED, why=f"{missing} of the disk's {size} bytes are missing")
        elif self._content_end > size:
            self.report.add(kinds.SIZE_MISMATCH, expected=size, actual=self._content_end)
        self.end_checked = True

    def _parent(self, offset: int) -> str:
        """The parent's name, else its path from the first Windows locator; "" where neither can be read."""
        try:
            data = self.file.read(offset, 1024)
            if not data.startswith(DYNAMIC_COOKIE):
                return ""
            header = DynamicHeader(*DYNAMIC_HEADER.unpack_from(data))
            if name := header.parent_name.decode("utf-16-be", "replace").partition("\0")[0]:
                return name
            for platform_code, length, path_offset in PARENT_LOCATOR.iter_unpack(header.parent_locators):
                if length and platform_code in (b"W2ru", b"W2ku"):
                    path = self.file.read(path_offset, min(length, MAX_PARENT_PATH))
                    return path.decode("utf-16-le", "replace").partition("\0")[0]
        except PastEnd:
            pass
        return ""

    def _open_dynamic(self, footer: Footer) -> None:
        if not self._has_last:
            self.report.add(kinds.TRUNCATED, why="a dynamic VHD ends with a copy of its footer, and this file does not")
        data = self.file.read(footer.data_offset, 1024)
        if not data.startswith(DYNAMIC_COOKIE):
            raise malformed("dynamic VHD header", 'it does not begin with "cxsparse"')
        self._header = header = DynamicHeader(*DYNAMIC_HEADER.unpack_from(data))
        entries, block_size = header.max_table_entries, header.block_size
        if not SECTOR <= block_size <= MAX_BLOCK or block_size & (block_size - 1):
            raise malformed("dynamic VHD header", f"its block size is {block_size}")
        if entries * block_size < footer.current_size:
            raise malformed("dynamic VHD header", f"{entries} blocks of {block_size} bytes are less than the disk")
        self.check_end(header.table_offset + 4 * entries, "its block table")
        self._bitmap_size = -(-block_size // SECTOR // 8 // SECTOR) * SECTOR
        self.end_checked = self._has_last

    def tables(self, offset: int, length: int) -> Iterable[Range]:
        if self.variant == "dynamic":
            first, last = offset // self._header.block_size, (offset + length - 1) // self._header.block_size
            yield self._header.table_offset + 4 * first, 4 * (last - first + 1)

    def map(self, offset: int) -> Piece:
        if self.variant == "fixed":
            end = self._content_end
            return Stored(end - offset, offset) if offset < end else Zero(self.size - offset)
        header = self._header
        number, within = divmod(offset, header.block_size)
        if number >= header.max_table_entries:
            return Zero(self.size - offset)  # beyond current size, within the geometry
        sector = int.from_bytes(self.table_entry(header.table_offset + 4 * number, 4), "big")
        length = header.block_size - within
        return Zero(length) if sector == UNUSED else Stored(length, sector * SECTOR + self._bitmap_size + within)
