"""Files that the Windows Overlay Filter compressed (CompactOS): chunks that are decompressed where they are read.

Reparse point (MS-FSCC 2.1.2, wofapi: WOF_EXTERNAL_INFO, FILE_PROVIDER_EXTERNAL_INFO):
 0 4 tag, 0x80000017   4 2 size of the rest   6 2 reserved   8 4 version, 1   12 4 provider, 1: a WIM file, 2: the file
16 4 provider's version, 1   20 4 algorithm
Stream WofCompressedData:
 0 .. table: the offsets, from its end, of all chunks but the first; 4 bytes each, 8 for a file of 4 GiB or more
 .. .. chunks; one that is as large as its content is not compressed
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import NamedTuple, Protocol

from imagedrop.inspection.errors import PastEnd, malformed
from imagedrop.inspection.unpack.lzx import lzx
from imagedrop.inspection.unpack.xpress import xpress

REPARSE_TAG = struct.Struct("<I")
REPARSE_POINT = struct.Struct("<8xIIII")
WOF_TAG = 0x80000017
FILE_PROVIDER = 2
WHAT = "file compressed by the Windows Overlay Filter"
MAX_READ = 1024 * 1024  # bytes in one read; they take up to two seconds to decompress
STEPS_PER_3_BYTES = 2  # of content; the cost of LZX with MAX_BLOCKS blocks
MAX_KEPT = 2 * MAX_READ  # bytes of decompressed chunks


class Algorithm(NamedTuple):
    chunk_size: int  # bytes of content
    decompress: Callable[[bytes, int], bytes]


ALGORITHMS = [Algorithm(4096, xpress), Algorithm(32768, lzx), Algorithm(8192, xpress), Algorithm(16384, xpress)]


class CompressedData(Protocol):
    """The stream WofCompressedData. `read`: exactly `length` bytes; `prefetch`: ranges in one round trip."""

    size: int

    def read(self, offset: int, length: int) -> bytes: ...
    def prefetch(self, ranges: Sequence[tuple[int, int]]) -> None: ...


def wof_algorithm(point: bytes) -> int | None:
    """By the content of a file's reparse point; None: this filter did not compress it. Raises Unreadable."""
    if len(point) < REPARSE_TAG.size or REPARSE_TAG.unpack_from(point)[0] != WOF_TAG:
        return None
    if len(point) < REPARSE_POINT.size:
        raise malformed(WHAT, f"a reparse point of {len(point)} bytes")
    version, provider, provider_version, algorithm = REPARSE_POINT.unpack_from(point)
    if (version, provider, provider_version) != (1, FILE_PROVIDER, 1):
        raise malformed(WHAT, f"provider {provider}, versions {version} and {provider_version}")
    return int(algorithm)


class WofStream:
    """The content of a file, `size` bytes. `compressed`: its stream WofCompressedData."""

    def __init__(
        self, compressed: CompressedData, algorithm: int, size: int, charge: Callable[[int], None] = lambda steps: None
    ) -> None:
        if not 0 <= algorithm < len(ALGORITHMS):
            raise malformed(WHAT, f"algorithm {algorithm}")
        self.size, self._compressed, self._charge = size, compressed, charge
        self._chunk_size, self._decompress = ALGORITHMS[algorithm]
        self._count = -(-size // self._chunk_size)
        self._entry_size = 4 if size < 1 << 32 else 8
        self._table_size = self._entry_size * max(0, self._count - 1)
        if size < 0 or self._table_size > compressed.size:
            raise malformed(WHAT, f"{compressed.size} bytes cannot hold {self._count} chunks")
        self._kept: dict[int, bytes] = {}

    def read(self, offset: int, length: int) -> bytes:
        """Exactly `length` bytes, at most 1 MiB. Raises PastEnd, Unreadable."""
        if offset < 0 or length < 0 or offset + length > self.size:
            raise PastEnd(offset, length, self.size)
        if length > MAX_READ:
            raise malformed(WHAT, f"{length} bytes in one read")
        chunks = self._chunks(offset, length)
        if missing := [number for number in chunks if number not in self._kept]:
            self._load(range(missing[0], missing[-1] + 1))
        at = offset - chunks.start * self._chunk_size
        return b"".join([self._kept[number] for number in chunks])[at : at + length]

    def prefetch(self, ranges: Sequence[tuple[int, int]]) -> None:
        """Fetches what several reads need: first the entries of the table, then the chunks."""
        inside = [(at, min(length, MAX_READ, self.size - at)) for at, length in ranges if 0 <= at < self.size]
        wanted = [self._chunks(at, length) for at, length in inside if length > 0]
        self._compressed.prefetch([part for chunks in wanted for part in self._entries(chunks)])
        self._compressed.prefetch([(bounds[0], bounds[-1] - bounds[0]) for bounds in map(self._bounds, wanted)])

    def _chunks(self, offset: int, length: int) -> range:
        return range(offset // self._chunk_size, -(-(offset + length) // self._chunk_size) if length > 0 else 0)

    def _load(self, chunks: range) -> None:
        self._compressed.prefetch(self._entries(chunks))
        bounds = self._bounds(chunks)
        data = self._compressed.read(bounds[0], bounds[-1] - bounds[0])
        if len(self._kept) + len(chunks) > MAX_KEPT // self._chunk_size:
            self._kept = {number: self._kept[number] for number in chunks if number in self._kept}
        for number, (start, end) in zip(chunks, pairwise(bounds), strict=True):
            if number not in self._kept:
                self._charge(STEPS_PER_3_BYTES * self._chunk_size // 3)
                chunk, size = data[start - bounds[0] : end - bounds[0]], self._size(number)
                self._kept[number] = chunk if len(chunk) == size else self._decompress(chunk, size)

    def _entries(self, chunks: range) -> list[tuple[int, int]]:
        """The range of the table with the bounds of chunks, and the range of the first chunk, which has no entry."""
        first, last = max(chunks.start, 1), min(chunks.stop, self._count - 1)
        entries = (self._entry_size * (first - 1), self._entry_size * max(0, last - first + 1))
        return [entries] if chunks.start else [entries, (self._table_size, self._chunk_size)]

    def _bounds(self, chunks: range) -> list[int]:
        """The offset of each chunk, and the end of the last one."""
        entries = self._compressed.read(*self._entries(chunks)[0])
        bounds = [self._table_size] if not chunks.start else []
        bounds += [
            self._table_size + int.from_bytes(entries[at : at + self._entry_size], "little")
            for at in range(0, len(entries), self._entry_size)
        ]
        bounds += [self._compressed.size] if chunks.stop == self._count else []
        for number, (start, end) in zip(chunks, pairwise(bounds), strict=True):
            if not 0 < end - start <= self._size(number) or end > self._compressed.size:
                raise malformed(WHAT, f"chunk {number} is from {start} to {end} of {self._compressed.size}")
        return bounds

    def _size(self, number: int) -> int:
        return min(self._chunk_size, self.size - number * self._chunk_size)
