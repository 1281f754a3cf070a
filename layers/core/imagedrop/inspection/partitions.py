"""The partitions of a disk: GPT or MBR, each with its filesystem."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from imagedrop.findings import inspection as kinds
from imagedrop.inspection import filesystems, gpt, mbr
from imagedrop.inspection.containers.base import Container
from imagedrop.inspection.containers.raw import Raw
from imagedrop.inspection.facts import Filesystem, Partition, PartitionTable
from imagedrop.inspection.findings_report import FindingsReport

SECTOR_SIZES = (512, 4096)
MAX_PARTITIONS = 128
DYNAMIC = {
    "ldm_data": kinds.DYNAMIC_DISK,
    f"{mbr.LDM:#04x}": kinds.DYNAMIC_DISK,
    "storage_spaces": kinds.STORAGE_SPACES,
}


@dataclass(slots=True)
class Layout:
    """The partitions of a disk, and what the partition table states about the disk."""

    table: PartitionTable
    partitions: list[Partition] = field(default_factory=list)
    active: int | None = None  # start of the active partition of an MBR
    unread: bool = False  # the table or a boot sector could not be read
    end: int = 0  # the disk is at least as long, by its own table
    bare: Filesystem | None = None  # of a disk without partition table

    def filesystems(self) -> Iterator[tuple[int, Filesystem | None]]:
        """(start, filesystem) of every partition, or of the whole disk where it has no partition table."""
        yield from ((partition.start, partition.filesystem) for partition in self.partitions)
        if self.table == "none":
            yield 0, self.bare


def read(disk: Container, report: FindingsReport) -> Layout:
    """The partitions, without filesystems: see `identify`. Reports damage and reads what is left. Raises what reading
    raises."""
    if disk.size < 512:
        return Layout("none")
    sector = disk.read(0, 512)
    bare = filesystems.identify(disk.read(0, min(filesystems.BOOT_BYTES, disk.size)))
    entries = None if bare else mbr.parse(sector)
    protective = any(entry.type == mbr.PROTECTIVE for entry in entries or ())
    sector_sizes = [disk.sector_size] if disk.sector_size else SECTOR_SIZES
    sector_size = next((size for size in sector_sizes if _has_gpt(disk, size)), None)
    if protective or (sector_size and not entries and not bare):
        layout = _gpt(disk, [sector_size] if sector_size else sector_sizes, report)
        _check_gpt(protective, sector_size, disk, report)
        if protective and any(entry.type != mbr.PROTECTIVE for entry in entries or ()):
            why = "its MBR lists partitions beside the GPT (a hybrid MBR), and Windows uses those"
            report.add(kinds.PARTITION_TABLE_DAMAGED, why=why)
    elif entries is not None:
        layout = _mbr(disk, entries, report)
    else:
        return Layout("none", bare=bare)
    _check_partitions(layout, disk, report)
    for partition in layout.partitions:
        if partition.type in DYNAMIC:
            report.add(DYNAMIC[partition.type])
    return layout


def _has_gpt(disk: Container, sector_size: int) -> bool:
    return disk.size >= 2 * sector_size and disk.read(sector_size, 8) == gpt.SIGNATURE


def _gpt(disk: Container, sector_sizes: Sequence[int], report: FindingsReport) -> Layout:
    """From the first header or, where that is bad, from the backup in the last sector."""
    reasons = []
    for is_backup in (False, True):
        for size in sector_sizes:
            try:
                table = gpt.read(disk, disk.size // size - 1 if is_backup else 1, size)
            except gpt.Bad as error:
                reasons.append(str(error))
                continue
            if is_backup:
                report.add(kinds.GPT_BACKUP_USED, why=reasons[0])
            found = [Partition(entry.start * size, entry.sectors * size, entry.type) for entry in table.entries]
            return Layout("gpt", found, end=table.sectors * size)
    report.add(kinds.GPT_DAMAGED, why=f"{reasons[0]}; backup: {reasons[-1]}")
    return Layout("gpt", unread=True)


def _check_gpt(protective: bool, sector_size: int | None, disk: Container, report: FindingsReport) -> None:
    if not protective:
        report.add(kinds.PARTITION_TABLE_DAMAGED, why="it is a GPT, but the protective MBR before it is missing")
    if sector_size == 4096 or disk.sector_size == 4096:
        report.add(kinds.SECTORS_4K)


def _mbr(disk: Container, entries: list[mbr.Entry], report: FindingsReport) -> Layout:
    size = disk.sector_size or 512
    primary = [entry for entry in entries if entry.type not in mbr.EXTENDED]
    active = next((entry.start * size for entry in primary if entry.active), None)
    found = [*primary, *mbr.logical(disk, entries, size, report)]
    partitions = [Partition(entry.start * size, entry.sectors * size, f"{entry.type:#04x}") for entry in found]
    return Layout("mbr", partitions, active=active)


def _check_partitions(layout: Layout, disk: Container, report: FindingsReport) -> None:
    kept = [partition for partition in layout.partitions if partition.start > 0 and partition.size > 0]
    if len(kept) < len(layout.partitions):
        report.add(kinds.PARTITION_TABLE_DAMAGED, why="a partition is empty or begins in the first sector")
    if len(kept) > MAX_PARTITIONS:
        report.add(kinds.PARTITION_TABLE_DAMAGED, why=f"{len(kept)} partitions; the first {MAX_PARTITIONS} are shown")
    layout.partitions = kept[:MAX_PARTITIONS]
    end = max([layout.end, *(partition.start + partition.size for partition in layout.partitions)])
    if end > disk.size and isinstance(disk, Raw):
        report.add(kinds.TRUNCATED, why=f"its partition table needs a disk of {end} bytes")
    elif end > disk.size:
        report.add(kinds.PARTITION_BEYOND_END, end=end, size=disk.size)


def identify(partition: Partition, layout: Layout, disk: Container, report: FindingsReport) -> Partition:
    """The partition with its filesystem. Marks the layout where the boot sector could not be read."""
    length = min(filesystems.BOOT_BYTES, partition.size, disk.size - partition.start)
    with report.guard(f"boot sector of the partition at {partition.start}"):
        if length > 0:
            return replace(partition, filesystem=filesystems.identify(disk.read(partition.start, length)))
    layout.unread = True
    return partition
