"""VHDX (MS-VHDX, Virtual Hard Disk v2). Everything is little-endian.

File:      0 "vhdxfile"; 64, 128 KiB headers; 192, 256 KiB region tables; from 1 MiB log, BAT, metadata, blocks
Header (4 KiB; of the valid ones that with the higher sequence number counts):
     0  4  "head"            4  4  CRC-32C with this field zero      8  8  sequence number
    48 16  log GUID, zero where the log is empty                    66  2  version, 1
Region table (64 KiB):  0 4 "regi"   4 4 CRC-32C   8 4 entries (<= 2047); from 16 entries of 32:
     0 16  GUID             16  8  file offset     24  4  length     28  4  bit 0: required
Metadata region:        0 8 "metadata"   10 2 entries (<= 2047); from 32 entries of 32:
     0 16  item GUID        16  4  offset in the region     20  4  length     24  4  bit 2: required
Items: file parameters (block size 4; flags 4: bit 0 fixed, bit 1 has a parent), disk size 8, logical sector size 4
Parent locator: 18 2 entries; from 20 entries of 12: 0 4 key offset, 4 4 value offset, 8 2 key length, 10 2 value length
BAT: 8 bytes an entry, bits 0-2 state, bits 20-63 the offset in MiB. After every 2^23 * sector size / block size
     entries comes one of a sector bitmap. States: 0-3 no content (zero), 6 there, 7 partly (differencing disks only)
"""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

from imagedrop.findings import inspection as kinds
from imagedrop.inspection.containers.base import HYPER_V_TOOLS, Container
from imagedrop.inspection.containers.extents import Piece, Stored, Zero
from imagedrop.inspection.crc32c import crc32c
from imagedrop.inspection.errors import PastEnd, Unreadable, malformed, truncated
from imagedrop.inspection.guids import guid
from imagedrop.inspection.source import Range

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

KIB, MIB = 1024, 1024 * 1024
HEADERS = (64 * KIB, 128 * KIB)
REGIONS = (192 * KIB, 256 * KIB)
ENTRIES_MOST = 2047
SCANNED_MOST = MIB  # a BAT of up to this is looked through for blocks behind the end of the file

BAT = "2dc27766-f623-4200-9d64-115e9bfd4a08"
METADATA = "8b7ca206-4790-4b9a-b8fe-575f050f886e"
FILE_PARAMETERS = "caa16737-fa36-4d43-b3b6-33f0aa44e76b"
DISK_SIZE = "2fa54224-cd1b-4876-b211-5dbed83bf4b8"
SECTOR_SIZE = "8141bf1d-a96f-4709-ba47-f233a8faab5f"
PARENT_LOCATOR = "a8d35f2d-b30b-454d-abf7-d3d84834ab0c"
KNOWN_ITEMS = {
    FILE_PARAMETERS: 8,
    DISK_SIZE: 8,
    SECTOR_SIZE: 4,
    "beca12ab-b2e6-4523-93ef-c309e000c746": 16,  # disk id
    "cda348c7-445d-4471-9cc9-e9885251c556": 4,  # physical sector size
    PARENT_LOCATOR: 0,  # of any length; never followed
}
PARENT_PATHS = ("relative_path", "volume_path", "absolute_win32_path")  # in the order in which Hyper-V tries them
LOCATOR_MOST = 16 * KIB  # bytes of it that are read
LOCATOR_ENTRIES = 16


