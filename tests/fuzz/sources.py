"""Bytes to inspect: a file that is never held in memory, and the same with some of its bytes changed."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple, Protocol


class Bytes(Protocol):
    """`read` answers exactly `length` bytes, zeros past the end."""

    name: str
    size: int

    def read(self, offset: int, length: int) -> bytes: ...


class OnDisk:
    """A file. It stays open, so that forked processes can read it."""

    def __init__(self, path: Path) -> None:
        self.name = path.name
        self._file = os.open(path, os.O_RDONLY)
        self.size = os.fstat(self._file).st_size

    def read(self, offset: int, length: int) -> bytes:
        return os.pread(self._file, length, offset).ljust(length, b"\0")


class Patch(NamedTuple):
    offset: int
    data: bytes

    @property
    def end(self) -> int:
        return self.offset + len(self.data)

    def touches(self, offset: int, length: int) -> bool:
        return self.offset < offset + length and offset < self.end


class Patched:
    """`base` with patches, later ones over earlier ones; `size` may differ."""

    def __init__(self, base: Bytes, patches: Sequence[Patch], size: int | None = None) -> None:
        self.name, self.size = base.name, base.size if size is None else size
        self._base, self._patches = base, patches

    def read(self, offset: int, length: int) -> bytes:
        data = self._base.read(offset, length)
        touching = [patch for patch in self._patches if patch.touches(offset, length)]
        if not touching:
            return data
        out = bytearray(data)
        for patch in touching:
            start, end = max(patch.offset, offset), min(patch.end, offset + length)
            out[start - offset : end - offset] = patch.data[start - patch.offset : end - patch.offset]
        return bytes(out)

    def read_many(self, ranges: Sequence[tuple[int, int]]) -> Sequence[bytes]:
        return [self.read(offset, length) for offset, length in ranges]
