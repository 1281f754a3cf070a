"""VHD (Microsoft, Virtual Hard Disk Image Format Specification 1.0). Everything is big-endian.

Footer, the last 512 bytes (511 before Virtual PC 2004); a dynamic disk has a copy at 0:
     0  8  cookie "conectix"             40  8  original size
    16  8  offset of the dynamic header  48  8  current size
    28  4  creator application           56  4  geometry: cylinders (2), heads (1), sectors per track (1)
    36  4  creator host OS               60  4  disk type: 2 fixed, 3 dynamic, 4 differencing
                                         64  4  checksum: one's complement of the sum of the other bytes
Dynamic header, 1024 bytes:
     0  8  cookie "cxsparse"             28  4  entries in the block allocation table (BAT)
    16  8  offset of the BAT             32  4  block size
    64 512  name of the parent, UTF-16   576 192  eight parent locators
Parent locator, 24 bytes: 0 4 platform code, 8 4 length, 16 8 offset of the path (W2ru, W2ku: UTF-16, little-endian)
BAT: 4 bytes an entry, the sector of the block, 0xFFFFFFFF where there is none. A block begins with its sector bitmap
(one bit a sector, padded to 512 bytes). Of a disk without parent every sector of a block that is there counts: those
whose bit is not set are zero in the file.
"""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, NamedTuple

from imagedrop.findings import inspection as kinds
from imagedrop.inspection.containers.base import HYPER_V_TOOLS, Container
from imagedrop.inspection.containers.extents import Piece, Stored, Zero
from imagedrop.inspection.errors import PastEnd, Unreadable, malformed, truncated
from imagedrop.inspection.source import Range

if TYPE_CHECKING:
    from collections.abc import Iterable

COOKIE = b"conectix"
SECTOR = 512
UNUSED = 0xFFFFFFFF
TYPES = {2: "fixed", 3: "dynamic", 4: "differencing"}
GEOMETRY_MOST = (65535, 16, 255)  # disks beyond it (127.5 GiB) all say this
BLOCK_MOST = 256 * 1024 * 1024
PATH_MOST = 1024  # bytes of a parent locator that are read


class Footer(NamedTuple):
    at: int
    header_at: int
    creator: str
    current_size: int
    geometry: tuple[int, int, int]
    disk_type: int
    sound: bool  # the checksum is right

    @classmethod
    def parse(cls, data: bytes, at: int) -> Footer:
        (header_at,) = struct.unpack_from(">Q", data, 16)
        current, cylinders, heads, sectors, disk_type, checksum = struct.unpack_from(">QHBBII", data, 48)
        right = ~(sum(data) - sum(data[64:68])) & 0xFFFFFFFF
        creator = data[28:32].decode("latin-1")
        return cls(at, header_at, creator, current, (cylinders, heads, sectors), disk_type, checksum == right)

    @property
    def virtual_size(self) -> int:
        """The larger of the two sizes that the footer states: which one counts depends on the reader (and creator).

        At its maximum the geometry says nothing.
        """
        cylinders, heads, sectors = self.geometry
        by_geometry = cylinders * heads * sectors * SECTOR if self.geometry != GEOMETRY_MOST else 0
        return max(self.current_size, by_geometry)


