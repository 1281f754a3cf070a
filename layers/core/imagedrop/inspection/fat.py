"""Looking up names in a FAT filesystem (Microsoft, fatgen103): enough to see whether an ESP holds a boot manager.

Directory entry, 32 bytes:  0 11 name 8.3 (0xE5 deleted, 0 end)   11 1 attributes (0x0F long name, 0x08 volume,
    0x10 directory)         20 2 cluster, high (FAT32)            26 2 cluster, low     28 4 size
Long name entry, before its 8.3 entry and last part first: 0 1 number (0x40: the last part), 13 UTF-16 characters at
    1 (5), 14 (6) and 28 (2)
"""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, NamedTuple

from imagedrop.inspection.errors import malformed
from imagedrop.inspection.filesystems import FatGeometry

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

DIRECTORY_MOST = 8192 * 32  # bytes; an ESP has a few dozen entries
END = {"fat12": 0xFF8, "fat16": 0xFFF8, "fat32": 0x0FFFFFF8}


class Entry(NamedTuple):
    name: str  # lower case: FAT does not tell cases apart
    is_directory: bool
    cluster: int
    size: int


class Fat:
    """`read(offset, length)` is relative to the partition's start."""

    def __init__(self, read: Callable[[int, int], bytes], geometry: FatGeometry) -> None:
        self._read, self._geometry = read, geometry

    def root(self) -> dict[str, Entry]:
        geometry = self._geometry
        if geometry.kind == "fat32":
            return _names(self._chain(geometry.root_cluster))
        return _names(iter([self._read(geometry.root_at, geometry.root_size)]))

    def directory(self, *path: str) -> dict[str, Entry]:
        """Entries by their names in lower case, long and short; empty where there is no such directory."""
        entries = self.root()
        for name in path:
            found = entries.get(name.lower())
            if found is None or not found.is_directory:
                return {}
            entries = _names(self._chain(found.cluster))
        return entries

    def _chain(self, cluster: int) -> Iterator[bytes]:
        geometry, seen = self._geometry, set[int]()
        while cluster < END[geometry.kind]:
            if not 2 <= cluster < geometry.clusters + 2 or cluster in seen:
                raise malformed("FAT of the EFI system partition", f"its chain leads to cluster {cluster}")
            if len(seen) * geometry.cluster >= DIRECTORY_MOST:
                raise malformed("FAT of the EFI system partition", "a directory does not end")
            seen.add(cluster)
            yield self._read(geometry.data_at + (cluster - 2) * geometry.cluster, geometry.cluster)
            cluster = self._next(cluster)

    def _next(self, cluster: int) -> int:
        at, kind = self._geometry.fat_at, self._geometry.kind
        if kind == "fat32":
            return int(struct.unpack("<I", self._read(at + 4 * cluster, 4))[0]) & 0x0FFFFFFF
        if kind == "fat16":
            return int(struct.unpack("<H", self._read(at + 2 * cluster, 2))[0])
        (pair,) = struct.unpack("<H", self._read(at + cluster * 3 // 2, 2))
        return int(pair >> 4 if cluster & 1 else pair & 0xFFF)


def _names(parts: Iterator[bytes]) -> dict[str, Entry]:
    found: dict[str, Entry] = {}
    long = ""
    for raw in _entries(parts):
        if raw[11] & 0x3F == 0x0F:
            piece = (raw[1:11] + raw[14:26] + raw[28:32]).decode("utf-16-le", "replace").partition("\0")[0]
            long = piece if raw[0] & 0x40 else piece + long
            continue
        if raw[0] != 0xE5 and not raw[11] & 0x08:
            for name in {_short(raw), long.lower()} - {""}:
                found.setdefault(name, _entry(raw, name))
        long = ""
    return found


def _entries(parts: Iterator[bytes]) -> Iterator[bytes]:
    for part in parts:
        for at in range(0, len(part) - 31, 32):
            if not part[at]:
                return
            yield part[at : at + 32]


def _entry(raw: bytes, name: str) -> Entry:
    (high,), (low, size) = struct.unpack_from("<H", raw, 20), struct.unpack_from("<HI", raw, 26)
    return Entry(name, bool(raw[11] & 0x10), high << 16 | low, size)


def _short(raw: bytes) -> str:
    base, extension = raw[:8].decode("latin-1").rstrip(), raw[8:11].decode("latin-1").rstrip()
    return (f"{base}.{extension}" if extension else base).lower()
