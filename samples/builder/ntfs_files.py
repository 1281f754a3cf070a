"""Writes files into a mounted NTFS volume, some of them compressed."""

from __future__ import annotations

import os
import struct
from pathlib import Path

from samples.builder.fat_names import short_names
from samples.builder.tree import Directory

DOS_NAME, ATTRIBUTES = "system.ntfs_dos_name", "system.ntfs_attrib"
COMPRESSED = 0x800  # NTFS file attribute; new files inherit it from their directory


def fill(root: Path, content: Directory, compressed: tuple[str, ...]) -> None:
    """`compressed`: paths of the directories whose files are compressed."""
    _fill(root, content, [root / path for path in compressed])


def _fill(folder: Path, content: Directory, compressed: list[Path]) -> None:
    """Sets each 8.3 name right after creation: with equal times, the two names have the same order in every build."""
    if folder in compressed:
        os.setxattr(folder, ATTRIBUTES, struct.pack("<I", COMPRESSED))
    for name, short in short_names(content).items():
        path, inner = folder / name, content[name]
        if isinstance(inner, bytes):
            path.touch()
        else:
            path.mkdir()
        os.setxattr(path, DOS_NAME, short.encode())
        if isinstance(inner, bytes):
            path.write_bytes(inner)
        else:
            _fill(path, inner, compressed)
