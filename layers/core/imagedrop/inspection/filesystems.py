"""The filesystem of a partition, by its boot sector (and, for ext, its superblock).

   3  8  "NTFS    ", "EXFAT   ", "ReFS", "-FVE-FS-" (BitLocker)       510  2  0x55AA
 424 16  GUID of BitLocker To Go, in a boot sector like that of FAT32  1080  2  0xEF53 (ext2, 3, 4)
BIOS parameter block of FAT (fatgen103):
  11  2  bytes per sector        16  1  FATs               21  1  media, from 0xF0    32  4  sectors, 32 bits
  13  1  sectors per cluster     17  2  root entries       22  2  sectors of a FAT    36  4  sectors of a FAT, 32 bits
  14  2  reserved sectors        19  2  sectors            44  4  root cluster
"""

from __future__ import annotations

import struct
from typing import Literal, NamedTuple

from imagedrop.inspection.facts import Filesystem

FatKind = Literal["fat12", "fat16", "fat32"]


BIOS_PARAMETER_BLOCK = struct.Struct("<11xHBHBHHBH8xII4xI")
BOOT_BYTES = 2048  # bytes from the partition's start that `identify` needs
OEM_NAMES: dict[bytes, Filesystem] = {
    b"NTFS    ": "ntfs",
    b"EXFAT   ": "exfat",
    b"ReFS\0\0\0\0": "refs",
    b"-FVE-FS-": "bitlocker",
}
BITLOCKER_TO_GO = bytes.fromhex("3bd66749292ed84a8399f6a339e3d001")


class FatGeometry(NamedTuple):
    """Sizes and offsets in bytes; `clusters` counts those of the data area, whose first is number 2."""

    kind: FatKind
    cluster: int
    fat_at: int
    root_at: int  # of FAT12 and FAT16
    root_size: int
    data_at: int
    clusters: int
    root_cluster: int  # of FAT32


def identify(start: bytes) -> Filesystem | None:
    if name := OEM_NAMES.get(start[3:11]):
        return name
    if start[424:440] == BITLOCKER_TO_GO:
        return "bitlocker"
    if start[1080:1082] == b"\x53\xef":
        return "ext"
    geometry = fat_geometry(start)
    return geometry.kind if geometry else None


def fat_geometry(boot: bytes) -> FatGeometry | None:
    """From the BIOS parameter block; None where it cannot be one."""
    if len(boot) < 512 or boot[510:512] != b"\x55\xaa" or boot[0] not in (0xEB, 0xE9):
        return None
    (sector, per_cluster, reserved, fats, root_entries, sectors, media, fat_sectors, sectors_32, fat_sectors_32,
     root_cluster) = BIOS_PARAMETER_BLOCK.unpack_from(boot)  # fmt: skip
    plausible = sector in (512, 1024, 2048, 4096) and per_cluster and not per_cluster & (per_cluster - 1)
    if not plausible or not reserved or fats not in (1, 2) or media < 0xF0:
        return None
    cluster, fat_at, root_size = per_cluster * sector, reserved * sector, root_entries * 32
    fat_size = (fat_sectors or fat_sectors_32) * sector
    root_at = fat_at + fats * fat_size
    data_at = root_at + -(-root_size // sector) * sector
    clusters = ((sectors or sectors_32) * sector - data_at) // cluster
    if clusters <= 0 or not fat_size:
        return None
    kind: FatKind = "fat32" if not fat_sectors else "fat12" if clusters < 4085 else "fat16"
    return FatGeometry(kind, cluster, fat_at, root_at, root_size, data_at, clusters, root_cluster)
