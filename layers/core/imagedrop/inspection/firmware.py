"""Which firmware boots this disk: uefi (GPT with an EFI system partition), or bios (MBR with an active partition)."""

from __future__ import annotations

from typing import NamedTuple

from imagedrop.findings import inspection as kinds
from imagedrop.inspection.containers.base import Container
from imagedrop.inspection.facts import Architecture, Firmware, Partition
from imagedrop.inspection.fat import Fat
from imagedrop.inspection.filesystems import BOOT_BYTES, fat_geometry
from imagedrop.inspection.findings_report import FindingsReport
from imagedrop.inspection.partitions import Layout

# UEFI specification 2.10, 3.5.1.1: the boot file's name says for which architecture it is
BOOT_FILES: dict[str, Architecture] = {"bootx64.efi": "x86_64", "bootia32.efi": "x86", "bootaa64.efi": "arm64"}


class BootManager(NamedTuple):
    """What an EFI system partition holds. `architecture`: None where there is no boot file, or several."""

    windows: bool
    architecture: Architecture | None


def firmware(layout: Layout) -> Firmware | None:
    """The firmware that boots this system disk."""
    if layout.table == "gpt" and system_partition(layout):
        return "uefi"
    return "bios" if layout.table == "mbr" and layout.active is not None else None


def report_not_bootable(layout: Layout, report: FindingsReport) -> None:
    """Reports why this disk does not boot, if it does not. A disk without any partition is an error: IMS searches it
    for a Windows and fails (IMG.0072)."""
    if firmware(layout):
        return
    if layout.partitions:
        report.add(kinds.NO_ESP if layout.table == "gpt" else kinds.NO_ACTIVE_PARTITION)
    elif layout.bare:
        report.add(kinds.BARE_VOLUME, filesystem=layout.bare)
    elif layout.table == "none":
        report.add(kinds.NO_PARTITION_TABLE)
    elif not layout.unread:  # else its damage is reported already
        report.add(kinds.NO_PARTITIONS, table=layout.table.upper())


def system_partition(layout: Layout) -> Partition | None:
    """The EFI system partition (ESP)."""
    return next((partition for partition in layout.partitions if partition.type == "efi_system"), None)


def boot_manager(disk: Container, partition: Partition, report: FindingsReport) -> BootManager | None:
    """None where the ESP is not readable as FAT. Reports that, and an ESP without a boot manager."""
    if partition.filesystem not in ("fat12", "fat16", "fat32"):
        report.add(kinds.PART_UNREAD, what="EFI system partition", why="it is not FAT")
        return None
    geometry = fat_geometry(disk.read(partition.start, min(BOOT_BYTES, partition.size)))
    assert geometry
    disk.prefetch([(partition.start + geometry.fat_at, 512), (partition.start + geometry.root_at, 65536)])
    fat = Fat(lambda offset, length: disk.read(partition.start + offset, length), geometry)
    windows = "bootmgfw.efi" in fat.directory("EFI", "Microsoft", "Boot")
    architectures = {BOOT_FILES[name] for name in fat.directory("EFI", "Boot") if name in BOOT_FILES}
    if not windows and not architectures:
        report.add(kinds.NO_BOOT_MANAGER)
    return BootManager(windows, architectures.pop() if len(architectures) == 1 else None)
