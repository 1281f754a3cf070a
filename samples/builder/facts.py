"""What whoever inspects an image of a recipe should find, in the words of `imagedrop check --json`."""

from __future__ import annotations

from typing import Any

from samples.builder import bitlocker, ext4, fat, layout, recipe
from samples.builder.recipe import SECTOR, Recipe, Windows

STARTS = ("boot", "system", "auto", "manual", "disabled")
DRIVERS = ("viostor", "vioscsi", "netkvm", "balloon", "vioser")  # by their files' stems
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


def facts(wanted: Recipe, os_version: str | None) -> dict[str, Any]:
    """All that does not depend on the file format. `os_version`: as IMS calls this Windows."""
    parts = layout.partitions(wanted)
    named = {part.name for part in parts}
    seen = "windows" in named and not wanted.bitlocker
    whole = not wanted.bitlocker and any(_partition(part)["filesystem"] == "ntfs" for part in parts)
    return {
        "partition_table": {"uefi": "gpt", "bios": "mbr"}[wanted.firmware],
        "partitions": [_partition(part) for part in parts],
        "hw_firmware_type": wanted.firmware if "esp" in named or any(part.active for part in parts) else None,
        "bitlocker": wanted.bitlocker,
        "ntfs_dirty": wanted.ntfs.dirty if whole else None,
        "hibernated": wanted.hibernation[:4] in HIBERNATED if whole else None,
        "windows": windows(wanted, wanted.windows, os_version) if seen else None,
    }


def windows(wanted: Recipe, words: Windows, os_version: str | None) -> dict[str, Any]:
    return {
        "product_name": words.shown_name or words.product_name,
        "edition": words.edition,
        "build": words.build,
        "ubr": words.ubr or None,
        "display_version": words.display_version or words.release_id or None,
        "installation_type": words.installation_type,
        "architecture": ARCHITECTURES[words.architecture],
        "drivers": {name: _start(wanted, f"{name}.sys") for name in DRIVERS},
        "cloudbase_init": wanted.cloudbase_init,
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


def _start(wanted: recipe.Recipe, file: str) -> str:
    """A driver is there when it has both a file and a service."""
    found = (STARTS[driver.start] for driver in wanted.drivers if driver.file == file and wanted.driver_files)
    return next(found, "absent")
