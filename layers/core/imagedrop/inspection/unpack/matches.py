"""A match of any LZ77 format: bytes that were there before, once more."""

from __future__ import annotations


def repeat(out: bytearray, distance: int, length: int) -> None:
    """Appends `length` bytes from `distance` bytes back; a match may reach into itself. 0 < distance <= len(out)."""
    start = len(out) - distance
    piece = out[start : start + length]
    while len(piece) < length:
        piece += piece[: length - len(piece)]
    out += piece
