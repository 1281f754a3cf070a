"""The GUID partition table (UEFI specification 2.10, chapter 5.3). Everything is little-endian.

Header, in the second sector; its backup is in the last one:
     0  8  "EFI PART"                       24  8  my LBA               72  8  partition entry LBA
    12  4  header size                      32  8  alternate LBA        80  4  number of entries
    16  4  header CRC32, this field zero    40  8  first usable LBA     84  4  size of an entry    88  4  entries' CRC32
Entry: 0 16 type GUID, zero if unused       32  8  starting LBA         40  8  ending LBA
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from typing import NamedTuple

from imagedrop.inspection.containers.base import Container
from imagedrop.inspection.guids import guid

HEADER, ENTRY = struct.Struct("<8s4xII4xQQQ24xQIII"), struct.Struct("<16s16xQQ")
SIGNATURE = b"EFI PART"
MAX_TABLE = 1024 * 1024  # bytes; the specification asks for 16 KiB
TYPES = {
    "c12a7328-f81f-11d2-ba4b-00a0c93ec93b": "efi_system",
    "e3c9e316-0b5c-4db8-817d-f92df00215ae": "microsoft_reserved",
    "ebd0a0a2-b9e5-4433-87c0-68b6b72699c7": "basic_data",
    "de94bba4-06d1-4d40-a16a-bfd50179d6ac": "recovery",
    "5808c8aa-7e8f-42e0-85d2-e1e90434cfb3": "ldm_metadata",
    "af9b60a0-1431-4f62-bc68-3311714a69ad": "ldm_data",
    "e75caf8f-f680-4cee-afa3-b001e56efc2d": "storage_spaces",
    "21686148-6449-6e6f-744e-656564454649": "bios_boot",
    "0fc63daf-8483-4772-8e79-3d69d8477de4": "linux_filesystem",
    "0657fd6d-a4ab-43c4-84e5-0933c84b4f4f": "linux_swap",
    "e6d6d379-f507-44c2-a23c-238f2a3df928": "linux_lvm",
}


class Bad(Exception):
    """This header, or the entries it points to, cannot be used; the text gives the reason."""


class Entry(NamedTuple):
    """`start` and `sectors` in sectors of the disk."""

    type: str
    start: int
    sectors: int


class Table(NamedTuple):
    """`sectors`: how many the disk must have for both headers and all that is between them."""

    entries: list[Entry]
    sectors: int


def read(disk: Container, lba: int, sector_size: int) -> Table:
    """The table of the header in sector `lba`. Raises Bad."""
    if lba < 1 or (lba + 1) * sector_size > disk.size:
        raise Bad(f"the disk has no sector {lba}")
    data = disk.read(lba * sector_size, sector_size)
    (signature, length, header_crc32, my_lba, alternate_lba, first_usable_lba, entry_lba, count, width,
     entries_crc32) = HEADER.unpack_from(data)  # fmt: skip
    if signature != SIGNATURE:
        raise Bad("its signature is missing")
    if not 92 <= length <= sector_size or zlib.crc32(data[:16] + bytes(4) + data[20:length]) != header_crc32:
        raise Bad("its checksum is wrong")
    if my_lba != lba or width < 128 or width % 8 or count * width > MAX_TABLE:
        raise Bad(f"it states sector {my_lba}, {count} entries of {width} bytes")
    if entry_lba * sector_size + count * width > disk.size:
        raise Bad(f"its entries lie in sector {entry_lba}, past the end of the disk")
    table = disk.read(entry_lba * sector_size, count * width)
    if zlib.crc32(table) != entries_crc32:
        raise Bad("the checksum of its entries is wrong")
    return Table(list(_used(table, width)), max(lba, alternate_lba, first_usable_lba) + 1)


def _used(table: bytes, width: int) -> Iterator[Entry]:
    for offset in range(0, len(table), width):
        type_guid, first, last = ENTRY.unpack_from(table, offset)
        if any(type_guid):
            name = guid(type_guid)
            yield Entry(TYPES.get(name, name), first, last - first + 1)
