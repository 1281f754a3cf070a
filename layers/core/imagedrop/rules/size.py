"""How large the disk must be, and how large the file may be.

min_disk = ceil(virtual bytes / 2^30), on the fast channel strictly greater (IMS: FAQ on VHD capacity; quick import).
Files up to 128 GB go the normal way, up to 1 TB the fast one. GB of IMS are GiB; where that is not sure, it is said.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from imagedrop.findings import Finding, has_errors
from imagedrop.findings import rules as say
from imagedrop.findings import sidecar as say_sidecar
from imagedrop.rules.rule_input import Disk, RuleInput
from imagedrop.rules.system import System
from imagedrop.sidecar import limits

GIB = 1 << 30
NORMAL_SURE, NORMAL_MOST, FAST_MOST = 128 * 10**9, 128 * GIB, 1 << 40
ROUNDING = 2 << 20  # qemu-img rounds a VHD up by at most 1.5 MiB (measured)
USUAL_LEAST_GB = 40
FAST_FORMATS = ("raw", "zvhd2")


def needed(virtual_size: int, *, fast: bool) -> int:
    """GB that hold a disk of so many bytes."""
    return virtual_size // GIB + 1 if fast else -(-virtual_size // GIB)


def resolve(disk: Disk, least: int) -> int | None:
    """What is registered: as said, else the smallest legal size of at least `least` GB; None where nobody knows."""
    size = disk.subject.facts.virtual_size
    if disk.min_disk is not None or size is None:
        return disk.min_disk
    return max(needed(size, fast=disk.fast), least, 1)


def least(case: RuleInput, system: System) -> int:
    """GB of the smallest system disk that is taken here: what the setting says, of a Windows never below IMS's 20."""
    floor: int = case.place.settings.min_disk_floor
    return max(floor, limits.WINDOWS_LEAST_GB) if _may_be_windows(system) else floor


def _may_be_windows(system: System) -> bool:
    return system.os_type in (None, "Windows")


def check(case: RuleInput, system: System) -> Iterator[Finding]:
    disk, floor = case.system(), least(case, system)
    found = list(_min_disk(case, disk, floor))
    yield from found
    if disk.min_disk is not None and not has_errors(found):
        yield from _floor(case, system, disk.min_disk, floor)
    yield from _file(case, disk)


def _floor(case: RuleInput, system: System, said: int, floor: int) -> Iterator[Finding]:
    if said < floor:
        configured = floor == case.place.settings.min_disk_floor
        yield (say.BELOW_FLOOR if configured else say_sidecar.WINDOWS_DISK)(at="/min_disk", got=said, least=floor)
    elif said < USUAL_LEAST_GB and _may_be_windows(system):
        yield say.SMALL_WINDOWS_DISK(at="/min_disk", said=said)


def of_data_disk(case: RuleInput, disk: Disk) -> Iterator[Finding]:
    yield from _min_disk(case, disk, limits.DATA_GB[0])
    yield from _file(case, disk)


def _min_disk(case: RuleInput, disk: Disk, floor: int) -> Iterator[Finding]:
    size, name = disk.subject.facts.virtual_size, disk.subject.name
    at, field = f"{disk.at}/min_disk", f"{disk.spoken}min_disk"
    if size is None:
        if disk.min_disk is not None:
            yield say.MIN_DISK_UNCHECKED(at=at, field=field, file=name, said=disk.min_disk)
        elif not case.alone and not disk.subject.broken:
            yield say.MIN_DISK_UNKNOWN(at=at, field=field, file=name)
        return
    wanted = needed(size, fast=disk.fast)
    if wanted > disk.most and not _said_too_large(disk):
        yield say.DISK_TOO_LARGE(at=at if disk.min_disk else None, file=name, needed=wanted, most=disk.most)
    elif disk.min_disk is not None and disk.min_disk < wanted:
        said: dict[str, Any] = {"at": at, "field": field, "file": name, "said": disk.min_disk, "needed": wanted}
        said["enough"] = max(wanted, floor)
        over = size - disk.min_disk * GIB
        rounded = disk.subject.facts.format == "vhd" and 0 < over <= ROUNDING
        yield say.VHD_ROUNDING(over=over, **said) if rounded else say.MIN_DISK_SMALL(size=size, **said)


def _said_too_large(disk: Disk) -> bool:
    return any(finding.id == "image.too_large" for finding in disk.subject.findings)


def _file(case: RuleInput, disk: Disk) -> Iterator[Finding]:
    size = disk.subject.head.size
    about: dict[str, Any] = {"file": disk.subject.name, "size": disk.subject.head.size}
    at, field = f"{disk.at}/is_quick_import", f"{disk.spoken}is_quick_import"
    if size > FAST_MOST:
        yield say.FILE_OVER_1TB(**about)
    elif size > NORMAL_MOST and not disk.fast:
        if case.alone and disk.subject.facts.format in FAST_FORMATS:
            yield say.FAST_CHANNEL_AHEAD(**about)
        else:
            yield say.NEEDS_FAST_CHANNEL(at=None if case.alone else at, field=field, **about)
    elif size > NORMAL_SURE and not disk.fast:
        yield say.GREY_ZONE(**about)
