"""The raw disk: partitions made one by one, put in their places, and the partition table."""

from __future__ import annotations

import struct
from pathlib import Path

from samples.builder import sparse
from samples.builder.commands import run
from samples.builder.layout import Partition, partitions
from samples.builder.recipe import SECTOR, Recipe

ACTIVE = 0x80
BEYOND_CHS = b"\xfe\xff\xff"  # what stands for a sector that cylinder, head and sector cannot name
HALT = b"\xfa\xf4\xeb\xfd"  # boot code: no more than cli, hlt, and again


def make(recipe: Recipe, scratch: Path) -> Path:
    """A sparse raw disk in `scratch`."""
    disk = sparse.create(scratch / f"{recipe.name}.disk", recipe.sectors * SECTOR)
    found = partitions(recipe)
    (write_gpt if recipe.firmware == "uefi" else write_mbr)(recipe, found, disk)
    for part in found:
        if part.format and part.tree:
            volume = sparse.create(scratch / f"{part.name}.volume", part.size * SECTOR)
            part.format(volume, part.tree(recipe, scratch), part.label, recipe.serial(part.name), part.start)
            sparse.copy_into(disk, volume, part.start * SECTOR)
            volume.unlink()
    return disk


def write_gpt(recipe: Recipe, found: list[Partition], disk: Path) -> None:
    """Protective MBR, and both copies of the table."""
    options = ["--disk-guid", str(recipe.guid("disk"))]
    for number, part in enumerate(found, 1):
        options += ["--new", f"{number}:{part.start}:{part.start + part.size - 1}"]
        options += ["--typecode", f"{number}:{part.type}", "--change-name", f"{number}:{part.title}"]
        options += ["--partition-guid", f"{number}:{recipe.guid(part.name)}"]
        for bit in part.attributes:
            options += ["--attributes", f"{number}:set:{bit}"]
    run("sgdisk", *options, str(disk))


def write_mbr(recipe: Recipe, found: list[Partition], disk: Path) -> None:
    """Up to four primary partitions."""
    entries = [
        struct.pack("<B3sB3sII", ACTIVE if part.active else 0, BEYOND_CHS, int(part.type, 16), BEYOND_CHS,
                    part.start, part.size)
        for part in found
    ]  # fmt: skip
    signature = struct.pack("<IH", recipe.serial("disk") & 0xFFFFFFFF, 0)
    with disk.open("r+b") as file:
        file.write(HALT.ljust(440, b"\0") + signature + b"".join(entries).ljust(64, b"\0") + b"\x55\xaa")
