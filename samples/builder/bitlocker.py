"""A BitLocker volume as it looks without its key: the signature in the boot sector, then random bytes."""

from __future__ import annotations

import os
import random
import struct
from pathlib import Path

from samples.builder.recipe import SECTOR
from samples.builder.tree import Tree

SIGNATURE = b"\xeb\x58\x90-FVE-FS-"
NOISE = 4096  # bytes


def make(path: Path, tree: Tree, label: str, serial: int, start: int) -> None:
    """Writes the start of the volume into the file `path`. `tree` and `label` are not used: they would be encrypted."""
    geometry = struct.pack("<HBHBHHBHHHI", SECTOR, 8, 0, 0, 0, 0, 0xF8, 0, 63, 255, start)
    boot = (SIGNATURE + geometry).ljust(510, b"\0") + b"\x55\xaa"
    with path.open("r+b") as file:
        os.pwrite(file.fileno(), boot + random.Random(serial).randbytes(NOISE), 0)
