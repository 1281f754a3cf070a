"""The raw disk: the partition table, and each partition built as a file and copied in."""

from __future__ import annotations

import struct
from pathlib import Path

from samples.builder import sparse
from samples.builder.commands import run
from samples.builder.layout import Partition, partitions
from samples.builder.recipe import SECTOR, Recipe

ACTIVE = 0x80
BEYOND_CHS = b"\xfe\xff\xff"  # CHS address of a sector beyond the range of CHS
HALT = b"\xfa\xf4\xeb\xfd"  # boot code: cli, hlt, jump back


def make(recipe: Recipe, scratch: Path) -> Path:
    """Returns the path of a sparse raw disk in `scratch`."""
    disk = sparse.create(scratch / f"{recipe.name}.disk", recipe.sectors * SECTOR)
    parts = partitions(recipe)
    (write_gpt if recipe.firmware == "uefi" else write_mbr)(recipe, parts, disk)
    for part in parts:
        if part.format and part.tree:
            volume = sparse.create(scratch / f"{part.name}.volume", part.size * SECTOR)
            part.format(volume, part.tree(recipe, scratch), part.label, recipe.serial(part.name), part.start)
            sparse.copy_into(disk, volume, part.start * SECTOR)
            volume.unlink()
    return disk


def write_gpt(recipe: Recipe, parts: list[Partition], disk: Path) -> None:
    """Protective MBR and both copies of the GPT."""
    options = ["--disk-guid", str(recipe.guid("disk"))]
    for number, part in enumerate(parts, 1):
        options += ["--new", f"{number}:{part.start}:{part.start + part.size - 1}"]
        options += ["--typecode", f"{number}:{part.type}", "--change-name", f"{number}:{part.title}"]
        options += ["--partition-guid", f"{number}:{recipe.guid(part.name)}"]
        for bit in part.attributes:
            options += ["--attributes", f"{number}:set:{bit}"]
    run("sgdisk", *options, str(disk))


def write_mbr(recipe: Recipe, parts: list[Partition], disk: Path) -> None:
    """At most four primary partitions."""
    entries = [
        struct.pack("<B3sB3sII", ACTIVE if part.active else 0, BEYOND_CHS, int(part.type, 16), BEYOND_CHS,
                    part.start, part.size)
        for part in parts
    ]  # fmt: skip
    signature = struct.pack("<IH", recipe.serial("disk") & 0xFFFFFFFF, 0)
    with disk.open("r+b") as file:
        file.write(HALT.ljust(440, b"\0") + signature + b"".join(entries).ljust(64, b"\0") + b"\x55\xaa")
