"""A BitLocker volume, as far as one sees without its key: the boot sector's name, and noise."""

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
    """Writes the first bytes of the file `path`; what is in `tree` nobody could see."""
    geometry = struct.pack("<HBHBHHBHHHI", SECTOR, 8, 0, 0, 0, 0, 0xF8, 0, 63, 255, start)
    boot = (SIGNATURE + geometry).ljust(510, b"\0") + b"\x55\xaa"
    with path.open("r+b") as file:
        os.pwrite(file.fileno(), boot + random.Random(serial).randbytes(NOISE), 0)
