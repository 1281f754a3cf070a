"""The NTFS boot sector.

 11 2 bytes per sector      40 8 number of sectors    64 1 clusters per MFT record
 13 1 sectors per cluster   48 8 cluster of $MFT      68 1 clusters per index block
A value n above 127 (in sectors per cluster: above 128) means 2^(256 - n): sectors in a cluster, bytes in the others.
"""

from __future__ import annotations

import struct
from typing import NamedTuple

from imagedrop.inspection.errors import malformed

BOOT_SECTOR = struct.Struct("<11xHB26xQQ8xB3xB")
MAX_CLUSTER = 2 * 1024 * 1024
MAX_RECORD = 4096
MAX_INDEX_BLOCK = 65536


class Geometry(NamedTuple):
    """In bytes."""

    cluster_size: int
    record_size: int
    index_block_size: int
    mft_offset: int
    volume_size: int


def parse(sector: bytes) -> Geometry:
    """Raises Unreadable where no NTFS volume can have such sizes."""
    per_sector, per_cluster, sectors, mft_cluster, per_record, per_index_block = BOOT_SECTOR.unpack_from(sector)
    cluster = per_sector * per_cluster if per_cluster <= 0x80 else per_sector << min(256 - per_cluster, 63)
    record, index_block = _size(per_record, cluster), _size(per_index_block, cluster)
    valid = per_sector in (512, 1024, 2048, 4096) and _is_power_of_2(cluster) and cluster <= MAX_CLUSTER
    if not valid or not _is_power_of_2(record) or not 512 <= record <= MAX_RECORD:
        raise malformed("NTFS boot sector", f"clusters of {cluster} bytes, MFT records of {record}")
    if not _is_power_of_2(index_block) or not 512 <= index_block <= MAX_INDEX_BLOCK:
        raise malformed("NTFS boot sector", f"index blocks of {index_block} bytes")
    return Geometry(cluster, record, index_block, mft_cluster * cluster, sectors * per_sector)


def _size(clusters: int, cluster_size: int) -> int:
    return clusters * cluster_size if clusters < 0x80 else 1 << min(256 - clusters, 63)


def _is_power_of_2(number: int) -> bool:
    return number > 0 and not number & (number - 1)
