"""What the Windows Overlay Filter packs, each file by itself (CompactOS): chunks that are unpacked where they are read.

Reparse point (MS-FSCC 2.1.2, wofapi: WOF_EXTERNAL_INFO, FILE_PROVIDER_EXTERNAL_INFO):
 0 4 tag, 0x80000017   4 2 bytes from 8 on   6 2 reserved
 8 4 version, 1   12 4 provider, 1: a WIM file, 2: each file by itself   16 4 version, 1   20 4 algorithm
Stream WofCompressedData:
 0 .. where each chunk but the first begins, from the end of this table on; 4 bytes each, 8 for a file of 4 GiB or more
 .. .. chunks; one that has as many bytes as it stands for is stored as it is
"""

from __future__ import annotations

import struct
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple, Protocol

from imagedrop.inspection.errors import PastEnd, malformed
from imagedrop.inspection.unpack.lzx import lzx
from imagedrop.inspection.unpack.xpress import xpress

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

TAG = 0x80000017
EACH_FILE = 2
WHAT = "file packed by the Windows Overlay Filter"
READ_MOST = 1024 * 1024  # one read: that many bytes take up to a second or two to unpack
STEPS_FOR_3_BYTES = 2  # unpacked; so slow is LZX of as many blocks as may be
KEPT = 2 * READ_MOST  # bytes of unpacked chunks


class Algorithm(NamedTuple):
    chunk: int  # bytes, unpacked
    unpack: Callable[[bytes, int], bytes]


ALGORITHMS = [Algorithm(4096, xpress), Algorithm(32768, lzx), Algorithm(8192, xpress), Algorithm(16384, xpress)]


class Packed(Protocol):
    """The stream WofCompressedData. `read` answers exactly `length` bytes, `prefetch` brings ranges in at once."""

    size: int

    def read(self, offset: int, length: int) -> bytes: ...
    def prefetch(self, ranges: Sequence[tuple[int, int]]) -> None: ...


def wof_algorithm(point: bytes) -> int | None:
    """How a file is packed, of the content of its reparse point; None: not by this filter. Raises Unreadable."""
    if len(point) < 4 or struct.unpack_from("<I", point)[0] != TAG:
        return None
    if len(point) < 24:
        raise malformed(WHAT, f"a reparse point of {len(point)} bytes")
    version, provider, inner, algorithm = struct.unpack_from("<IIII", point, 8)
    if (version, provider, inner) != (1, EACH_FILE, 1):
        raise malformed(WHAT, f"provider {provider}, versions {version} and {inner}")
    return int(algorithm)


class WofStream:
    """The content, `size` bytes, of a file whose stream WofCompressedData is `packed`. `work` charges for unpacking."""

    def __init__(
        self, packed: Packed, algorithm: int, size: int, work: Callable[[int], None] = lambda steps: None
    ) -> None:
        if not 0 <= algorithm < len(ALGORITHMS):
            raise malformed(WHAT, f"algorithm {algorithm}")
        self.size, self._packed, self._work = size, packed, work
        self._chunk, self._unpack = ALGORITHMS[algorithm]
        self._count = -(-size // self._chunk)
        self._width = 4 if size < 1 << 32 else 8
        self._start = self._width * max(0, self._count - 1)
        if size < 0 or self._start > packed.size:
            raise malformed(WHAT, f"{packed.size} bytes cannot hold {self._count} chunks")
        self._unpacked: dict[int, bytes] = {}

    def read(self, offset: int, length: int) -> bytes:
        """Exactly `length` bytes, at most 1 MiB. Raises PastEnd, Unreadable."""
        if offset < 0 or length < 0 or offset + length > self.size:
            raise PastEnd(offset, length, self.size)
        if length > READ_MOST:
            raise malformed(WHAT, f"{length} bytes in one read")
        chunks = self._chunks(offset, length)
        if missing := [number for number in chunks if number not in self._unpacked]:
            self._load(range(missing[0], missing[-1] + 1))
        at = offset - chunks.start * self._chunk
        return b"".join([self._unpacked[number] for number in chunks])[at : at + length]

    def prefetch(self, ranges: Sequence[tuple[int, int]]) -> None:
        """Brings in what several reads need: first what says where it lies, then the chunks."""
        inside = [(at, min(length, READ_MOST, self.size - at)) for at, length in ranges if 0 <= at < self.size]
        wanted = [self._chunks(at, length) for at, length in inside if length > 0]
        self._packed.prefetch([place for chunks in wanted for place in self._places(chunks)])
        self._packed.prefetch([(at[0], at[-1] - at[0]) for at in map(self._bounds, wanted)])

    def _chunks(self, offset: int, length: int) -> range:
        return range(offset // self._chunk, -(-(offset + length) // self._chunk) if length > 0 else 0)

    def _load(self, chunks: range) -> None:
        self._packed.prefetch(self._places(chunks))
        bounds = self._bounds(chunks)
        data = self._packed.read(bounds[0], bounds[-1] - bounds[0])
        if len(self._unpacked) + len(chunks) > KEPT // self._chunk:
            self._unpacked = {number: self._unpacked[number] for number in chunks if number in self._unpacked}
        for number, (start, end) in zip(chunks, pairwise(bounds), strict=True):
            if number not in self._unpacked:
                self._work(STEPS_FOR_3_BYTES * self._chunk // 3)
                piece, size = data[start - bounds[0] : end - bounds[0]], self._size(number)
                self._unpacked[number] = piece if len(piece) == size else self._unpack(piece, size)

    def _places(self, chunks: range) -> list[tuple[int, int]]:
        """The entries that say where chunks lie, and the first chunk, of which that is known."""
        first, last = max(chunks.start, 1), min(chunks.stop, self._count - 1)
        entries = (self._width * (first - 1), self._width * max(0, last - first + 1))
        return [entries] if chunks.start else [entries, (self._start, self._chunk)]

    def _bounds(self, chunks: range) -> list[int]:
        """Where each chunk begins, and where the last one ends."""
        entries = self._packed.read(*self._places(chunks)[0])
        bounds = [self._start] if not chunks.start else []
        bounds += [
            self._start + int.from_bytes(entries[at : at + self._width], "little")
            for at in range(0, len(entries), self._width)
        ]
        bounds += [self._packed.size] if chunks.stop == self._count else []
        for number, (start, end) in zip(chunks, pairwise(bounds), strict=True):
            if not 0 < end - start <= self._size(number) or end > self._packed.size:
                raise malformed(WHAT, f"chunk {number} lies from {start} to {end} of {self._packed.size}")
        return bounds

    def _size(self, number: int) -> int:
        return min(self._chunk, self.size - number * self._chunk)
