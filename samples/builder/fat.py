"""Makes a FAT32 volume with mkfs.vfat and writes files into it without mounting it."""

from __future__ import annotations

import struct
from pathlib import Path
from typing import BinaryIO

from samples.builder.commands import run
from samples.builder.fat_names import ARCHIVE, DIRECTORY, LABEL, entry, long_entries, padded, short_names
from samples.builder.recipe import SECTOR
from samples.builder.tree import Directory, Tree, nested

ROOT = 2  # the first cluster
END_OF_CHAIN = 0x0FFFFFFF
INFORMATION = (1, 7)  # sectors of the FSInfo structure and its copy
FREE_COUNT = 488


def make(path: Path, tree: Tree, label: str, serial: int, start: int) -> None:
    """Formats the file `path`, which has the size of the volume. `start`: the volume's first sector on the disk."""
    options = ["-F", "32", "-s", "1", "-i", f"{serial & 0xFFFFFFFF:08x}", "-n", label, "-h", str(start)]
    run("mkfs.vfat", "--invariant", *options, str(path))
    with path.open("r+b") as file:
        volume = Volume(file)
        volume.directory(nested(tree), None, entry(label.encode().ljust(11), LABEL))
        volume.finish()


class Volume:
    """Clusters have one sector each and are allocated in order, so every file and directory is contiguous."""

    def __init__(self, file: BinaryIO) -> None:
        boot = file.read(SECTOR)
        self.file = file
        self.reserved, self.tables = struct.unpack_from("<HB", boot, 14)
        sectors, self.table_sectors = struct.unpack_from("<I", boot, 32)[0], struct.unpack_from("<I", boot, 36)[0]
        self.first_sector = self.reserved + self.tables * self.table_sectors
        self.clusters = sectors - self.first_sector
        self.table = [0x0FFFFFF8, END_OF_CHAIN]

    def directory(self, node: Directory, parent: int | None, head: bytes = b"") -> int:
        """Writes a directory and its contents; returns its first cluster.

        `parent`: first cluster of the parent; None for the root, which must be written first; 0 if it is the root.
        """
        shorts = short_names(node)
        longs = {name: long_entries(name, short) for name, short in shorts.items()}
        first = self._take(64 + sum(len(long) + 32 for long in longs.values()))
        if parent is not None:
            head = entry(b".".ljust(11), DIRECTORY, first) + entry(b"..".ljust(11), DIRECTORY, parent)
        here = 0 if parent is None else first
        entries = [longs[name] + self._child(padded(shorts[name]), node[name], here) for name in node]
        self._put(first, head + b"".join(entries))
        return first

    def finish(self) -> None:
        """Writes both FATs and the count of free clusters."""
        for copy in range(self.tables):
            self._write(self.reserved + copy * self.table_sectors, 0, struct.pack(f"<{len(self.table)}I", *self.table))
        free = struct.pack("<II", self.clusters + ROOT - len(self.table), len(self.table) - 1)
        for sector in INFORMATION:
            self._write(sector, FREE_COUNT, free)

    def _child(self, short: bytes, content: Directory | bytes, parent: int) -> bytes:
        if not isinstance(content, bytes):
            return entry(short, DIRECTORY, self.directory(content, parent))
        first = self._take(len(content))
        self._put(first, content)
        return entry(short, ARCHIVE, first if content else 0, len(content))

    def _take(self, size: int) -> int:
        """Allocates a run for `size` bytes and returns its first cluster."""
        first = len(self.table)
        end = first - (-size // SECTOR)
        self.table += [END_OF_CHAIN if cluster == end else cluster for cluster in range(first + 1, end + 1)]
        return first

    def _put(self, cluster: int, data: bytes) -> None:
        self._write(self.first_sector + cluster - ROOT, 0, data)

    def _write(self, sector: int, offset: int, data: bytes) -> None:
        self.file.seek(sector * SECTOR + offset)
        self.file.write(data)
