"""Pieces: where a stretch of the virtual disk lies in the file, and how."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from imagedrop.inspection.source import Range

if TYPE_CHECKING:
    from collections.abc import Callable

MAX_UNIT = 2 * 1024 * 1024  # the largest compressed unit of any format (qcow2 cluster)


class Stored(NamedTuple):
    """`length` bytes of the disk lie as they are at `offset` of the file."""

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
    unpack: Callable[[bytes, int], bytes]  # (compressed, most) -> at most that many bytes


Piece = Stored | Zero | Compressed


def file_range(piece: Piece, skip: int, take: int) -> Range:
    """Where in the file what is taken of a piece lies."""
    if isinstance(piece, Compressed):
        return piece.offset, piece.stored
    assert isinstance(piece, Stored)
    return piece.offset, take
