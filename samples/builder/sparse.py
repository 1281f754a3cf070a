"""Sparse files: creating them, finding their data, copying it."""

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
    """(start, end) of each range with data."""
    end = 0
    while True:
        try:
            start = os.lseek(descriptor, end, os.SEEK_DATA)
        except OSError as error:
            if error.errno == errno.ENXIO:  # no more data
                return
            raise
        end = os.lseek(descriptor, start, os.SEEK_HOLE)
        yield start, end


def copy_into(disk: Path, source: Path, offset: int) -> None:
    """Copies the data of `source` to `offset` in `disk`, without its holes."""
    with source.open("rb") as read, disk.open("r+b") as write:
        for start, end in extents(read.fileno()):
            for at in range(start, end, CHUNK):
                data = os.pread(read.fileno(), min(CHUNK, end - at), at)
                if data.strip(b"\0"):
                    os.pwrite(write.fileno(), data, offset + at)
