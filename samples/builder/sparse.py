"""Where a sparse file has data, and moving it."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from pathlib import Path

CHUNK = 1 << 20


def create(path: Path, size: int) -> Path:
    with path.open("wb") as file:
        file.truncate(size)
    return path


def extents(descriptor: int) -> Iterator[tuple[int, int]]:
    """(start, end) of each run that is not a hole."""
    end = 0
    while True:
        try:
            start = os.lseek(descriptor, end, os.SEEK_DATA)
        except OSError as error:
            if error.errno == errno.ENXIO:  # only a hole is left
                return
            raise
        end = os.lseek(descriptor, start, os.SEEK_HOLE)
        yield start, end


def copy_into(disk: Path, source: Path, offset: int) -> None:
    """Writes the data of `source` into `disk` from byte `offset`."""
    with source.open("rb") as read, disk.open("r+b") as write:
        for start, end in extents(read.fileno()):
            for at in range(start, end, CHUNK):
                data = os.pread(read.fileno(), min(CHUNK, end - at), at)
                if data.strip(b"\0"):
                    os.pwrite(write.fileno(), data, offset + at)
