"""An empty disk as a small file."""

from __future__ import annotations

import struct

CAPACITY = 1 << 30  # bytes
_CLUSTER_BITS = 16
_CLUSTER = 1 << _CLUSTER_BITS


def empty_qcow2() -> bytes:
    """A qcow2 file (version 2) of four clusters: header, refcount table, refcount block, L1 table."""
    table, block, l1 = (number * _CLUSTER for number in (1, 2, 3))
    l1_entries = CAPACITY // (_CLUSTER * (_CLUSTER // 8))
    header = struct.pack(
        ">4sIQIIQIIQQIIQ", b"QFI\xfb", 2, 0, 0, _CLUSTER_BITS, CAPACITY, 0, l1_entries, l1, table, 1, 0, 0
    )
    refcounts = struct.pack(">4H", 1, 1, 1, 1)
    clusters = (header, struct.pack(">Q", block), refcounts, bytes(8 * l1_entries))
    return b"".join(cluster.ljust(_CLUSTER, b"\0") for cluster in clusters)
