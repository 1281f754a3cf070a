"""A file object over ranged GETs, for libraries that need a file."""

from __future__ import annotations

import io
from collections import OrderedDict

from bench.http_file import HttpFile

BLOCK = 64 * 1024  # measured: smaller blocks need more requests in dissect, larger ones only more bytes
BLOCKS = 256


class BlockFile(io.RawIOBase):
    """A cache of aligned blocks, least recently used out first. Adjacent missing blocks are read in one request."""

    def __init__(self, url: str) -> None:
        self._file, self._at = HttpFile(url), 0
        self._blocks: OrderedDict[int, bytes] = OrderedDict()

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._at

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        self._at = offset + {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._file.size}[whence]
        return self._at

    def get_size(self) -> int:
        """libyal needs this method."""
        return self._file.size

    def read(self, size: int | None = -1) -> bytes:
        left = max(0, self._file.size - self._at)
        length = left if size is None or size < 0 else min(size, left)
        if not length:
            return b""
        wanted = range(self._at // BLOCK, -(-(self._at + length) // BLOCK))
        self._fetch(wanted)
        data = b"".join([self._block(number) for number in wanted])
        while len(self._blocks) > BLOCKS:
            self._blocks.popitem(last=False)
        skip = self._at - wanted.start * BLOCK
        self._at += length
        return data[skip : skip + length]

    def _fetch(self, wanted: range) -> None:
        missing = [number for number in wanted if number not in self._blocks]
        while missing:
            first, count = missing[0], 1
            while count < len(missing) and missing[count] == first + count:
                count += 1
            offset = first * BLOCK
            data = self._file.read(offset, min(count * BLOCK, self._file.size - offset))
            for number in missing[:count]:
                self._blocks[number] = data[(number - first) * BLOCK :][:BLOCK]
            missing = missing[count:]

    def _block(self, number: int) -> bytes:
        self._blocks.move_to_end(number)
        return self._blocks[number]
