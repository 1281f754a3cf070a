"""Fragments a volume: marks every second run of free clusters as used while the files are written.

NTFS: file 6, $Bitmap, has one bit for every cluster, lowest bit of a byte first; 1 if the cluster is used.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from samples.builder.commands import run, run_binary

BITMAP = "6"
MFT_ZONE = 8  # ntfs-3g reserves one eighth of the volume for the MFT to grow


@contextmanager
def scattered(volume: Path, pieces: int, mft_pieces: int) -> Iterator[None]:
    """Inside, every second run of this many clusters is marked as used; 0: none. `mft_pieces` is for the part of the
    volume where the MFT grows, `pieces` for the rest. `volume` must not be mounted."""
    if not pieces and not mft_pieces:
        yield
        return
    before = _read(volume)
    zone = len(before) // MFT_ZONE
    pattern = _every_second(mft_pieces, zone) + _every_second(pieces, len(before) - zone)
    taken = _number(pattern) & ~_number(before)
    _write(volume, _number(before) | taken, len(before))
    yield
    _write(volume, _number(_read(volume)) & ~taken, len(before))


def _every_second(pieces: int, size: int) -> bytes:
    """`size` bytes: `pieces` zero bits, then as many one bits, and so on."""
    if not pieces:
        return bytes(size)
    bits = range(0, 8 * 2 * pieces, 8)
    wanted = bytes(sum((bit // pieces & 1) << bit % 8 for bit in range(at, at + 8)) for at in bits)
    return (wanted * (size // len(wanted) + 1))[:size]


def _number(bitmap: bytes) -> int:
    return int.from_bytes(bitmap, "little")


def _read(volume: Path) -> bytes:
    return run_binary("ntfscat", "--inode", BITMAP, str(volume))


def _write(volume: Path, bitmap: int, size: int) -> None:
    with tempfile.NamedTemporaryFile() as file:
        file.write(bitmap.to_bytes(size, "little"))
        file.flush()
        run("ntfscp", "--quiet", "--inode", str(volume), file.name, BITMAP)
