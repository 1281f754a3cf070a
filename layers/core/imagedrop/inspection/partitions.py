"""The partitions of a disk: GPT or MBR, each with its filesystem."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagedrop.findings import inspection as kinds
from imagedrop.inspection import filesystems, gpt, mbr
from imagedrop.inspection.containers.base import Container
from imagedrop.inspection.containers.raw import Raw
from imagedrop.inspection.facts import Partition, PartitionTable
from imagedrop.inspection.findings_report import FindingsReport

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

SECTOR_SIZES = (512, 4096)
PARTITIONS_MOST = 128
DYNAMIC = {
    "ldm_data": kinds.DYNAMIC_DISK,
    f"{mbr.LDM:#04x}": kinds.DYNAMIC_DISK,
    "storage_spaces": kinds.STORAGE_SPACES,
}


class Layout:
    """`active`: start of the active partition of an MBR. `unread`: the table or a boot sector could not be read.
    `end`: where the table itself says that the disk ends, at the earliest.

    `bare`: the filesystem of a disk without partition table.
    """

    __slots__ = ("active", "bare", "end", "partitions", "table", "unread")

    def __init__(
        self,
        table: PartitionTable,
        partitions: Sequence[Partition] = (),
        *,
        active: int | None = None,
        unread: bool = False,
        end: int = 0,
        bare: filesystems.Filesystem | None = None,
    ) -> None:
        self.table, self.partitions, self.active = table, list(partitions), active
        self.unread, self.end, self.bare = unread, end, bare

    def filesystems(self) -> Iterator[tuple[int, str | None]]:
        """(start, filesystem) of every partition, or of the whole disk where it has none."""
        yield from ((one.start, one.filesystem) for one in self.partitions)
        if self.table == "none":
            yield 0, self.bare


def read(disk: Container, report: FindingsReport) -> Layout:
    """Without filesystems yet: `identified`. Raises what reading raises; what damage leaves is read, and it is said."""
    if disk.size < 512:
        return Layout("none")
    disk.prefetch([(0, 8192)])
    sector = disk.read(0, 512)
    bare = filesystems.identify(disk.read(0, min(filesystems.LOOKED_AT, disk.size)))
    entries = None if bare else mbr.parse(sector)
    protective = any(entry.type == mbr.PROTECTIVE for entry in entries or ())
    sizes = [disk.sector_size] if disk.sector_size else SECTOR_SIZES
    size = next((one for one in sizes if _signed(disk, one)), None)
    if protective or (size and not entries and not bare):
        layout = _gpt(disk, [size] if size else sizes, report)
        _judge_gpt(protective, size, disk, report)
        if protective and any(entry.type != mbr.PROTECTIVE for entry in entries or ()):
            why = "its MBR lists partitions beside the GPT (a hybrid MBR), and Windows goes by those"
            report.add(kinds.PARTITION_TABLE_DAMAGED, why=why)
    elif entries is not None:
        layout = _mbr(disk, entries, report)
    else:
        return Layout("none", bare=bare)
    _keep_inside(layout, disk, report)
    for one in layout.partitions:
        if one.type in DYNAMIC:
            report.add(DYNAMIC[one.type])
    return layout


def _signed(disk: Container, sector_size: int) -> bool:
    return disk.size >= 2 * sector_size and disk.read(sector_size, 8) == gpt.SIGNATURE


def _gpt(disk: Container, sector_sizes: Sequence[int], report: FindingsReport) -> Layout:
    """By the first header or, where that is bad, by the backup in the last sector."""
    reasons = []
    for place in (0, 1):
        for size in sector_sizes:
            try:
                table = gpt.read(disk, disk.size // size - 1 if place else 1, size)
            except gpt.Bad as error:
                reasons.append(str(error))
                continue
            if place:
                report.add(kinds.GPT_BACKUP_USED, why=reasons[0])
            found = [Partition(one.start * size, one.sectors * size, one.type) for one in table.entries]
            return Layout("gpt", found, end=table.sectors * size)
    report.add(kinds.GPT_DAMAGED, why=f"{reasons[0]}; backup: {reasons[-1]}")
    return Layout("gpt", unread=True)


def _judge_gpt(protective: bool, sector_size: int | None, disk: Container, report: FindingsReport) -> None:
    if not protective:
        report.add(kinds.PARTITION_TABLE_DAMAGED, why="it is a GPT, but the protective MBR before it is missing")
    if sector_size == 4096 or disk.sector_size == 4096:
        report.add(kinds.SECTORS_4K)


def _mbr(disk: Container, entries: list[mbr.Entry], report: FindingsReport) -> Layout:
    size = disk.sector_size or 512
    primary = [entry for entry in entries if entry.type not in mbr.EXTENDED]
    active = next((entry.start * size for entry in primary if entry.active), None)
    found = [*primary, *mbr.logical(disk, entries, size, report)]
    partitions = [Partition(one.start * size, one.sectors * size, f"{one.type:#04x}") for one in found]
    return Layout("mbr", partitions, active=active)


def _keep_inside(layout: Layout, disk: Container, report: FindingsReport) -> None:
    kept = [one for one in layout.partitions if one.start > 0 and one.size > 0]
    if len(kept) < len(layout.partitions):
        report.add(kinds.PARTITION_TABLE_DAMAGED, why="a partition has no extent")
    if len(kept) > PARTITIONS_MOST:
        report.add(kinds.PARTITION_TABLE_DAMAGED, why=f"{len(kept)} partitions; the first {PARTITIONS_MOST} are shown")
    layout.partitions = kept[:PARTITIONS_MOST]
    end = max((one.start + one.size for one in layout.partitions), default=0)
    end = max(end, layout.end)
    if end > disk.size and isinstance(disk, Raw):
        report.add(kinds.TRUNCATED, why=f"its partition table needs a disk of {end} bytes")
    elif end > disk.size:
        report.add(kinds.PARTITION_BEYOND_END, end=end, size=disk.size)


def identified(partition: Partition, layout: Layout, disk: Container, report: FindingsReport) -> Partition:
    """With its filesystem."""
    length = min(filesystems.LOOKED_AT, partition.size, disk.size - partition.start)
    if length <= 0:
        layout.unread = True
        return partition
    with report.guard(f"boot sector of the partition at {partition.start}"):
        return partition._replace(filesystem=filesystems.identify(disk.read(partition.start, length)))
    layout.unread = True
    return partition
