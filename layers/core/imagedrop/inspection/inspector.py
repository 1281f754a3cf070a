"""One inspection, step by step: the container, the partition table, then all partitions in shared round trips."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Literal, NamedTuple, TypeVar

from imagedrop.findings import inspection as kinds
from imagedrop.inspection import firmware, partitions, summary
from imagedrop.inspection.block_cache import BlockCache
from imagedrop.inspection.containers.base import Container
from imagedrop.inspection.containers.two_level import TwoLevel
from imagedrop.inspection.detect_format import detect_format
from imagedrop.inspection.facts import DiskFacts, Partition
from imagedrop.inspection.findings_report import FindingsReport, guarded
from imagedrop.inspection.partitions import Layout
from imagedrop.inspection.replay import Memo, fetch_together
from imagedrop.inspection.windows.volumes import VolumeFacts, Volumes

T = TypeVar("T")

Role = Literal["system", "data"]
RECOVERY = ("recovery", "0x27")  # types of partitions that hold a recovery system: not searched if there are others
MAX_ENDS_CHECKED = 16  # partitions whose last sector must lie within the file
MAX_SEARCHED = 32  # partitions that are searched for a Windows
MAX_DISK: dict[Role, int] = {"system": 1024 << 30, "data": 2048 << 30}  # bytes; IMS: min_disk of either


class PartitionContent(NamedTuple):
    partition: Partition
    manager: firmware.BootManager | None
    volume: VolumeFacts | None


class Inspector:
    """Its attributes hold what is known so far."""

    def __init__(self, file: BlockCache, report: FindingsReport, role: Role) -> None:
        self.file, self.report, self.role = file, report, role
        self.container: Container | None = None
        self.layout: Layout | None = None
        self.identified = False  # the filesystem of each partition is known, as far as it could be read
        self.system = summary.SystemFacts()

    def run(self) -> None:
        self.container = disk = self._step("file", lambda: detect_format(self.file, self.report))
        if disk is None:
            return
        opened = self._step(f"{disk.format} structure", lambda: _opened(disk))
        self._check_size(disk.virtual_size)
        if not opened:
            return
        self.layout = layout = self._step("partition table", lambda: partitions.read(disk, self.report))
        if layout is not None:
            guarded(self.report, "file", lambda: self._read_partitions(disk, layout))

    def _step(self, what: str, job: Callable[[], T]) -> T | None:
        return guarded(self.report, what, lambda: self.file.run(job))

    def _check_size(self, size: int | None) -> None:
        if size is not None and size > MAX_DISK[self.role]:
            self.report.add(kinds.TOO_LARGE, size=size, limit=MAX_DISK[self.role])
        if size is not None and size % 512:
            self.report.add(kinds.NOT_SECTORS, size=size)

    def _read_partitions(self, disk: Container, layout: Layout) -> None:
        volumes, memo = Volumes(disk, self.report), Memo()
        skip_recovery = any(partition.type not in (*RECOVERY, "efi_system") for partition in layout.partitions)

        def read(number: int, partition: Partition) -> PartitionContent:
            found = memo(number, lambda: partitions.identify(partition, layout, disk, self.report))
            esp = found.type == "efi_system"
            manager = memo(("esp", number), lambda: self._boot_manager(disk, found)) if esp else None
            searched = found.filesystem == "ntfs" and not (skip_recovery and found.type in RECOVERY)
            if searched and number >= MAX_SEARCHED:
                why = f"only the first {MAX_SEARCHED} partitions are searched"
                self.report.add(kinds.WINDOWS_UNREAD, what=f"volume at byte {found.start}", why=why)
                return PartitionContent(found, manager, VolumeFacts(found.start))
            return PartitionContent(found, manager, volumes.facts(found.start) if searched else None)

        def read_all() -> list[PartitionContent]:
            _, contents = fetch_together(check_ends, lambda: fetch_together(*jobs))
            return contents or []

        bare = [Partition(0, disk.size, "bare", layout.bare)] if layout.bare else []
        jobs = [partial(read, number, partition) for number, partition in enumerate([*layout.partitions, *bare])]
        check_ends = partial(memo, "ends", partial(guarded, self.report, "file", lambda: _check_ends(disk, layout)))
        contents = self.file.run(read_all)
        layout.partitions = [content.partition for content in contents[: len(layout.partitions)]]
        self.identified = True
        manager = next((content.manager for content in contents if content.manager), None)
        found = [content.volume for content in contents if content.volume]
        self.system = summary.system_facts(disk, layout, manager, found, self.role, self.report)

    def _boot_manager(self, disk: Container, esp: Partition) -> firmware.BootManager | None:
        return guarded(self.report, "EFI system partition", lambda: firmware.boot_manager(disk, esp, self.report))

    def facts(self) -> DiskFacts:
        container, layout, system = self.container, self.layout, self.system
        return DiskFacts(
            format=container.format if container else None,
            variant=container.variant if container else None,
            virtual_size=container.virtual_size if container else None,
            file_size=self.file.size,
            partition_table=layout.table if layout else None,
            partitions=layout.partitions if layout else [],
            hw_firmware_type=system.firmware,
            bitlocker=_has_bitlocker(layout) if layout and self.identified else None,
            ntfs_dirty=system.ntfs_dirty,
            hibernated=system.hibernated,
            windows=system.windows,
        )


def _opened(disk: Container) -> Literal[True]:
    disk.open()
    return True


def _check_ends(disk: Container, layout: Layout) -> None:
    """Where no header proves that the file is whole: what is usually written last must lie within it."""
    if disk.end_checked or not isinstance(disk, TwoLevel) or not disk.size:
        return
    if (last := disk.last_used()) is not None:
        disk.check_stored(last, disk.cluster_size)
    if not disk.check_partition_ends:
        return
    ends = [partition.start + partition.size - 1 for partition in layout.partitions[-MAX_ENDS_CHECKED:]]
    ends = [end for end in ends if 0 <= end < disk.size]
    disk.prefetch_tables([(end, 1) for end in ends])
    for end in ends:
        disk.check_stored(end)


def _has_bitlocker(layout: Layout) -> bool | None:
    """False only where every boot sector was read."""
    found = [filesystem for _, filesystem in layout.filesystems()]
    return True if "bitlocker" in found else None if layout.unread else False
