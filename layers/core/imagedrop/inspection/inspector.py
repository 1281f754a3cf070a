"""One inspection, step by step: the container, the partitions, then everything that lies in them, side by side."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Literal, NamedTuple

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
from imagedrop.inspection.windows.volumes import UNASKED, VolumeFacts, Volumes

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

Role = Literal["system", "data"]
RECOVERY = ("recovery", "0x27")  # no Windows lives there, only its rescue; not looked into where there is more
LOOKED_UP = 16  # partitions whose last sector is looked up
ASKED_MOST = 32  # partitions whose volumes are searched for a Windows
LARGEST: dict[Role, int] = {"system": 1024 << 30, "data": 2048 << 30}  # bytes; IMS: min_disk of either


class Answer(NamedTuple):
    """What one partition has to say."""

    partition: Partition
    manager: firmware.BootManager | None
    volume: VolumeFacts | None


class Inspector:
    """What is known at any time is in its attributes."""

    def __init__(self, file: BlockCache, report: FindingsReport, role: Role) -> None:
        self.file, self.report, self.role = file, report, role
        self.container: Container | None = None
        self.layout: Layout | None = None
        self.identified = False  # whether every partition was looked at
        self.inside = summary.SystemFacts()

    def run(self) -> None:
        self.container = self._step("file", lambda: detect_format(self.file, self.report))
        disk = self.container
        if disk is None:
            return
        opened = self._step(f"{disk.format} structure", lambda: disk.open() or True)
        self._judge_size(disk.virtual_size)
        if not opened:
            return
        self.layout = self._step("partition table", lambda: partitions.read(disk, self.report))
        if (layout := self.layout) is not None:
            guarded(self.report, "file", lambda: self._look_inside(disk, layout))

    def _step(self, what: str, job: Callable[[], Any]) -> Any:
        return guarded(self.report, what, lambda: self.file.run(job))

    def _judge_size(self, size: int | None) -> None:
        if size is not None and size > LARGEST[self.role]:
            self.report.add(kinds.TOO_LARGE, size=size, limit=LARGEST[self.role])
        if size is not None and size % 512:
            self.report.add(kinds.NOT_SECTORS, size=size)

    def _look_inside(self, disk: Container, layout: Layout) -> None:
        """Every partition goes its own way, side by side."""
        volumes, once = Volumes(disk, self.report), Memo()
        spared = any(one.type not in (*RECOVERY, "efi_system") for one in layout.partitions)

        def ask(number: int, partition: Partition) -> Answer:
            found = once(number, lambda: partitions.identified(partition, layout, disk, self.report))
            esp = found.type == "efi_system"
            manager = once(("esp", number), lambda: self._boot_manager(disk, found)) if esp else None
            asked = found.filesystem == "ntfs" and not (spared and found.type in RECOVERY)
            if asked and number >= ASKED_MOST:
                why = f"only the first {ASKED_MOST} partitions are searched"
                self.report.add(kinds.WINDOWS_UNREAD, what=f"volume at byte {found.start}", why=why)
                return Answer(found, manager, UNASKED._replace(start=found.start))
            return Answer(found, manager, volumes.ask(found.start) if asked else None)

        bare = [Partition(0, disk.size, "bare", layout.bare)] if layout.bare else []
        asked = [*layout.partitions, *bare]
        end = partial(guarded, self.report, "file", lambda: self._look_at_the_end(disk, layout))
        jobs: list[Callable[[], Any]] = [partial(once, "end", end), *[partial(ask, *one) for one in enumerate(asked)]]
        answers = self.file.run(lambda: fetch_together(*jobs))[1:]
        layout.partitions = [one.partition for one in answers[: len(layout.partitions)]]
        self.identified = True
        manager = next((one.manager for one in answers if one.manager), None)
        told = [one.volume for one in answers if one.volume]
        self.inside = summary.system_facts(disk, layout, manager, told, self.role, self.report)

    def _boot_manager(self, disk: Container, esp: Partition) -> firmware.BootManager | None:
        return guarded(self.report, "EFI system partition", lambda: firmware.boot_manager(disk, esp, self.report))

    def _look_at_the_end(self, disk: Container, layout: Layout) -> None:
        """Where no header proves that the file is whole, the places that are written last are looked up in its map."""
        if disk.whole or not isinstance(disk, TwoLevel) or not disk.size:
            return
        if (last := disk.last_used()) is not None:
            disk.check_stored(last, disk.unit)
        ends = [one.start + one.size - 1 for one in layout.partitions[-LOOKED_UP:]]
        places = [end for end in ends if 0 <= end < disk.size] if disk.scattered else []
        disk.prefetch_tables([(place, 1) for place in places])
        for place in places:
            disk.check_stored(place)

    def facts(self) -> DiskFacts:
        container, layout, inside = self.container, self.layout, self.inside
        return DiskFacts(
            format=container.format if container else None,
            variant=container.variant if container else None,
            virtual_size=container.virtual_size if container else None,
            file_size=self.file.size,
            partition_table=layout.table if layout else None,
            partitions=layout.partitions if layout else [],
            hw_firmware_type=inside.firmware,
            bitlocker=_bitlocker(layout) if layout and self.identified else None,
            ntfs_dirty=inside.ntfs_dirty,
            hibernated=inside.hibernated,
            windows=inside.windows,
        )


def _bitlocker(layout: Layout) -> bool | None:
    """False only where every boot sector was read."""
    found = [filesystem for _, filesystem in layout.filesystems()]
    return True if "bitlocker" in found else None if layout.unread else False
