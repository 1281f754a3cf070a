"""Partition layouts, most of them as Windows Setup creates them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from samples.builder import bitlocker, contents, ext4, fat, ntfs
from samples.builder.recipe import MIB, SECTOR, Ntfs, Recipe
from samples.builder.tree import Tree

SECTORS_PER_MIB = MIB // SECTOR
REQUIRED, NO_LETTER = 0, 63  # GPT attribute bits: required partition; no drive letter in Windows
BASIC = "Basic data partition"
EFI_SYSTEM = "c12a7328-f81f-11d2-ba4b-00a0c93ec93b"
MICROSOFT_RESERVED = "e3c9e316-0b5c-4db8-817d-f92df00215ae"
RECOVERY = "de94bba4-06d1-4d40-a16a-bfd50179d6ac"
LINUX = "0fc63daf-8483-4772-8e79-3d69d8477de4"
WINDOWS = {"uefi": "ebd0a0a2-b9e5-4433-87c0-68b6b72699c7", "bios": "07"}

Format = Callable[[Path, Tree, str, int, int], None]


@dataclass(frozen=True, slots=True)
class Partition:
    """`start`, `size`: sectors. `type`: GPT type GUID or MBR type. `format`: None leaves the partition empty.
    `active`: the partition that a BIOS starts."""

    name: str
    start: int
    size: int
    type: str
    title: str = BASIC
    label: str = ""
    attributes: tuple[int, ...] = ()
    format: Format | None = None
    tree: Callable[[Recipe, Path], Tree] | None = None
    active: bool = False


def partitions(recipe: Recipe) -> list[Partition]:
    return LAYOUTS[recipe.layout](recipe)


def _windows(recipe: Recipe) -> list[Partition]:
    return _uefi(recipe) if recipe.firmware == "uefi" else _bios(recipe)


def _uefi(recipe: Recipe) -> list[Partition]:
    """EFI system 100 MiB, Microsoft reserved 16 MiB, Windows, recovery 524 MiB; the last MiB is for the backup GPT."""
    end = _end(recipe)
    return [
        _esp(contents.efi_system),
        _part("msr", 101, 117, MICROSOFT_RESERVED, "Microsoft reserved partition", "", (NO_LETTER,)),
        _system(recipe, 117, end - 524),
        _part("recovery", end - 524, end, RECOVERY, BASIC, "Recovery", (REQUIRED, NO_LETTER), _ntfs(recipe),
              contents.recovery),
    ]  # fmt: skip


def _bios(recipe: Recipe) -> list[Partition]:
    """System Reserved 500 MiB, active, and Windows."""
    return [_reserved(recipe), _system(recipe, 501, _end(recipe))]


def _one_partition(recipe: Recipe) -> list[Partition]:
    """Windows and its boot manager in one partition, as on old disks and in cloud images."""
    return [replace(_system(recipe, 1, _end(recipe)), tree=contents.everything, active=True)]


def _boot_only(recipe: Recipe) -> list[Partition]:
    """System Reserved only, as if Windows were on another disk."""
    return [_reserved(recipe)]


def _two_windows(recipe: Recipe) -> list[Partition]:
    *before, system = (part for part in _windows(recipe) if part.name != "recovery")
    middle = (system.start // SECTORS_PER_MIB + _end(recipe)) // 2
    first, second = _system(recipe, system.start // SECTORS_PER_MIB, middle), _system(recipe, middle, _end(recipe))
    return [*before, first, replace(second, name="second", label="Second", tree=contents.beside)]


def _linux(recipe: Recipe) -> list[Partition]:
    root = _part("root", 101, _end(recipe), LINUX, "Linux filesystem", "root", (), ext4.make, contents.linux)
    return [_esp(contents.linux_efi_system), root]


def _data(recipe: Recipe) -> list[Partition]:
    """A data disk, as Windows initialises it; on a GPT disk a reserved partition comes first."""
    size = recipe.windows_mib or _end(recipe) - 17
    volume = _part("data", 17, 17 + size, WINDOWS[recipe.firmware], BASIC, "Data", (), _ntfs(recipe), contents.data)
    if recipe.firmware == "bios":
        return [volume]
    return [_part("msr", 1, 17, MICROSOFT_RESERVED, "Microsoft reserved partition", "", (NO_LETTER,)), volume]


LAYOUTS: dict[str, Callable[[Recipe], list[Partition]]] = {
    "windows": _windows,
    "one partition": _one_partition,
    "boot only": _boot_only,
    "two windows": _two_windows,
    "linux": _linux,
    "data": _data,
    "empty": lambda recipe: [],
}


def _end(recipe: Recipe) -> int:
    """End of the last partition in MiB; one MiB is left free."""
    return recipe.sectors // SECTORS_PER_MIB - 1


def _esp(tree: Callable[[Recipe, Path], Tree]) -> Partition:
    return _part("esp", 1, 101, EFI_SYSTEM, "EFI system partition", "SYSTEM", (NO_LETTER,), fat.make, tree)


def _reserved(recipe: Recipe) -> Partition:
    part = _part("system", 1, 501, WINDOWS["bios"], "", "System Reserved", (), _ntfs(recipe), contents.system_reserved)
    return replace(part, active=True)


def _system(recipe: Recipe, first: int, end: int) -> Partition:
    end = first + recipe.windows_mib if recipe.windows_mib else end
    make = bitlocker.make if recipe.bitlocker else partial(ntfs.make, how=recipe.ntfs)
    return _part("windows", first, end, WINDOWS[recipe.firmware], BASIC, "Windows", (), make, contents.windows)


def _ntfs(recipe: Recipe) -> Format:
    """For small volumes other than the system's."""
    return partial(ntfs.make, how=Ntfs(short_log=recipe.ntfs.short_log))


def _part(name: str, first_mib: int, end_mib: int, kind: str, title: str, label: str, attributes: tuple[int, ...] = (),
          make: Format | None = None, tree: Callable[[Recipe, Path], Tree] | None = None) -> Partition:  # fmt: skip
    start, end = first_mib * SECTORS_PER_MIB, end_mib * SECTORS_PER_MIB
    return Partition(name, start, end - start, kind, title, label, attributes, make, tree)
