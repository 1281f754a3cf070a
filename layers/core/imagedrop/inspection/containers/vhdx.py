"""VHDX (MS-VHDX, Virtual Hard Disk v2). Everything is little-endian.

File:     0 "vhdxfile"; 64, 128 KiB headers; 192, 256 KiB region tables; from 1 MiB log, BAT, metadata, blocks
Header:   0 "head"       4 4 CRC-32C, this field zero    8 8 sequence number: of the valid headers the higher counts
          48 16 log GUID, zero where the log is empty           66 2 version, 1
Region table:     0 "regi"       4 4 CRC-32C      8 4 entries; from 16 entries of 32:
          0 16 GUID      16 8 file offset         24 4 length   28 4 flags: bit 0 required
Metadata table:   0 "metadata"   10 2 entries; from 32 entries of 32:
          0 16 item id   16 4 offset in the region              20 4 length               24 4 flags: bit 2 required
Items:    file parameters (block size 4; flags 4: bit 0 fixed, bit 1 has a parent), disk size 8, logical sector size 4
Parent locator:   18 2 entries; from 20 entries of 12:
          0 4 key offset    4 4 value offset      8 2 key length       10 2 value length
BAT:      8 bytes an entry, bits 0-2 state, bits 20-63 the offset in MiB. After every 2^23 * sector size / block size
          entries comes one of a sector bitmap. States: 0-3 no content (zero), 6 present, 7 partly present
          (differencing disks only)
"""

from __future__ import annotations

import struct
from collections.abc import Iterable

from imagedrop.findings import inspection as kinds
from imagedrop.inspection.containers.base import HYPER_V_TOOLS, Container
from imagedrop.inspection.containers.extents import Piece, Stored, Zero
from imagedrop.inspection.crc32c import crc32c
from imagedrop.inspection.errors import PastEnd, Unreadable, malformed, truncated
from imagedrop.inspection.guids import guid
from imagedrop.inspection.source import Range

HEADER = struct.Struct("<8xQ32x16s2xH")
REGION_TABLE, REGION_ENTRY = struct.Struct("<8xI4x"), struct.Struct("<16sQII")
METADATA_TABLE, METADATA_ENTRY = struct.Struct("<8s2xH20x"), struct.Struct("<16sIII4x")
PARENT_LOCATOR, PARENT_LOCATOR_ENTRY = struct.Struct("<18xH"), struct.Struct("<IIHH")
KIB, MIB = 1024, 1024 * 1024
HEADERS = (64 * KIB, 128 * KIB)
REGION_TABLES = (192 * KIB, 256 * KIB)
MAX_ENTRIES = 2047
MAX_SCANNED_BAT = MIB  # bytes; a larger one is not searched for blocks past the end of the file
FULLY_PRESENT = 6

BAT = "2dc27766-f623-4200-9d64-115e9bfd4a08"
METADATA = "8b7ca206-4790-4b9a-b8fe-575f050f886e"
FILE_PARAMETERS = "caa16737-fa36-4d43-b3b6-33f0aa44e76b"
DISK_SIZE = "2fa54224-cd1b-4876-b211-5dbed83bf4b8"
SECTOR_SIZE = "8141bf1d-a96f-4709-ba47-f233a8faab5f"
PARENT_LOCATOR_ITEM = "a8d35f2d-b30b-454d-abf7-d3d84834ab0c"
KNOWN_ITEMS = {
    FILE_PARAMETERS: 8,
    DISK_SIZE: 8,
    SECTOR_SIZE: 4,
    "beca12ab-b2e6-4523-93ef-c309e000c746": 16,  # disk id
    "cda348c7-445d-4471-9cc9-e9885251c556": 4,  # physical sector size
    PARENT_LOCATOR_ITEM: 0,  # of any length; never followed
}
PARENT_PATHS = ("relative_path", "volume_path", "absolute_win32_path")  # in the order in which Hyper-V tries them
MAX_LOCATOR = 16 * KIB  # bytes of it that are read
MAX_LOCATOR_ENTRIES = 16


