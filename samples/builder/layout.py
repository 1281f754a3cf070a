"""Which partitions a disk has, as Windows Setup makes them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from samples.builder import contents, fat, ntfs
from samples.builder.recipe import MIB, SECTOR, Recipe
from samples.builder.tree import Tree

SECTORS_PER_MIB = MIB // SECTOR
REQUIRED, NO_LETTER = 0, 63  # GPT attribute bits: needed by the platform; Windows gives it no drive letter

Format = Callable[[Path, Tree, str, int, int], None]


@dataclass(frozen=True, slots=True)
class Partition:
    """`start` and `size` in sectors; `type` a GPT type GUID or an MBR type; `format` None leaves it empty."""

    name: str
    start: int
    size: int
    type: str
    title: str = "Basic data partition"
    label: str = ""
    attributes: tuple[int, ...] = ()
    format: Format | None = None
    tree: Callable[[Recipe, Path], Tree] | None = None


def partitions(recipe: Recipe) -> list[Partition]:
    return _uefi(recipe) if recipe.firmware == "uefi" else _bios(recipe)


def _uefi(recipe: Recipe) -> list[Partition]:
    """EFI system 100 MiB, Microsoft reserved 16 MiB, Windows, recovery 524 MiB; the last MiB is the backup GPT's."""
    end = recipe.sectors // SECTORS_PER_MIB - 1
    return [
        _part("esp", 1, 101, "c12a7328-f81f-11d2-ba4b-00a0c93ec93b", "EFI system partition", "SYSTEM",
              (NO_LETTER,), fat.make, contents.efi_system),
        _part("msr", 101, 117, "e3c9e316-0b5c-4db8-817d-f92df00215ae", "Microsoft reserved partition", "",
              (NO_LETTER,)),
        _part("windows", 117, end - 524, "ebd0a0a2-b9e5-4433-87c0-68b6b72699c7", "Basic data partition", "Windows",
              (), ntfs.make, contents.windows),
        _part("recovery", end - 524, end, "de94bba4-06d1-4d40-a16a-bfd50179d6ac", "Basic data partition", "Recovery",
              (REQUIRED, NO_LETTER), ntfs.make, contents.recovery),
    ]  # fmt: skip


def _bios(recipe: Recipe) -> list[Partition]:
    """System Reserved 500 MiB, which is the active one, and Windows."""
    end = recipe.sectors // SECTORS_PER_MIB - 1
    return [
        _part("system", 1, 501, "07", "", "System Reserved", (), ntfs.make, contents.system_reserved),
        _part("windows", 501, end, "07", "", "Windows", (), ntfs.make, contents.windows),
    ]


def _part(name: str, first_mib: int, end_mib: int, kind: str, title: str, label: str, attributes: tuple[int, ...] = (),
          make: Format | None = None, tree: Callable[[Recipe, Path], Tree] | None = None) -> Partition:  # fmt: skip
    start, end = first_mib * SECTORS_PER_MIB, end_mib * SECTORS_PER_MIB
    return Partition(name, start, end - start, kind, title, label, attributes, make, tree)
