"""Matches of all LZ77 formats: copies of earlier output."""

from __future__ import annotations


def repeat(out: bytearray, distance: int, length: int) -> None:
    """Appends `length` bytes from `distance` bytes back; they may overlap the end. 0 < distance <= len(out)."""
    start = len(out) - distance
    piece = out[start : start + length]
    while len(piece) < length:
        piece += piece[: length - len(piece)]
    out += piece
