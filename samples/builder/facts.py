"""The facts that `imagedrop check --json` should print for an image of a recipe."""

from __future__ import annotations

from typing import Any

from samples.builder import bitlocker, ext4, fat, layout
from samples.builder.recipe import SECTOR, Recipe, Windows

STARTS = ("boot", "system", "auto", "manual", "disabled")
DRIVERS = ("viostor", "vioscsi", "netkvm", "balloon", "vioser")  # file names without .sys
ARCHITECTURES = {"amd64": "x86_64", "x86": "x86", "arm64": "arm64"}
TYPES = {
    layout.EFI_SYSTEM: "efi_system",
    layout.MICROSOFT_RESERVED: "microsoft_reserved",
    layout.RECOVERY: "recovery",
    layout.LINUX: "linux_filesystem",
    layout.WINDOWS["uefi"]: "basic_data",
    layout.WINDOWS["bios"]: "0x07",
}
FILESYSTEMS: dict[layout.Format, str] = {fat.make: "fat32", ext4.make: "ext", bitlocker.make: "bitlocker"}
HIBERNATED = (b"HIBR", b"hibr")


def facts(recipe: Recipe, os_version: str | None) -> dict[str, Any]:
    """All facts that do not depend on the file format. `os_version`: in IMS's spelling."""
    parts = layout.partitions(recipe)
    names = {part.name for part in parts}
    readable = "windows" in names and not recipe.bitlocker
    has_ntfs = not recipe.bitlocker and any(_partition(part)["filesystem"] == "ntfs" for part in parts)
    return {
        "partition_table": {"uefi": "gpt", "bios": "mbr"}[recipe.firmware],
        "partitions": [_partition(part) for part in parts],
        "hw_firmware_type": recipe.firmware if "esp" in names or any(part.active for part in parts) else None,
        "bitlocker": recipe.bitlocker,
        "ntfs_dirty": recipe.ntfs.dirty if has_ntfs else None,
        "hibernated": recipe.hibernation[:4] in HIBERNATED if has_ntfs else None,
        "windows": windows(recipe, recipe.windows, os_version) if readable else None,
    }


def windows(recipe: Recipe, words: Windows, os_version: str | None) -> dict[str, Any]:
    return {
        "product_name": words.shown_name or words.product_name,
        "edition": words.edition,
        "build": words.build,
        "ubr": words.ubr or None,
        "display_version": words.display_version or words.release_id or None,
        "installation_type": words.installation_type,
        "architecture": ARCHITECTURES[words.architecture],
        "drivers": {name: _start(recipe, f"{name}.sys") for name in DRIVERS},
        "cloudbase_init": recipe.cloudbase_init,
        "image_state": words.image_state,
        "os_version": os_version,
    }


def _partition(part: layout.Partition) -> dict[str, Any]:
    filesystem = FILESYSTEMS.get(part.format, "ntfs") if part.format else None
    return {
        "start": part.start * SECTOR,
        "size": part.size * SECTOR,
        "type": TYPES[part.type],
        "filesystem": filesystem,
    }


def _start(recipe: Recipe, file: str) -> str:
    """A driver is present if it has both a file and a service."""
    found = (STARTS[driver.start] for driver in recipe.drivers if driver.file == file and recipe.driver_files)
    return next(found, "absent")
