"""The NTFS boot sector. Everything is little-endian.

  3  8  "NTFS    "          48  8  cluster of $MFT
 11  2  bytes a sector      56  8  cluster of its mirror
 13  1  sectors a cluster   64  1  clusters a record of the MFT     each of the three, where it is above 127 (0x80):
 40  8  sectors             68  1  clusters a block of an index     2 to the power of 256 minus it (of clusters: in
510  2  0x55AA                                                      sectors, of records and blocks: in bytes)
"""

from __future__ import annotations

import struct
from typing import NamedTuple

from imagedrop.inspection.errors import malformed

CLUSTER_MOST = 2 * 1024 * 1024
RECORD_MOST = 4096
INDEX_MOST = 65536


class Geometry(NamedTuple):
    """Sizes and places are bytes."""

    cluster: int
    record: int
    index_block: int
    mft_at: int
    size: int


def parse(sector: bytes) -> Geometry:
    """Raises Unreadable where no NTFS could say this of itself."""
    per_sector, per_cluster = struct.unpack_from("<HB", sector, 11)
    sectors, mft = struct.unpack_from("<QQ", sector, 40)
    cluster = per_sector * per_cluster if per_cluster <= 0x80 else per_sector << min(256 - per_cluster, 63)
    record, index = (_size(sector[at], cluster) for at in (64, 68))
    sane = per_sector in (512, 1024, 2048, 4096) and _power_of_2(cluster) and cluster <= CLUSTER_MOST
    if not sane or not _power_of_2(record) or not 512 <= record <= RECORD_MOST:
        raise malformed("NTFS boot sector", f"clusters of {cluster} bytes, MFT records of {record}")
    if not _power_of_2(index) or not 512 <= index <= INDEX_MOST:
        raise malformed("NTFS boot sector", f"index blocks of {index} bytes")
    return Geometry(cluster, record, index, mft * cluster, sectors * per_sector)


def _size(count: int, cluster: int) -> int:
    return count * cluster if count < 0x80 else 1 << min(256 - count, 63)


def _power_of_2(number: int) -> bool:
    return number > 0 and not number & (number - 1)
