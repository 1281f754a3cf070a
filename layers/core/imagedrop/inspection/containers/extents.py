"""Pieces: where in the file a range of the virtual disk lies, and how it is stored."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from imagedrop.inspection.source import Range

MAX_UNIT = 2 * 1024 * 1024  # the largest compressed unit of any format (qcow2 cluster)


class Stored(NamedTuple):
    """`length` bytes of the disk lie uncompressed at `offset` of the file."""

    length: int
    offset: int


class Zero(NamedTuple):
    length: int


class Compressed(NamedTuple):
    """The unit of `length` bytes that begins at `start` of the disk lies compressed in `stored` bytes at `offset`."""

    length: int
    start: int
    offset: int
    stored: int
    unpack: Callable[[bytes, int], bytes]  # (compressed, limit) -> at most that many bytes


Piece = Stored | Zero | Compressed


def file_range(piece: Stored | Compressed, take: int) -> Range:
    """The range of the file that must be read for `take` bytes of a piece."""
    return (piece.offset, piece.stored) if isinstance(piece, Compressed) else (piece.offset, take)
