"""Bytes to inspect: a file that is never held in memory, and the same with some of its bytes changed."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple, Protocol


class Bytes(Protocol):
    """`read` answers exactly `length` bytes, zeros behind the end."""

    name: str
    size: int

    def read(self, offset: int, length: int) -> bytes: ...


class OnDisk:
    """A file. Stays open: it may be read by processes that are forked."""

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
    """`base` under patches, the last on top; `size` may be any other."""

    def __init__(self, base: Bytes, patches: Sequence[Patch], size: int | None = None) -> None:
        self.name, self.size = base.name, base.size if size is None else size
        self._base, self._patches = base, patches

    def read(self, offset: int, length: int) -> bytes:
        data = self._base.read(offset, length)
        touching = [one for one in self._patches if one.touches(offset, length)]
        if not touching:
            return data
        out = bytearray(data)
        for one in touching:
            start, end = max(one.offset, offset), min(one.end, offset + length)
            out[start - offset : end - offset] = one.data[start - one.offset : end - one.offset]
        return bytes(out)

    def read_many(self, ranges: Sequence[tuple[int, int]]) -> Sequence[bytes]:
        return [self.read(*one) for one in ranges]