class Vhdx(Container):
    format = "vhdx"

    _block: int
    _locator: Range = 0, 0

    def open(self) -> None:
        self.file.prefetch([(0, 2 * HEADERS[0]), (HEADERS[1], 4 * KIB), (REGIONS[0], 64 * KIB)])
        header = self._header()
        regions = self._regions()
        metadata, bat = self._region(regions, METADATA), self._region(regions, BAT)
        self.file.prefetch([(metadata[0], 68 * KIB), (bat[0], 64 * KIB)])
        self._read_metadata(*metadata)
        self._locate_bat(*bat)
        if self.variant == "differencing":
            raise Unreadable(kinds.DIFFERENCING, parent=self._parent() or "?", tools=HYPER_V_TOOLS)
        if any(header[48:64]):
            raise Unreadable(kinds.VHDX_LOG)
        self._scan_bat()

    def _header(self) -> bytes:
        found = []
        for at in HEADERS:
            header = self._checked(at, 4 * KIB, b"head")
            if header is None:
                self.report.add(kinds.CHECKSUM, what=f"VHDX header at {at}")
            else:
                found.append(header)
        if not found:
            raise malformed("VHDX header", "neither copy has a right checksum")
        newest = max(found, key=lambda header: struct.unpack_from("<Q", header, 8))
        if (version := struct.unpack_from("<H", newest, 66)[0]) != 1:
            raise Unreadable(kinds.UNSUPPORTED_VARIANT, format="VHDX", variant=f"version {version}")
        return newest

    def _regions(self) -> bytes:
        for at in REGIONS:
            table = self._checked(at, 64 * KIB, b"regi")
            if table is not None:
                return table
            self.report.add(kinds.CHECKSUM, what=f"VHDX region table at {at}")
        raise malformed("VHDX region table", "neither copy has a right checksum")

    def _checked(self, at: int, length: int, signature: bytes) -> bytes | None:
        data = self.file.read(at, length)
        (checksum,) = struct.unpack_from("<I", data, 4)
        right = data.startswith(signature) and crc32c(data[:4] + bytes(4) + data[8:]) == checksum
        return data if right else None

    def _region(self, table: bytes, wanted: str) -> Range:
        (count,) = struct.unpack_from("<I", table, 8)
        found = None
        for name, offset, length, flags in _entries(table, 16, count, "<16sQII"):
            if name == wanted:
                found = offset, length
            elif flags & 1 and name not in (BAT, METADATA):
                raise Unreadable(kinds.UNKNOWN_FEATURES, features=f"VHDX region {name}")
        if found is None:
            raise malformed("VHDX region table", f"the region {wanted} is missing")
        self.must_reach(sum(found), "its block table" if wanted == BAT else "its metadata region")
        return found

    def _read_metadata(self, at: int, length: int) -> None:
        items = self._items(at, length)
        if missing := {FILE_PARAMETERS, DISK_SIZE, SECTOR_SIZE} - items.keys():
            raise malformed("VHDX metadata", f"missing: {', '.join(sorted(missing))}")
        (self.virtual_size,) = struct.unpack("<Q", items[DISK_SIZE])
        (self.sector_size,) = struct.unpack("<I", items[SECTOR_SIZE])
        self._block, flags = struct.unpack("<II", items[FILE_PARAMETERS])
        self.variant = "differencing" if flags & 2 else "fixed" if flags & 1 else "dynamic"
        if self.sector_size not in (512, 4096):
            raise malformed("VHDX metadata", f"its sectors have {self.sector_size} bytes")
        if not MIB <= self._block <= 256 * MIB or self._block & (self._block - 1):
            raise malformed("VHDX metadata", f"its block size is {self._block}")

    def _items(self, at: int, length: int) -> dict[str, bytes]:
        head = self.file.read(at, 32)
        (count,) = struct.unpack_from("<H", head, 10)
        if not head.startswith(b"metadata") or count > ENTRIES_MOST:
            raise malformed("VHDX metadata", "its table does not begin as it should")
        table = self.file.read(at, 32 + 32 * count)
        items: dict[str, bytes] = {}
        for name, offset, size, flags in _entries(table, 32, count, "<16sIII4x"):
            if name in KNOWN_ITEMS:
                if name == PARENT_LOCATOR:
                    self._locator = at + offset, min(size, length - offset, LOCATOR_MOST)
                if KNOWN_ITEMS[name] and offset + KNOWN_ITEMS[name] <= length:
                    items[name] = self.file.read(at + offset, KNOWN_ITEMS[name])
            elif flags & 4:
                raise Unreadable(kinds.UNKNOWN_FEATURES, features=f"VHDX metadata {name} of {size} bytes")
        return items

    def _parent(self) -> str:
        """The path of the parent that Hyper-V would try first; "" where none can be read."""
        try:
            locator = self.file.read(*self._locator)
            (count,) = struct.unpack_from("<H", locator, 18)
            paths = {}
            for number in range(min(count, LOCATOR_ENTRIES)):
                key, value, key_length, value_length = struct.unpack_from("<IIHH", locator, 20 + 12 * number)
                name = locator[key : key + key_length].decode("utf-16-le", "replace")
                paths[name] = locator[value : value + value_length].decode("utf-16-le", "replace")
        except (PastEnd, struct.error):
            return ""
        return next((paths[name] for name in PARENT_PATHS if paths.get(name)), "")

    def _locate_bat(self, at: int, length: int) -> None:
        assert self.sector_size
        self._chunk = (2**23 * self.sector_size) // self._block
        blocks = -(-self.size // self._block)
        self._bat, self._entries = at, blocks + max(blocks - 1, 0) // self._chunk
        if self._entries * 8 > length:
            raise malformed("VHDX block table", f"{length} bytes are too few for {blocks} blocks")

    def _scan_bat(self) -> None:
        """The block that lies last must end within the file: a VHDX has nothing else that says where it ends."""
        size = 8 * self._entries
        if size > SCANNED_MOST:
            return
        try:
            table = struct.unpack(f"<{self._entries}Q", self.file.read(self._bat, size))
        except PastEnd:
            raise truncated("its block table is not whole") from None
        there = [(entry & ~0xFFFFF, index) for index, entry in enumerate(table) if entry & 7 == 6]
        at, index = max(there, default=(0, 0))
        self.must_reach(at + self._stored(index) if there else 0, "its last block")
        self.whole = True

    def _stored(self, index: int) -> int:
        """How many bytes must be there of the block that entry `index` of the BAT speaks of."""
        before = index - index // (self._chunk + 1)
        is_bitmap = (index + 1) % (self._chunk + 1) == 0
        return MIB if is_bitmap else min(self._block, self.size - before * self._block)

    def tables(self, offset: int, length: int) -> Iterable[Range]:
        first, last = offset // self._block, (offset + length - 1) // self._block
        yield self._bat + 8 * self._index(first), 8 * (self._index(last) - self._index(first) + 1)

    def map(self, offset: int) -> Piece:
        number, within = divmod(offset, self._block)
        (entry,) = struct.unpack("<Q", self.table_entry(self._bat + 8 * self._index(number), 8))
        length, state = self._block - within, entry & 7
        if state <= 3:
            return Zero(length)
        if state != 6:
            raise malformed("VHDX block table", f"block {number} is in state {state}")
        return Stored(length, (entry & ~0xFFFFF) + within)

    def _index(self, block: int) -> int:
        return block + block // self._chunk


def _entries(table: bytes, first: int, count: int, layout: str) -> Iterator[tuple[str, int, int, int]]:
    if count > ENTRIES_MOST:
        raise malformed("VHDX region table", f"it says {count} entries")
    for number in range(count):
        name, offset, length, flags = struct.unpack_from(layout, table, first + 32 * number)
        yield guid(name), offset, length, flags
