"""The filesystem of a partition, by its boot sector (and, for ext, its superblock).

   3  8  "NTFS    ", "EXFAT   ", "ReFS", "-FVE-FS-" (BitLocker)       FAT (fatgen103):
 424 16  BitLocker To Go's GUID, in a boot sector like FAT32's      11 2 bytes a sector    13 1 sectors a cluster
1080  2  0xEF53 (ext2, 3, 4)                                        14 2 reserved sectors  16 1 FATs
                                                                    17 2 root entries      19 2, 32 4 sectors
 510  2  0x55AA                                                     22 2, 36 4 sectors of a FAT   44 4 root cluster
"""

from __future__ import annotations

import struct
from typing import Literal, NamedTuple

Filesystem = Literal["ntfs", "fat12", "fat16", "fat32", "exfat", "refs", "ext", "bitlocker"]

LOOKED_AT = 2048  # bytes from the partition's start that `identify` needs
OEM_NAMES: dict[bytes, Filesystem] = {
    b"NTFS    ": "ntfs",
    b"EXFAT   ": "exfat",
    b"ReFS\0\0\0\0": "refs",
    b"-FVE-FS-": "bitlocker",
}
TO_GO = bytes.fromhex("3bd66749292ed84a8399f6a339e3d001")


class FatGeometry(NamedTuple):
    """Sizes and places in bytes; `clusters` counts those of the data area, whose first is number 2."""

    kind: Literal["fat12", "fat16", "fat32"]
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
    if start[424:440] == TO_GO:
        return "bitlocker"
    if start[1080:1082] == b"\x53\xef":
        return "ext"
    geometry = fat_geometry(start)
    return geometry.kind if geometry else None


def fat_geometry(boot: bytes) -> FatGeometry | None:
    """From the BIOS parameter block; None where it cannot be one."""
    if len(boot) < 512 or boot[510:512] != b"\x55\xaa" or boot[0] not in (0xEB, 0xE9):
        return None
    sector, per_cluster, reserved, fats, root_entries, sectors, media, fat_sectors = struct.unpack_from(
        "<HBHBHHBH", boot, 11
    )
    more_sectors, more_fat_sectors = struct.unpack_from("<II", boot, 32)
    plausible = sector in (512, 1024, 2048, 4096) and per_cluster and not per_cluster & (per_cluster - 1)
    if not plausible or not reserved or fats not in (1, 2) or media < 0xF0:
        return None
    old = fat_sectors != 0
    root_size = root_entries * 32
    fat_size = (fat_sectors or more_fat_sectors) * sector
    root_at = reserved * sector + fats * fat_size
    data_at = root_at + -(-root_size // sector) * sector
    clusters = ((sectors or more_sectors) * sector - data_at) // (per_cluster * sector)
    if clusters <= 0 or not fat_size:
        return None
    kind: Literal["fat12", "fat16", "fat32"] = "fat32" if not old else "fat12" if clusters < 4085 else "fat16"
    (root_cluster,) = struct.unpack_from("<I", boot, 44)
    return FatGeometry(
        kind, per_cluster * sector, reserved * sector, root_at, root_size, data_at, clusters, root_cluster
    )
