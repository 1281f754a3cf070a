"""The ranges of an image that an inspection reads: only changes of these bytes have an effect."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterator
from types import FrameType
from typing import NamedTuple

from imagedrop.inspection import block_cache, findings_report, inspector, replay
from imagedrop.inspection.block_cache import WINDOW, BlockCache
from imagedrop.inspection.containers import base
from imagedrop.inspection.ntfs import Volume, streams
from imagedrop.inspection.unpack import wof
from imagedrop.inspection.windows import installation

INSPECTION = "imagedrop.inspection."
# Modules and functions that only pass on the bytes that other readers ask for.
PLUMBING = {module.__name__ for module in (block_cache, replay, base, streams, wof, inspector, findings_report)}
PLUMBING_FUNCTIONS = {Volume.read.__code__, Volume.prefetch.__code__, installation._read_cell.__code__}
READERS = {
    "containers": "container", "aws_chunked": "detect_format", "firmware": "fat",
    "mbr": "partitions", "gpt": "partitions", "filesystems": "partitions",
}  # fmt: skip


class ReadRange(NamedTuple):
    """A range of the file that was read at once, and by which reader."""

    offset: int
    length: int
    reader: str

    @property
    def end(self) -> int:
        return self.offset + self.length


@contextlib.contextmanager
def recording_reads() -> Iterator[dict[ReadRange, None]]:
    """The ranges that inspections within the block read, each once, in order."""
    read, ranges = BlockCache.read, dict[ReadRange, None]()

    def recording(cache: BlockCache, offset: int, length: int, window: int = WINDOW) -> bytes:
        data = read(cache, offset, length, window)
        if length:
            ranges[ReadRange(offset, length, _reader(sys._getframe(1)))] = None
        return data

    BlockCache.read = recording  # type: ignore[method-assign, assignment]
    try:
        yield ranges
    finally:
        BlockCache.read = read  # type: ignore[method-assign]


def _reader(frame: FrameType | None) -> str:
    """The package, or module, of the innermost function that is not only plumbing."""
    while frame is not None:
        name = str(frame.f_globals.get("__name__", ""))
        inner = name.removeprefix(INSPECTION)
        plumbing = name in PLUMBING or frame.f_code in PLUMBING_FUNCTIONS
        if inner != name and not plumbing:
            first = inner.partition(".")[0]
            return READERS.get(first, first)
        frame = frame.f_back
    return "container"
