"""python3 -m bench.images: builds the images for the inspection benchmark, unless they exist.

Needs root, /dev/fuse and the programs that samples/README.md lists; runs with Debian's own python3, which has hivex.
"""

from __future__ import annotations

import argparse
import dataclasses
import random
import sys
from dataclasses import dataclass
from pathlib import Path

from bench import big_hives, windows_files
from samples.builder import contents, disk, ntfs, sparse
from samples.builder.commands import CommandFailed, run
from samples.builder.contents import SYSTEM32
from samples.builder.layout import Partition, partitions
from samples.builder.recipe import MIB, SECTOR, Recipe

FOLDER = Path("/var/tmp/imagedrop-bench")
# file extension -> options of qemu-img convert
FORMATS: dict[str, tuple[str, ...]] = {
    "fixed.vhd": ("vpc", "-o", "subformat=fixed,force_size=on"),
    "dynamic.vhd": ("vpc", "-o", "subformat=dynamic"),
    "vhdx": ("vhdx",),
    "sparse.vmdk": ("vmdk", "-o", "subformat=monolithicSparse"),
    "stream.vmdk": ("vmdk", "-o", "subformat=streamOptimized"),
    "qcow2": ("qcow2",),
    "zlib.qcow2": ("qcow2", "-c"),
    "zstd.qcow2": ("qcow2", "-c", "-o", "compression_type=zstd"),
    "qed": ("qed",),
    "qcow": ("qcow",),
    "packed.qcow": ("qcow", "-c"),
    "vdi": ("vdi",),
}
HIBERNATION = "hiberfil.sys"
WOKEN = b"WAKE"  # in hiberfil.sys after Windows has resumed


@dataclass(frozen=True, slots=True)
class Plan:
    """`files`: in Windows. `data`: their bytes together. `software`, `system`: bytes of the hives."""

    name: str
    files: int = 30_000
    data: int = 1500 * MIB
    software: int = 95 * MIB
    system: int = 15 * MIB
    size_gib: int = 40
    uefi: bool = True
    formats: tuple[str, ...] = tuple(FORMATS)

    @property
    def recipe(self) -> Recipe:
        return Recipe(self.name, firmware="uefi", size_gib=self.size_gib) if self.uefi else Recipe(
            self.name, firmware="bios", size_gib=self.size_gib, drivers=(), cloudbase_init=False)  # fmt: skip


SMALL = Plan("small", files=2_000, data=20 * MIB, software=8 * MIB, system=2 * MIB)
BIG = Plan("big")
BIOS = dataclasses.replace(BIG, name="bios", data=150 * MIB, uefi=False, formats=())
BASE = dataclasses.replace(BIG, name="base", data=150 * MIB, formats=("qcow2",))
SETS: dict[str, tuple[Plan, ...]] = {
    "small": (SMALL,),
    "big": (BIG, BIOS),
    "growth": (
        BASE,
        dataclasses.replace(BASE, name="disk-x10", size_gib=400),
        dataclasses.replace(BASE, name="hive-x10", software=950 * MIB),
        dataclasses.replace(BASE, name="files-x10", files=300_000),
    ),
}


def build(plan: Plan, folder: Path) -> None:
    """Builds `<folder>/<plan.name>.raw` and its conversions, unless they exist."""
    raw = folder / f"{plan.name}.raw"
    if not raw.exists():
        scratch = folder / f".{plan.name}"
        scratch.mkdir(exist_ok=True)
        _make(plan, scratch).replace(raw)
        for file in scratch.iterdir():
            file.unlink()
        scratch.rmdir()
    for ending in plan.formats:
        made = raw.with_suffix(f".{ending}")
        if not made.exists():
            partial = made.with_name(f".{made.name}")
            _convert(raw, FORMATS[ending], partial)
            run("fallocate", "--dig-holes", str(partial))
            partial.replace(made)


def _convert(raw: Path, options: tuple[str, ...], made: Path) -> None:
    try:
        run("nice", "qemu-img", "convert", "-f", "raw", "-O", *options, str(raw), str(made))
    except CommandFailed:  # qemu 7.2 exits with 1 after a complete compressed qcow: compare the contents
        run("qemu-img", "compare", "-f", "raw", "-F", options[0], str(raw), str(made))


def _make(plan: Plan, scratch: Path) -> Path:
    """The raw disk."""
    recipe = plan.recipe
    made = sparse.create(scratch / f"{plan.name}.disk", recipe.sectors * SECTOR)
    found = partitions(recipe)
    (disk.write_gpt if plan.uefi else disk.write_mbr)(recipe, found, made)
    for part in found:
        if part.format and part.tree:
            volume = sparse.create(scratch / f"{part.name}.volume", part.size * SECTOR)
            if part.name == "windows":
                _windows(plan, part, volume)
            else:
                part.format(volume, part.tree(recipe, scratch), part.label, recipe.serial(part.name), part.start)
            sparse.copy_into(made, volume, part.start * SECTOR)
            volume.unlink()
    return made


def _windows(plan: Plan, part: Partition, volume: Path) -> None:
    geometry = ["-s", "512", "-c", "4096", "-p", str(part.start), "-H", "255", "-S", "63"]
    run("mkntfs", "--quiet", "--quick", "--force", "-L", part.label, *geometry, str(volume))
    scratch, generator = volume.parent, random.Random(plan.name)
    few = contents.windows(plan.recipe, scratch)
    few[HIBERNATION] = (WOKEN if plan.uefi else b"HIBR").ljust(4096, b"\0") + generator.randbytes(16 * MIB)
    hives = {
        f"{SYSTEM32}/config/SOFTWARE": big_hives.software(plan.recipe, plan.software, scratch / "SOFTWARE"),
        f"{SYSTEM32}/config/SYSTEM": big_hives.system(plan.recipe, plan.system, scratch / "SYSTEM"),
    }
    many = windows_files.names(plan.files, generator)
    with ntfs.mounted(volume) as root:
        windows_files.fill(root, many, plan.data, {n: c for n, c in few.items() if n not in hives}, hives, generator)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python3 -m bench.images", description=__doc__)
    parser.add_argument("sets", nargs="*", default=["small"], help=f"any of {', '.join(SETS)}")
    parser.add_argument("--into", type=Path, default=FOLDER, metavar="FOLDER")
    arguments = parser.parse_args()
    if unknown := set(arguments.sets) - set(SETS):
        sys.exit(f"there is no set {', '.join(unknown)}; there are {', '.join(SETS)}")
    arguments.into.mkdir(parents=True, exist_ok=True)
    for plan in [plan for name in arguments.sets for plan in SETS[name]]:
        build(plan, arguments.into)
        size = sum(file.stat().st_blocks * 512 for file in arguments.into.glob(f"{plan.name}.*"))
        print(f"{plan.name}: {size:,} bytes")


if __name__ == "__main__":
    main()
