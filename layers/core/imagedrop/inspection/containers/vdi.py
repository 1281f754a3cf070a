"""VDI (VirtualBox, VDICore.h, version 1.1). Everything is little-endian.

Block map: 4 bytes a block, its number in the file; 0xFFFFFFFF not allocated, 0xFFFFFFFE zero.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable
from typing import NamedTuple

from imagedrop.findings import inspection as kinds
from imagedrop.inspection.containers.base import Container
from imagedrop.inspection.containers.extents import Piece, Stored, Zero
from imagedrop.inspection.errors import Unreadable, malformed
from imagedrop.inspection.guids import guid
from imagedrop.inspection.source import Range


class Header(NamedTuple):
    """After the signature 0xBEDA107F at 64. The comments give the offsets."""

    version: int  # 68: 0x10001
    type: int  # 76
    blocks_offset: int  # 340: of the block map
    data_offset: int  # 344: of the first block
    disk_size: int  # 368
    block_size: int  # 376
    block_extra: int  # 380: bytes before the data of each block
    blocks: int  # 384: of the disk
    blocks_allocated: int  # 388: in the file
    uuid_linkage: bytes  # 424: of the parent
    uuid_parent_modify: bytes  # 440


HEADER = struct.Struct("<68xI4xI260xII20xQIIII32x16s16s")
TYPES = {1: "dynamic", 2: "static", 3: "undo", 4: "differencing"}
ZERO = 0xFFFFFFFE
TOOLS = "`VBoxManage clonemedium disk CHILD.vdi whole.vhd --format VHD` (`VBoxManage list hdds`: UUID, path)"
MAX_BLOCK = 256 * 1024 * 1024


class Vdi(Container):
    format = "vdi"

    def open(self) -> None:
        self._header = header = Header(*HEADER.unpack_from(self.file.read(0, 512)))
        self.virtual_size, self.variant = header.disk_size, TYPES.get(header.type, f"type {header.type}")
        if header.version >> 16 != 1:
            raise Unreadable(kinds.UNSUPPORTED_VARIANT, format="VDI", variant=f"version {header.version:#x}")
        if self.variant == "differencing" or any(header.uuid_linkage + header.uuid_parent_modify):
            parent = f"UUID {guid(header.uuid_linkage)}" if any(header.uuid_linkage) else "?"
            raise Unreadable(kinds.DIFFERENCING, parent=parent, tools=TOOLS)
        if self.variant not in ("dynamic", "static"):
            raise Unreadable(kinds.UNSUPPORTED_VARIANT, format="VDI", variant=self.variant)
        self._check_blocks(header)

    def _check_blocks(self, header: Header) -> None:
        size, blocks, allocated = header.block_size, header.blocks, header.blocks_allocated
        if not 512 <= size <= MAX_BLOCK or size & (size - 1):
            raise malformed("VDI header", f"its block size is {size}")
        if blocks * size < self.size:
            raise malformed("VDI header", f"{blocks} blocks of {size} bytes are less than the disk")
        if allocated > blocks:
            raise malformed("VDI header", f"{allocated} of {blocks} blocks are in the file")
        self.check_end(header.blocks_offset + 4 * blocks, "its block map")
        self.check_end(header.data_offset + allocated * (size + header.block_extra), f"the last of {allocated} blocks")
        self.end_checked = True

    def tables(self, offset: int, length: int) -> Iterable[Range]:
        first, last = offset // self._header.block_size, (offset + length - 1) // self._header.block_size
        yield self._header.blocks_offset + 4 * first, 4 * (last - first + 1)

    def map(self, offset: int) -> Piece:
        header = self._header
        number, within = divmod(offset, header.block_size)
        block = int.from_bytes(self.table_entry(header.blocks_offset + 4 * number, 4), "little")
        length, extra = header.block_size - within, header.block_extra
        if block >= ZERO:
            return Zero(length)
        return Stored(length, header.data_offset + block * (header.block_size + extra) + extra + within)
