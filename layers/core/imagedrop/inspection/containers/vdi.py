"""VDI (VirtualBox, VDICore.h, version 1.1). Everything is little-endian.

Header:
    64  4  0xBEDA107F         340  4  block map            376  4  block size
    68  4  version 0x10001    344  4  first block          380  4  extra bytes before every block
    76  4  type: 1 dynamic,   368  8  disk size            384  4  blocks of the disk
           2 static, 3 undo,                               388  4  blocks in the file
           4 differencing                                  424 16  UUID of the parent
                                                           440 16  UUID of the parent's last change
Block map: 4 bytes a block, its number in the file; 0xFFFFFFFF not there, 0xFFFFFFFE zero.
"""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

from imagedrop.findings import inspection as kinds
from imagedrop.inspection.containers.base import Container
from imagedrop.inspection.containers.extents import Piece, Stored, Zero
from imagedrop.inspection.errors import Unreadable, malformed
from imagedrop.inspection.guids import guid
from imagedrop.inspection.source import Range

if TYPE_CHECKING:
    from collections.abc import Iterable

TYPES = {1: "dynamic", 2: "static", 3: "undo", 4: "differencing"}
ZERO = 0xFFFFFFFE
TOOLS = "`VBoxManage clonemedium disk CHILD.vdi whole.vhd --format VHD` (`VBoxManage list hdds`: UUID, path)"
BLOCK_MOST = 256 * 1024 * 1024


class Vdi(Container):
    format = "vdi"

    def open(self) -> None:
        header = self.file.read(0, 512)
        version, image_type = struct.unpack_from("<I4xI", header, 68)
        self._map, self._data = struct.unpack_from("<II", header, 340)
        self.virtual_size, self._block, self._extra, self._blocks, present = struct.unpack_from("<QIIII", header, 368)
        self.variant = TYPES.get(image_type, f"type {image_type}")
        if version >> 16 != 1:
            raise Unreadable(kinds.UNSUPPORTED_VARIANT, format="VDI", variant=f"version {version:#x}")
        if self.variant == "differencing" or any(header[424:456]):
            parent = f"UUID {guid(header[424:440])}" if any(header[424:440]) else "?"
            raise Unreadable(kinds.DIFFERENCING, parent=parent, tools=TOOLS)
        if self.variant not in ("dynamic", "static"):
            raise Unreadable(kinds.UNSUPPORTED_VARIANT, format="VDI", variant=self.variant)
        self._check_blocks(present)

    def _check_blocks(self, present: int) -> None:
        if not 512 <= self._block <= BLOCK_MOST or self._block & (self._block - 1):
            raise malformed("VDI header", f"its block size is {self._block}")
        if self._blocks * self._block < self.size:
            raise malformed("VDI header", f"{self._blocks} blocks of {self._block} bytes do not make the disk")
        if present > self._blocks:
            raise malformed("VDI header", f"{present} of {self._blocks} blocks are in the file")
        ends = self._map + 4 * self._blocks, self._data + present * (self._block + self._extra)
        self.must_reach(ends[0], "its block map")
        self.must_reach(ends[1], f"the last of its {present} blocks")
        self.whole = True

    def tables(self, offset: int, length: int) -> Iterable[Range]:
        first, last = offset // self._block, (offset + length - 1) // self._block
        yield self._map + 4 * first, 4 * (last - first + 1)

    def map(self, offset: int) -> Piece:
        number, within = divmod(offset, self._block)
        (block,) = struct.unpack("<I", self.table_entry(self._map + 4 * number, 4))
        length = self._block - within
        if block >= ZERO:
            return Zero(length)
        return Stored(length, self._data + block * (self._block + self._extra) + self._extra + within)