class Vhd(Container):
    format = "vhd"

    def open(self) -> None:
        footer = self._footer()
        self.creator = footer.creator
        self.variant = TYPES.get(footer.disk_type, f"type {footer.disk_type}")
        self.virtual_size = footer.virtual_size
        self._data = self.file.size  # of a fixed disk: where the content ends
        if self.variant == "differencing":
            raise Unreadable(kinds.DIFFERENCING, parent=self._parent(footer.header_at) or "?", tools=HYPER_V_TOOLS)
        if self.variant == "fixed":
            self._open_fixed(footer)
        elif self.variant == "dynamic":
            self._open_dynamic(footer)
        else:
            raise malformed("VHD footer", f"there is no disk type {footer.disk_type}")

    def _footer(self) -> Footer:
        last, first = self._last_footer(), self._first_footer()
        self._has_last = last is not None
        found = [footer for footer in (last, first) if footer]
        for footer in found:
            if not footer.sound:
                self.report.add(kinds.CHECKSUM, what=f"VHD footer at {footer.at}")
        return next((footer for footer in found if footer.sound), found[0])

    def _last_footer(self) -> Footer | None:
        size = self.file.size
        for length in (SECTOR, SECTOR - 1):
            if size >= length and (data := self.file.read(size - length, length)).startswith(COOKIE):
                return Footer.parse(data, size - length) if size > SECTOR else None
        return None

    def _first_footer(self) -> Footer | None:
        data = self.file.read(0, SECTOR)
        return Footer.parse(data, 0) if data.startswith(COOKIE) else None

    def _open_fixed(self, footer: Footer) -> None:
        if not self._has_last:
            raise truncated("a fixed VHD ends with its footer, and there is none")
        self._data = footer.at
        if self._data < footer.current_size:
            missing = footer.current_size - self._data
            self.report.add(kinds.TRUNCATED, why=f"{missing} of the disk's {footer.current_size} bytes are missing")
        elif self._data > footer.current_size:
            self.report.add(kinds.SIZE_MISMATCH, expected=footer.current_size, actual=self._data)
        self.whole = True

    def _parent(self, header_at: int) -> str:
        """The parent's name, else its path from the first Windows locator; "" where neither can be read."""
        try:
            header = self.file.read(header_at, 1024)
            if not header.startswith(b"cxsparse"):
                return ""
            if name := header[64:576].decode("utf-16-be", "replace").partition("\0")[0]:
                return name
            for code, length, offset in struct.iter_unpack(">4s4xI4xQ", header[576:768]):
                if length and code in (b"W2ru", b"W2ku"):
                    path = self.file.read(offset, min(length, PATH_MOST))
                    return path.decode("utf-16-le", "replace").partition("\0")[0]
        except PastEnd:
            pass
        return ""

    def _open_dynamic(self, footer: Footer) -> None:
        if not self._has_last:
            self.report.add(kinds.TRUNCATED, why="a dynamic VHD ends with a copy of its footer, and there is none")
        header = self.file.read(footer.header_at, 1024)
        if not header.startswith(b"cxsparse"):
            raise malformed("dynamic VHD header", 'it does not begin with "cxsparse"')
        (self._bat,) = struct.unpack_from(">Q", header, 16)
        entries, self._block = struct.unpack_from(">II", header, 28)
        if self._block < SECTOR or self._block & (self._block - 1) or self._block > BLOCK_MOST:
            raise malformed("dynamic VHD header", f"its block size is {self._block}")
        if entries * self._block < footer.current_size:
            raise malformed("dynamic VHD header", f"{entries} blocks of {self._block} bytes do not make the disk")
        self.must_reach(self._bat + 4 * entries, "its block table")
        self._entries = entries
        self._bitmap = -(-self._block // SECTOR // 8 // SECTOR) * SECTOR
        self.whole = self._has_last

    def tables(self, offset: int, length: int) -> Iterable[Range]:
        if self.variant == "dynamic":
            first, last = offset // self._block, (offset + length - 1) // self._block
            yield self._bat + 4 * first, 4 * (last - first + 1)

    def map(self, offset: int) -> Piece:
        if self.variant == "fixed":
            return Stored(self._data - offset, offset) if offset < self._data else Zero(self.size - offset)
        number, within = divmod(offset, self._block)
        if number >= self._entries:
            return Zero(self.size - offset)  # beyond current size, within the geometry
        (sector,) = struct.unpack(">I", self.table_entry(self._bat + 4 * number, 4))
        length = self._block - within
        return Zero(length) if sector == UNUSED else Stored(length, sector * SECTOR + self._bitmap + within)