class Vhdx(Container):
    format = "vhdx"

    _block_size: int
    _locator: Range = 0, 0

    def open(self) -> None:
        log_guid = self._newest_log_guid()
        regions = self._region_table()
        metadata, bat = self._region(regions, METADATA), self._region(regions, BAT)
        self.file.prefetch([(metadata[0], 68 * KIB), (bat[0], 64 * KIB)])
        self._read_metadata(*metadata)
        self._locate_bat(*bat)
        if self.variant == "differencing":
            raise Unreadable(kinds.DIFFERENCING, parent=self._parent() or "?", tools=HYPER_V_TOOLS)
        if any(log_guid):
            raise Unreadable(kinds.VHDX_LOG)
        self._scan_bat()

    def _newest_log_guid(self) -> bytes:
        found = []
        for offset in HEADERS:
            data = self._checked(offset, 4 * KIB, b"head")
            if data is None:
                self.report.add(kinds.CHECKSUM, what=f"VHDX header at {offset}")
            else:
                found.append(HEADER.unpack_from(data))
        if not found:
            raise malformed("VHDX header", "neither copy has a right checksum")
        _, log_guid, version = max(found, key=lambda header: header[0])
        if version != 1:
            raise Unreadable(kinds.UNSUPPORTED_VARIANT, format="VHDX", variant=f"version {version}")
        return bytes(log_guid)

    def _region_table(self) -> bytes:
        for offset in REGION_TABLES:
            table = self._checked(offset, 64 * KIB, b"regi")
            if table is not None:
                return table
            self.report.add(kinds.CHECKSUM, what=f"VHDX region table at {offset}")
        raise malformed("VHDX region table", "neither copy has a right checksum")

    def _checked(self, offset: int, length: int, signature: bytes) -> bytes | None:
        """The structure; None where its signature or its checksum is wrong."""
        data = self.file.read(offset, length)
        checksum = int.from_bytes(data[4:8], "little")
        right = data.startswith(signature) and crc32c(data[:4] + bytes(4) + data[8:]) == checksum
        return data if right else None

    def _region(self, table: bytes, wanted: str) -> Range:
        (count,) = REGION_TABLE.unpack_from(table)
        if count > MAX_ENTRIES:
            raise malformed("VHDX region table", f"it states {count} entries")
        found = None
        entries = _entries(table, REGION_TABLE, REGION_ENTRY, count)
        for region_guid, file_offset, length, flags in REGION_ENTRY.iter_unpack(entries):
            name = guid(region_guid)
            if name == wanted:
                found = file_offset, length
            elif flags & 1 and name not in (BAT, METADATA):
                raise Unreadable(kinds.UNKNOWN_FEATURES, features=f"VHDX region {name}")
        if found is None:
            raise malformed("VHDX region table", f"the region {wanted} is missing")
        self.check_end(sum(found), "its block table" if wanted == BAT else "its metadata region")
        return found

    def _read_metadata(self, offset: int, length: int) -> None:
        items = self._items(offset, length)
        if missing := {FILE_PARAMETERS, DISK_SIZE, SECTOR_SIZE} - items.keys():
            raise malformed("VHDX metadata", f"missing: {', '.join(sorted(missing))}")
        self.virtual_size = int.from_bytes(items[DISK_SIZE], "little")
        self.sector_size = int.from_bytes(items[SECTOR_SIZE], "little")
        self._block_size, flags = struct.unpack("<II", items[FILE_PARAMETERS])
        self.variant = "differencing" if flags & 2 else "fixed" if flags & 1 else "dynamic"
        if self.sector_size not in (512, 4096):
            raise malformed("VHDX metadata", f"its sectors have {self.sector_size} bytes")
        if not MIB <= self._block_size <= 256 * MIB or self._block_size & (self._block_size - 1):
            raise malformed("VHDX metadata", f"its block size is {self._block_size}")

    def _items(self, start: int, length: int) -> dict[str, bytes]:
        signature, count = METADATA_TABLE.unpack(self.file.read(start, METADATA_TABLE.size))
        if signature != b"metadata" or count > MAX_ENTRIES:
            raise malformed("VHDX metadata", "its table has a wrong signature or too many entries")
        table = self.file.read(start, METADATA_TABLE.size + METADATA_ENTRY.size * count)
        items: dict[str, bytes] = {}
        entries = _entries(table, METADATA_TABLE, METADATA_ENTRY, count)
        for item_id, offset, item_length, flags in METADATA_ENTRY.iter_unpack(entries):
            name = guid(item_id)
            if name in KNOWN_ITEMS:
                if name == PARENT_LOCATOR_ITEM:
                    self._locator = start + offset, min(item_length, length - offset, MAX_LOCATOR)
                if KNOWN_ITEMS[name] and offset + KNOWN_ITEMS[name] <= length:
                    items[name] = self.file.read(start + offset, KNOWN_ITEMS[name])
            elif flags & 4:
                raise Unreadable(kinds.UNKNOWN_FEATURES, features=f"VHDX metadata {name} of {item_length} bytes")
        return items

    def _parent(self) -> str:
        """The path of the parent that Hyper-V would try first; "" where none can be read."""
        try:
            locator = self.file.read(*self._locator)
            (count,) = PARENT_LOCATOR.unpack_from(locator)
            paths = {}
            for number in range(min(count, MAX_LOCATOR_ENTRIES)):
                offset = PARENT_LOCATOR.size + PARENT_LOCATOR_ENTRY.size * number
                key, value, key_length, value_length = PARENT_LOCATOR_ENTRY.unpack_from(locator, offset)
                name = locator[key : key + key_length].decode("utf-16-le", "replace")
                paths[name] = locator[value : value + value_length].decode("utf-16-le", "replace")
        except (PastEnd, struct.error):
            return ""
        return next((paths[name] for name in PARENT_PATHS if paths.get(name)), "")

    def _locate_bat(self, offset: int, length: int) -> None:
        assert self.sector_size
        self._chunk_ratio = (2**23 * self.sector_size) // self._block_size
        blocks = -(-self.size // self._block_size)
        self._bat, self._bat_entries = offset, blocks + max(blocks - 1, 0) // self._chunk_ratio
        if self._bat_entries * 8 > length:
            raise malformed("VHDX block table", f"{length} bytes are too few for {blocks} blocks")

    def _scan_bat(self) -> None:
        """The last block in the file must end within the file: nothing else in a VHDX shows where the file ends."""
        size = 8 * self._bat_entries
        if size > MAX_SCANNED_BAT:
            return
        try:
            table = struct.unpack(f"<{self._bat_entries}Q", self.file.read(self._bat, size))
        except PastEnd:
            raise truncated("its block table is incomplete") from None
        present = [(entry & ~0xFFFFF, index) for index, entry in enumerate(table) if entry & 7 == FULLY_PRESENT]
        offset, index = max(present, default=(0, 0))
        self.check_end(offset + self._stored_size(index) if present else 0, "its last block")
        self.end_checked = True

    def _stored_size(self, index: int) -> int:
        """How many bytes of the block of BAT entry `index` must be in the file."""
        before = index - index // (self._chunk_ratio + 1)
        is_bitmap = (index + 1) % (self._chunk_ratio + 1) == 0
        return MIB if is_bitmap else min(self._block_size, self.size - before * self._block_size)

    def tables(self, offset: int, length: int) -> Iterable[Range]:
        first = self._bat_index(offset // self._block_size)
        last = self._bat_index((offset + length - 1) // self._block_size)
        yield self._bat + 8 * first, 8 * (last - first + 1)

    def map(self, offset: int) -> Piece:
        number, within = divmod(offset, self._block_size)
        entry = int.from_bytes(self.table_entry(self._bat + 8 * self._bat_index(number), 8), "little")
        length, state = self._block_size - within, entry & 7
        if state <= 3:
            return Zero(length)
        if state != FULLY_PRESENT:
            raise malformed("VHDX block table", f"block {number} is in state {state}")
        return Stored(length, (entry & ~0xFFFFF) + within)

    def _bat_index(self, block: int) -> int:
        return block + block // self._chunk_ratio


def _entries(table: bytes, head: struct.Struct, entry: struct.Struct, count: int) -> bytes:
    return table[head.size : head.size + entry.size * count]
