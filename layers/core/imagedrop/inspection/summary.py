"""From the parts of a disk to the whole: which system it holds, what boots it, or what it is if it holds none."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from imagedrop.findings import inspection as kinds
from imagedrop.inspection import firmware
from imagedrop.inspection.containers.base import Container
from imagedrop.inspection.facts import Firmware, WindowsFacts
from imagedrop.inspection.findings_report import FindingsReport
from imagedrop.inspection.partitions import Layout
from imagedrop.inspection.windows.facts import report_preparation, windows_facts
from imagedrop.inspection.windows.volumes import VolumeFacts

LINUX_TYPES = ("linux_filesystem", "linux_swap", "linux_lvm", "0x83", "0x82", "0x8e")
WINDOWS_FILESYSTEMS = {"ntfs", "fat12", "fat16", "fat32", "exfat", "refs"}


class SystemFacts(NamedTuple):
    firmware: Firmware | None = None
    ntfs_dirty: bool | None = None
    hibernated: bool | None = None
    windows: WindowsFacts | None = None


def system_facts(
    disk: Container,
    layout: Layout,
    manager: firmware.BootManager | None,
    volumes: Sequence[VolumeFacts],
    role: str,
    report: FindingsReport,
) -> SystemFacts:
    """The facts about the system on the disk. Reports what is wrong with it."""
    encrypted = [start for start, filesystem in layout.filesystems() if filesystem == "bitlocker"]
    for start in encrypted:
        report.add(kinds.BITLOCKER, start=start)
    _report_volumes(volumes, report)
    unknown: list[bool | None] = [None] * len(encrypted)
    dirty = _any([volume.dirty for volume in volumes] + unknown)
    hibernated = _any([volume.hibernated for volume in volumes] + unknown)
    with_windows = [volume for volume in volumes if volume.windows]
    if role == "data":
        for volume in with_windows:
            report.add(kinds.WINDOWS_ON_DATA_DISK, start=volume.start)
        return SystemFacts(None, dirty, hibernated, None)
    boots = firmware.firmware(layout)
    if not with_windows or not with_windows[0].windows:
        _report_without_windows(disk, layout, manager, volumes, report)
        return SystemFacts(boots, dirty, hibernated, None)
    first, *others = with_windows
    if others:
        starts = ", ".join(str(volume.start) for volume in others)
        report.add(kinds.SEVERAL_WINDOWS, first=first.start, others=starts)
    _report_boot(layout, volumes, report)
    windows = windows_facts(with_windows[0].windows, manager.architecture if manager else None, report)
    _report_windows(first, report)
    return SystemFacts(boots, dirty, hibernated, windows)


def _any(answers: list[bool | None]) -> bool | None:
    """False only where all were read."""
    return True if True in answers else None if not answers or None in answers else False


def _report_volumes(volumes: Sequence[VolumeFacts], report: FindingsReport) -> None:
    for volume in volumes:
        if volume.dirty:
            report.add(kinds.NTFS_DIRTY, start=volume.start)
        if volume.hibernated:
            report.add(kinds.HIBERNATED, start=volume.start)


def _report_windows(volume: VolumeFacts, report: FindingsReport) -> None:
    assert volume.windows
    report_preparation(volume.windows, report)
    if volume.windows.settings and volume.windows.settings.fast_startup and not volume.hibernated:
        report.add(kinds.FAST_STARTUP)


def _report_boot(layout: Layout, volumes: Sequence[VolumeFacts], report: FindingsReport) -> None:
    firmware.report_not_bootable(layout, report)
    for volume in _active(layout, volumes):
        if volume.boot_files is False:
            report.add(kinds.NO_BOOT_FILES, start=volume.start)


def _report_without_windows(
    disk: Container,
    layout: Layout,
    manager: firmware.BootManager | None,
    volumes: Sequence[VolumeFacts],
    report: FindingsReport,
) -> None:
    """Reports what a disk is on which no Windows was found."""
    filesystems = {filesystem for _, filesystem in layout.filesystems()}
    if layout.unread or "bitlocker" in filesystems or not all(volume.searched for volume in volumes):
        firmware.report_not_bootable(layout, report)  # why no Windows was found is reported already
    elif "ext" in filesystems or any(partition.type in LINUX_TYPES for partition in layout.partitions):
        report.add(kinds.LINUX)
    elif (start := next(_boot_files(layout, manager, volumes), None)) is not None:
        report.add(kinds.WINDOWS_ELSEWHERE, start=start)
    elif not layout.partitions:
        _report_no_partitions(disk, layout, report)
    elif firmware.firmware(layout):
        report.add(kinds.NO_WINDOWS if filesystems & WINDOWS_FILESYSTEMS else kinds.BLANK)
    else:
        report.add(kinds.DATA_DISK if filesystems & WINDOWS_FILESYSTEMS else kinds.BLANK)


def _boot_files(layout: Layout, manager: firmware.BootManager | None, volumes: Sequence[VolumeFacts]) -> Iterator[int]:
    """The starts of the partitions that hold Windows' boot files."""
    esp = firmware.system_partition(layout)
    if esp and manager and manager.windows:
        yield esp.start
    yield from (volume.start for volume in _active(layout, volumes) if volume.boot_files)


def _active(layout: Layout, volumes: Sequence[VolumeFacts]) -> list[VolumeFacts]:
    return [volume for volume in volumes if layout.table == "mbr" and volume.start == layout.active]


def _report_no_partitions(disk: Container, layout: Layout, report: FindingsReport) -> None:
    if layout.table == "none" and not layout.bare and not any(disk.read(0, min(disk.size, 4096))):
        report.add(kinds.BLANK)
    else:
        firmware.report_not_bootable(layout, report)
