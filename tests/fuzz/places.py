"""What a first look at an image reads: these bytes are worth changing, no others are."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterator
from types import FrameType
from typing import NamedTuple

from imagedrop.inspection.block_cache import WINDOW, BlockCache

INSPECTION = "imagedrop.inspection."
PLUMBING = ("cache", "rounds", "containers.base", "ntfs.streams", "unpack.wof", "look", "report")  # hand bytes on
NAMES = {
    "containers": "container", "chunked": "recognise", "firmware": "fat",
    "mbr": "partitions", "gpt": "partitions", "filesystems": "partitions",
}  # fmt: skip


class Place(NamedTuple):
    """A range of the file that was read in one go, and by which reader."""

    offset: int
    length: int
    reader: str

    @property
    def end(self) -> int:
        return self.offset + self.length


@contextlib.contextmanager
def recorded() -> Iterator[dict[Place, None]]:
    """Filled, while it is open, with what every inspection reads, each place once and in its order."""
    read, seen = BlockCache.read, dict[Place, None]()

    def recording(cache: BlockCache, offset: int, length: int, window: int = WINDOW) -> bytes:
        data = read(cache, offset, length, window)
        if length:
            seen[Place(offset, length, _reader(sys._getframe(1)))] = None
        return data

    BlockCache.read = recording  # type: ignore[method-assign]
    try:
        yield seen
    finally:
        BlockCache.read = read  # type: ignore[method-assign]


def _reader(frame: FrameType | None) -> str:
    """The package, or module, of the innermost function that did not only hand on what it had read."""
    while frame is not None:
        name = str(frame.f_globals.get("__name__", ""))
        inner = name.removeprefix(INSPECTION)
        hands_on = inner in PLUMBING or (inner == "ntfs.volume" and frame.f_code.co_name in ("read", "prefetch"))
        if inner != name and not hands_on:
            first = inner.partition(".")[0]
            return NAMES.get(first, first)
        frame = frame.f_back
    return "container"
