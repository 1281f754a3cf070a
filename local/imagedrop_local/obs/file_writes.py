"""Writes files atomically, and with holes where the bytes are zero."""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

CHUNK = 1 << 20
_ZEROS = bytes(CHUNK)


@contextmanager
def temporary_file(folder: Path) -> Iterator[BinaryIO]:
    """A new file in `folder`, deleted at the end unless it was renamed."""
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=folder, delete=False) as file:
        try:
            yield file.file  # type: ignore[misc]
        finally:
            with suppress(FileNotFoundError):
                Path(file.name).unlink()


def path_of(file: BinaryIO) -> Path:
    return Path(str(file.name))


def write(file: BinaryIO, pieces: Iterable[bytes]) -> tuple[str, int]:
    """MD5 (hex) and size of the content. Pieces of zeros become holes."""
    md5, size = hashlib.md5(usedforsecurity=False), 0
    for piece in pieces:
        md5.update(piece)
        size += len(piece)
        if len(piece) <= CHUNK and piece == _ZEROS[: len(piece)]:
            file.seek(size)
        else:
            file.write(piece)
    file.truncate(size)
    file.flush()
    return md5.hexdigest(), size


def append(target: BinaryIO, source: Path) -> int:
    """Copies `source` to the end of `target` and keeps its holes; returns the number of bytes."""
    base = target.seek(0, os.SEEK_END)
    with source.open("rb") as file:
        size = os.fstat(file.fileno()).st_size
        for start, end in _data_ranges(file.fileno(), size):
            file.seek(start)
            target.seek(base + start)
            _copy(file, target, end - start)
    target.truncate(base + size)
    target.seek(base + size)
    return size


def _data_ranges(descriptor: int, size: int) -> Iterator[tuple[int, int]]:
    if not hasattr(os, "SEEK_DATA"):
        yield 0, size
        return
    offset = 0
    while offset < size:
        try:
            start = os.lseek(descriptor, offset, os.SEEK_DATA)
        except OSError:  # ENXIO: only a hole remains
            return
        offset = os.lseek(descriptor, start, os.SEEK_HOLE)
        yield start, offset


def _copy(source: BinaryIO, target: BinaryIO, length: int) -> None:
    while length:
        piece = source.read(min(CHUNK, length))
        if not piece:
            raise OSError("the file became shorter while it was copied")
        target.write(piece)
        length -= len(piece)


def save(path: Path, content: str) -> None:
    """Writes a small file atomically."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with temporary_file(path.parent) as file:
        file.write(content.encode())
        file.flush()
        path_of(file).replace(path)


def remove(path: Path, upto: Path) -> None:
    """Removes a file and the empty folders above it, below `upto`."""
    path.unlink(missing_ok=True)
    for parent in path.parents:
        if parent == upto:
            return
        try:
            parent.rmdir()
        except OSError:
            return


def is_inside(path: Path, root: Path) -> bool:
    """Whether a file is inside `root`: a link may point to another bucket, but not outside."""
    if not path.is_symlink():
        return True
    try:
        return path.resolve(strict=True).is_relative_to(root.resolve())
    except (OSError, RuntimeError):  # a broken link, or a loop
        return False


def remove_tree(path: Path) -> None:
    shutil.rmtree(path, ignore_errors=True)
