"""Looking up names in a FAT filesystem (Microsoft, fatgen103): enough to find the boot manager in an ESP.

Directory entry, 32 bytes:  0 8 name (0xE5 deleted, 0 end)   8 3 extension   11 1 attributes
    20 2 cluster, high (FAT32)   26 2 cluster, low
Long name entry, before its 8.3 entry and last part first: 0 1 number (0x40: the last part), 13 UTF-16 characters at
    1 (5), 14 (6) and 28 (2)
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator
from typing import NamedTuple

from imagedrop.inspection.errors import malformed
from imagedrop.inspection.filesystems import FatGeometry

DIRECTORY_ENTRY = struct.Struct("<8s3sB8xH4xH4x")
LONG_NAME, VOLUME, DIRECTORY, ATTRIBUTE_MASK = 0x0F, 0x08, 0x10, 0x3F  # attributes
DELETED, LAST_PART = 0xE5, 0x40
MAX_DIRECTORY = 8192 * 32  # bytes; an ESP has a few dozen entries
END = {"fat12": 0xFF8, "fat16": 0xFFF8, "fat32": 0x0FFFFFF8}


class Entry(NamedTuple):
    is_directory: bool
    cluster: int


class Fat:
    """`read(offset, length)` is relative to the partition's start."""

    def __init__(self, read: Callable[[int, int], bytes], geometry: FatGeometry) -> None:
        self._read, self._geometry = read, geometry

    def root(self) -> dict[str, Entry]:
        geometry = self._geometry
        if geometry.kind == "fat32":
            return _by_name(self._chain(geometry.root_cluster))
        return _by_name(iter([self._read(geometry.root_at, geometry.root_size)]))

    def directory(self, *path: str) -> dict[str, Entry]:
        """Entries by their long and short names, in lower case; empty where there is no such directory."""
        entries = self.root()
        for name in path:
            entry = entries.get(name.lower())
            if entry is None or not entry.is_directory:
                return {}
            entries = _by_name(self._chain(entry.cluster))
        return entries

    def _chain(self, cluster: int) -> Iterator[bytes]:
        geometry, visited = self._geometry, set[int]()
        while cluster < END[geometry.kind]:
            if not 2 <= cluster < geometry.clusters + 2 or cluster in visited:
                raise malformed("FAT of the EFI system partition", f"a cluster chain leads to cluster {cluster}")
            if len(visited) * geometry.cluster >= MAX_DIRECTORY:
                raise malformed("FAT of the EFI system partition", "a directory is too large")
            visited.add(cluster)
            yield self._read(geometry.data_at + (cluster - 2) * geometry.cluster, geometry.cluster)
            cluster = self._next(cluster)

    def _next(self, cluster: int) -> int:
        offset, kind = self._geometry.fat_at, self._geometry.kind
        if kind == "fat32":
            return int.from_bytes(self._read(offset + 4 * cluster, 4), "little") & 0x0FFFFFFF
        if kind == "fat16":
            return int.from_bytes(self._read(offset + 2 * cluster, 2), "little")
        pair = int.from_bytes(self._read(offset + cluster * 3 // 2, 2), "little")
        return pair >> 4 if cluster & 1 else pair & 0xFFF


def _by_name(parts: Iterator[bytes]) -> dict[str, Entry]:
    found: dict[str, Entry] = {}
    long_name = ""
    for data in _entries(parts):
        base, extension, attributes, cluster_high, cluster_low = DIRECTORY_ENTRY.unpack(data)
        if attributes & ATTRIBUTE_MASK == LONG_NAME:
            part = (data[1:11] + data[14:26] + data[28:32]).decode("utf-16-le", "replace").partition("\0")[0]
            long_name = part if data[0] & LAST_PART else part + long_name
            continue
        if data[0] != DELETED and not attributes & VOLUME:
            entry = Entry(bool(attributes & DIRECTORY), cluster_high << 16 | cluster_low)
            for name in {_short_name(base, extension), long_name.lower()} - {""}:
                found.setdefault(name, entry)
        long_name = ""
    return found


def _entries(parts: Iterator[bytes]) -> Iterator[bytes]:
    for part in parts:
        for offset in range(0, len(part) - 31, 32):
            if not part[offset]:
                return
            yield part[offset : offset + 32]


def _short_name(base: bytes, extension: bytes) -> str:
    name, suffix = base.decode("latin-1").rstrip(), extension.decode("latin-1").rstrip()
    return (f"{name}.{suffix}" if suffix else name).lower()
