"""Which firmware starts this disk: GPT with an EFI system partition: uefi; MBR with an active partition: bios."""

from __future__ import annotations

from typing import NamedTuple

from imagedrop.findings import inspection as kinds
from imagedrop.inspection.containers.base import Container
from imagedrop.inspection.facts import Architecture, Firmware, Partition
from imagedrop.inspection.fat import Fat
from imagedrop.inspection.filesystems import LOOKED_AT, fat_geometry
from imagedrop.inspection.findings_report import FindingsReport
from imagedrop.inspection.partitions import Layout

# UEFI specification 2.10, 3.5.1.1: the name of the boot file tells the machine
BOOT_FILES: dict[str, Architecture] = {"bootx64.efi": "x86_64", "bootia32.efi": "x86", "bootaa64.efi": "arm64"}


class BootManager(NamedTuple):
    """What an EFI system partition holds. `architecture`: None where several or none are said."""

    windows: bool
    architecture: Architecture | None


def firmware(layout: Layout) -> Firmware | None:
    """Of a system disk."""
    if layout.table == "gpt" and esp(layout):
        return "uefi"
    return "bios" if layout.table == "mbr" and layout.active is not None else None


def say_what_is_missing(layout: Layout, report: FindingsReport) -> None:
    """Why nothing starts this disk, where that is so. What holds no partition at all is an error: IMS looks for a
    Windows in it and fails (IMG.0072)."""
    if firmware(layout):
        return
    if layout.partitions:
        report.add(kinds.NO_ESP if layout.table == "gpt" else kinds.NO_ACTIVE_PARTITION)
    elif layout.bare:
        report.add(kinds.BARE_VOLUME, filesystem=layout.bare)
    elif layout.table == "none":
        report.add(kinds.NO_PARTITION_TABLE)
    elif not layout.unread:  # else its damage has been said
        report.add(kinds.NO_PARTITIONS, table=layout.table.upper())


def esp(layout: Layout) -> Partition | None:
    return next((one for one in layout.partitions if one.type == "efi_system"), None)


def boot_manager(disk: Container, partition: Partition, report: FindingsReport) -> BootManager | None:
    """None where the partition is not readable as FAT; says so, and where it holds nothing to start."""
    if partition.filesystem not in ("fat12", "fat16", "fat32"):
        report.add(kinds.PART_UNREAD, what="EFI system partition", why="it is not FAT")
        return None
    geometry = fat_geometry(disk.read(partition.start, min(LOOKED_AT, partition.size)))
    assert geometry
    disk.prefetch([(partition.start + geometry.fat_at, 512), (partition.start + geometry.root_at, 65536)])
    fat = Fat(lambda offset, length: disk.read(partition.start + offset, length), geometry)
    windows = "bootmgfw.efi" in fat.directory("EFI", "Microsoft", "Boot")
    found = {BOOT_FILES[name] for name in fat.directory("EFI", "Boot") if name in BOOT_FILES}
    if not windows and not found:
        report.add(kinds.NO_BOOT_MANAGER)
    return BootManager(windows, found.pop() if len(found) == 1 else None)
