"""The size of the disk and of the file.

min_disk = ceil(virtual bytes / 2^30), on the fast channel strictly greater (IMS: FAQ on VHD capacity; quick import).
Files up to 128 GB use the normal channel, files up to 1 TB the fast one. GB of IMS are GiB; where IMS's documentation
leaves that open, a finding says so.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from imagedrop.findings import Finding, has_errors
from imagedrop.findings import rules as kinds
from imagedrop.findings import sidecar as sidecar_kinds
from imagedrop.rules.rule_input import Disk, RuleInput
from imagedrop.rules.system import System
from imagedrop.sidecar import limits

GIB = 1 << 30
NORMAL_SAFE_BYTES, NORMAL_MAX_BYTES, FAST_MAX_BYTES = 128 * 10**9, 128 * GIB, 1 << 40
ROUNDING = 2 << 20  # bytes; qemu-img rounds a VHD up by at most 1.5 MiB (measured)
USUAL_MIN_GB = 40
FAST_FORMATS = ("raw", "zvhd2")


def needed_gb(virtual_size: int, *, fast: bool) -> int:
    """The smallest min_disk for a disk of `virtual_size` bytes."""
    return virtual_size // GIB + 1 if fast else -(-virtual_size // GIB)


def resolve(disk: Disk, smallest: int) -> int | None:
    """The min_disk to register: as in the sidecar, else the smallest valid one of at least `smallest` GB; None if the
    size of the disk is unknown."""
    size = disk.file.facts.virtual_size
    if disk.min_disk is not None or size is None:
        return disk.min_disk
    return max(needed_gb(size, fast=disk.fast), smallest, 1)


def smallest_allowed(given: RuleInput, system: System) -> int:
    """GB of the smallest system disk that is allowed: the configured floor, and never below IMS's own minimum."""
    return max(given.location.settings.min_disk_floor, limits.min_system_gb(system.os_type))


def check(given: RuleInput, system: System) -> Iterator[Finding]:
    disk, smallest = given.system_disk(), smallest_allowed(given, system)
    findings = list(_check_min_disk(given, disk, smallest))
    yield from findings
    if disk.min_disk is not None and not has_errors(findings):
        yield from _check_floor(given, system, disk.min_disk, smallest)
    yield from _check_file(given, disk)


def _check_floor(given: RuleInput, system: System, min_disk: int, smallest: int) -> Iterator[Finding]:
    if min_disk < smallest:
        configured = smallest == given.location.settings.min_disk_floor
        kind = kinds.BELOW_FLOOR if configured else sidecar_kinds.WINDOWS_DISK
        yield kind(at="/min_disk", got=min_disk, least=smallest)
    elif min_disk < USUAL_MIN_GB and limits.may_be_windows(system.os_type):
        yield kinds.SMALL_WINDOWS_DISK(at="/min_disk", said=min_disk)


def check_data_disk(given: RuleInput, disk: Disk) -> Iterator[Finding]:
    yield from _check_min_disk(given, disk, limits.DATA_GB[0])
    yield from _check_file(given, disk)


def _check_min_disk(given: RuleInput, disk: Disk, smallest: int) -> Iterator[Finding]:
    size, name = disk.file.facts.virtual_size, disk.file.name
    at, field = f"{disk.pointer}/min_disk", f"{disk.prefix}min_disk"
    if size is None:
        if disk.min_disk is not None:
            yield kinds.MIN_DISK_UNCHECKED(at=at, field=field, file=name, said=disk.min_disk)
        elif given.has_sidecar and not disk.file.broken:
            yield kinds.MIN_DISK_UNKNOWN(at=at, field=field, file=name)
        return
    needed = needed_gb(size, fast=disk.fast)
    if needed > disk.max_gb and not disk.file.has_finding("image.too_large"):
        yield kinds.DISK_TOO_LARGE(at=at if disk.min_disk else None, file=name, needed=needed, most=disk.max_gb)
    elif disk.min_disk is not None and disk.min_disk < needed:
        values: dict[str, Any] = {"at": at, "field": field, "file": name, "said": disk.min_disk, "needed": needed}
        values["enough"] = max(needed, smallest)
        over = size - disk.min_disk * GIB
        rounded = disk.file.facts.format == "vhd" and 0 < over <= ROUNDING
        yield kinds.VHD_ROUNDING(over=over, **values) if rounded else kinds.MIN_DISK_SMALL(size=size, **values)


def _check_file(given: RuleInput, disk: Disk) -> Iterator[Finding]:
    size = disk.file.head.size
    values: dict[str, Any] = {"file": disk.file.name, "size": size}
    at, field = f"{disk.pointer}/is_quick_import", f"{disk.prefix}is_quick_import"
    if size > FAST_MAX_BYTES:
        yield kinds.FILE_OVER_1TB(**values)
    elif size > NORMAL_MAX_BYTES and not disk.fast:
        if not given.has_sidecar and disk.file.facts.format in FAST_FORMATS:
            yield kinds.FAST_CHANNEL_AHEAD(**values)
        else:
            yield kinds.NEEDS_FAST_CHANNEL(at=at if given.has_sidecar else None, field=field, **values)
    elif size > NORMAL_SAFE_BYTES and not disk.fast:
        yield kinds.GREY_ZONE(**values)
