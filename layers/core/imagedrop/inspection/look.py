"""One inspection, step by step: the container, the partitions, then everything that lies in them, side by side."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal

from imagedrop.findings import inspection as kinds
from imagedrop.inspection import firmware, partitions, system
from imagedrop.inspection.cache import BlockCache, together
from imagedrop.inspection.containers.base import Container
from imagedrop.inspection.containers.two_level import TwoLevel
from imagedrop.inspection.facts import DiskFacts
from imagedrop.inspection.partitions import Layout
from imagedrop.inspection.recognise import recognise
from imagedrop.inspection.report import Report
from imagedrop.inspection.windows.facts import guarded
from imagedrop.inspection.windows.volumes import Volumes

Role = Literal["system", "data"]
LOOKED_UP = 16  # partitions whose last sector is looked up
VOLUMES_MOST = 16  # that are asked for a Windows
LARGEST: dict[Role, int] = {"system": 1024 << 30, "data": 2048 << 30}  # bytes; IMS: min_disk of either


class Look:
    """What is known at any time is in its attributes."""

    def __init__(self, file: BlockCache, report: Report, role: Role) -> None:
        self.file, self.report, self.role = file, report, role
        self.container: Container | None = None
        self.layout: Layout | None = None
        self.inside = system.Inside()

    def run(self) -> None:
        self.container = self._step("file", lambda: recognise(self.file, self.report))
        disk = self.container
        if disk is None:
            return
        opened = self._step(f"{disk.format} structure", lambda: disk.open() or True)
        self._judge_size(disk.virtual_size)
        if not opened:
            return
        self.layout = self._step("partition table", lambda: partitions.read(disk, self.report))
        self._step("file", lambda: self._look_inside(disk, Volumes(disk, self.report)))

    def _step(self, what: str, job: Callable[[], Any]) -> Any:
        return guarded(self.report, what, lambda: self.file.run(job))

    def _judge_size(self, size: int | None) -> None:
        if size is not None and size > LARGEST[self.role]:
            self.report.say(kinds.TOO_LARGE, size=size, limit=LARGEST[self.role])
        if size is not None and size % 512:
            self.report.say(kinds.NOT_SECTORS, size=size)

    def _look_inside(self, disk: Container, volumes: Volumes) -> None:
        """Restartable."""
        layout = self.layout
        starts = [start for start, filesystem in layout.filesystems() if filesystem == "ntfs"] if layout else []
        jobs: tuple[Callable[[], Any], ...] = (
            lambda: guarded(self.report, "file", lambda: self._look_at_the_end(disk)),
            lambda: self._boot_manager(disk),
            lambda: volumes.ask(*starts[:VOLUMES_MOST]),
        )
        _, manager, told = together(*jobs)
        if layout is not None:
            self.inside = system.inside(disk, layout, manager, told, self.role, self.report)

    def _boot_manager(self, disk: Container) -> firmware.BootManager | None:
        esp = firmware.esp(self.layout) if self.layout else None
        if esp is None:
            return None
        return guarded(self.report, "EFI system partition", lambda: firmware.boot_manager(disk, esp, self.report))

    def _look_at_the_end(self, disk: Container) -> None:
        """Where no header proves that the file is whole, the places that are written last are looked up in its map."""
        if disk.whole or not isinstance(disk, TwoLevel) or not disk.size:
            return
        if (last := disk.last_used()) is not None:
            disk.check_stored(last, disk.unit)
        ends = [one.start + one.size - 1 for one in self.layout.partitions[-LOOKED_UP:]] if self.layout else []
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
            bitlocker=_bitlocker(layout) if layout else None,
            ntfs_dirty=inside.ntfs_dirty,
            hibernated=inside.hibernated,
            windows=inside.windows,
        )


def _bitlocker(layout: Layout) -> bool | None:
    """False only where every boot sector was read."""
    found = [filesystem for _, filesystem in layout.filesystems()]
    return True if "bitlocker" in found else None if layout.unread else False
