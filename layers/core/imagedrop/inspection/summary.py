"""What the parts of a disk add up to: which system it holds, what starts it, and what it is where it holds none."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from imagedrop.findings import inspection as kinds
from imagedrop.inspection import firmware
from imagedrop.inspection.containers.base import Container
from imagedrop.inspection.facts import Firmware, WindowsFacts
from imagedrop.inspection.findings_report import FindingsReport
from imagedrop.inspection.partitions import Layout
from imagedrop.inspection.windows.facts import facts, say_state
from imagedrop.inspection.windows.volumes import VolumeFacts

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

LINUX_TYPES = ("linux_filesystem", "linux_swap", "linux_lvm", "0x83", "0x82", "0x8e")
VOLUMES = ("ntfs", "fat12", "fat16", "fat32", "exfat", "refs")


class SystemFacts(NamedTuple):
    firmware: Firmware | None = None
    ntfs_dirty: bool | None = None
    hibernated: bool | None = None
    windows: WindowsFacts | None = None


def system_facts(
    disk: Container,
    layout: Layout,
    manager: firmware.BootManager | None,
    told: Sequence[VolumeFacts],
    role: str,
    report: FindingsReport,
) -> SystemFacts:
    """Says everything there is to say about it."""
    for start, filesystem in layout.filesystems():
        if filesystem == "bitlocker":
            report.add(kinds.BITLOCKER, start=start)
    _say_of_volumes(told, report)
    found = [one for one in told if one.windows]
    closed: list[bool | None] = [None for _, filesystem in layout.filesystems() if filesystem == "bitlocker"]
    dirty, asleep = _any([one.dirty for one in told] + closed), _any([one.asleep for one in told] + closed)
    if role == "data":
        for one in found:
            report.add(kinds.WINDOWS_ON_DATA_DISK, start=one.start)
        return SystemFacts(None, dirty, asleep, None)
    starts = firmware.firmware(layout)
    if not found or not found[0].windows:
        _say_what_else(disk, layout, manager, told, report)
        return SystemFacts(starts, dirty, asleep, None)
    if len(found) > 1:
        others = ", ".join(str(one.start) for one in found[1:])
        report.add(kinds.SEVERAL_WINDOWS, first=found[0].start, others=others)
    _say_of_starting(layout, told, report)
    windows = facts(found[0].windows, manager.architecture if manager else None, report)
    _say_of_windows(found[0], report)
    return SystemFacts(starts, dirty, asleep, windows)


def _any(answers: list[bool | None]) -> bool | None:
    """False only where all were read."""
    return True if True in answers else None if not answers or None in answers else False


def _say_of_volumes(told: Sequence[VolumeFacts], report: FindingsReport) -> None:
    for one in told:
        if one.dirty:
            report.add(kinds.NTFS_DIRTY, start=one.start)
        if one.asleep:
            report.add(kinds.HIBERNATED, start=one.start)


def _say_of_windows(one: VolumeFacts, report: FindingsReport) -> None:
    assert one.windows
    say_state(one.windows, report)
    if one.windows.control and one.windows.control.fast_startup and not one.asleep:
        report.add(kinds.FAST_STARTUP)


def _say_of_starting(layout: Layout, told: Sequence[VolumeFacts], report: FindingsReport) -> None:
    firmware.say_what_is_missing(layout, report)
    active = next((one for one in told if layout.table == "mbr" and one.start == layout.active), None)
    if active and active.boot_files is False:
        report.add(kinds.NO_BOOT_FILES, start=active.start)


def _say_what_else(
    disk: Container,
    layout: Layout,
    manager: firmware.BootManager | None,
    told: Sequence[VolumeFacts],
    report: FindingsReport,
) -> None:
    """Of a disk without a Windows that could be read: what it is instead."""
    filesystems = {filesystem for _, filesystem in layout.filesystems()}
    if layout.unread or "bitlocker" in filesystems or not all(one.searched for one in told):
        firmware.say_what_is_missing(layout, report)  # why no Windows was seen has been said
    elif "ext" in filesystems or any(one.type in LINUX_TYPES for one in layout.partitions):
        report.add(kinds.LINUX)
    elif (boots := next(_boots(layout, manager, told), None)) is not None:
        report.add(kinds.WINDOWS_ELSEWHERE, start=boots)
    elif not layout.partitions:
        _say_of_no_partitions(disk, layout, report)
    elif firmware.firmware(layout):
        report.add(kinds.NO_WINDOWS if filesystems & set(VOLUMES) else kinds.BLANK)
    else:
        report.add(kinds.DATA_DISK if filesystems & set(VOLUMES) else kinds.BLANK)


def _boots(layout: Layout, manager: firmware.BootManager | None, told: Sequence[VolumeFacts]) -> Iterator[int]:
    """Where Windows' boot files lie."""
    esp = firmware.esp(layout)
    if esp and manager and manager.windows:
        yield esp.start
    yield from (one.start for one in told if layout.table == "mbr" and one.start == layout.active and one.boot_files)


def _say_of_no_partitions(disk: Container, layout: Layout, report: FindingsReport) -> None:
    if layout.table == "none" and not layout.bare and not any(disk.read(0, min(disk.size, 4096))):
        report.add(kinds.BLANK)
    else:
        firmware.say_what_is_missing(layout, report)
