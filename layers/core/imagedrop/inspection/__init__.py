"""The inspection: what a disk image says about itself, by a few dozen ranged reads, whatever the file holds.

source.py  where the bytes lie          containers/  the formats: virtual disk -> places in the file
cache.py   blocks, cost, budget         partitions.py, gpt.py, mbr.py, filesystems.py, fat.py, firmware.py
report.py  findings as they come        recognise.py  which format; what is no image at all
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from imagedrop.findings import Finding
from imagedrop.findings import inspection as kinds
from imagedrop.inspection import firmware, partitions
from imagedrop.inspection.cache import BlockCache, Budget, BudgetExceeded, Cost
from imagedrop.inspection.containers.base import Container
from imagedrop.inspection.containers.two_level import TwoLevel
from imagedrop.inspection.facts import DiskFacts, Firmware, WindowsFacts
from imagedrop.inspection.recognise import recognise
from imagedrop.inspection.report import Report
from imagedrop.inspection.source import FileSource, ObjectSource, Source, SourceChanged

__all__ = ["Budget", "Cost", "FileSource", "Inspection", "ObjectSource", "Source", "SourceChanged", "inspect"]

Role = Literal["system", "data"]
LOOKED_UP = 16  # partitions whose last sector is looked up
LARGEST: dict[Role, int] = {"system": 1024 << 30, "data": 2048 << 30}  # bytes; IMS: min_disk of either


@dataclass(frozen=True, slots=True)
class Inspection:
    """`read`: what it cost. A fact that is None has a finding that says why."""

    facts: DiskFacts
    findings: list[Finding] = field(default_factory=list)
    read: Cost = field(default_factory=Cost)


def inspect(source: Source, *, file_name: str, role: Role = "system", budget: Budget | None = None) -> Inspection:
    """Looks at an image. `file_name`: its key or name, for its ending; `role`: a data disk need not start anything.

    Never raises for what the file holds. Raises SourceChanged, ObjectsUnavailable, ObjectsRefused, OSError.
    """
    file = BlockCache(source, budget or Budget())
    report = Report(file_name, source.size)
    look = _Look(file, report, role)
    try:
        look.run()
        file.check_time()
    except BudgetExceeded as stop:
        report.say(kinds.BUDGET, limit=stop.limit, unit=stop.unit)
    return Inspection(look.facts(), report.findings, file.cost)


class _Look:
    """One inspection, step by step; what is known at any time is in its attributes."""

    def __init__(self, file: BlockCache, report: Report, role: Role) -> None:
        self.file, self.report, self.role = file, report, role
        self.container: Container | None = None
        self.layout: partitions.Layout | None = None
        self.firmware: Firmware | None = None
        self.windows: WindowsFacts | None = None

    def run(self) -> None:
        with self.report.guard("file"):
            self.container = recognise(self.file, self.report)
        if self.container is None:
            return
        opened = False
        with self.report.guard(f"{self.container.format} structure"):
            self.container.open()
            opened = True
        self._judge_size(self.container.virtual_size)
        if opened:
            self._look_inside(self.container)
        if self.role == "system":
            self.report.say(kinds.WINDOWS_NOT_READ)

    def _judge_size(self, size: int | None) -> None:
        if size is not None and size > LARGEST[self.role]:
            self.report.say(kinds.TOO_LARGE, size=size, limit=LARGEST[self.role])
        if size is not None and size % 512:
            self.report.say(kinds.NOT_SECTORS, size=size)

    def _look_inside(self, disk: Container) -> None:
        with self.report.guard("partition table"):
            self.layout = partitions.read(disk, self.report)
        with self.report.guard("file"):
            self._look_at_the_end(disk)
        if self.layout is None:
            return
        for start, filesystem in self.layout.filesystems():
            if filesystem == "bitlocker":
                self.report.say(kinds.BITLOCKER, start=start)
        if self.role == "system":
            self.firmware = firmware.firmware(self.layout, self.report)
        if esp := firmware.esp(self.layout):
            with self.report.guard("EFI system partition"):
                self._look_at_boot_manager(disk, firmware.boot_manager(disk, esp, self.report))

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

    def _look_at_boot_manager(self, disk: Container, found: firmware.BootManager | None) -> None:
        if found and found.windows:
            self.windows = WindowsFacts(architecture=found.architecture)

    def facts(self) -> DiskFacts:
        container, layout = self.container, self.layout
        return DiskFacts(
            format=container.format if container else None,
            variant=container.variant if container else None,
            virtual_size=container.virtual_size if container else None,
            file_size=self.file.size,
            partition_table=layout.table if layout else None,
            partitions=layout.partitions if layout else [],
            hw_firmware_type=self.firmware,
            bitlocker=_bitlocker(layout) if layout else None,
            windows=self.windows,
        )


def _bitlocker(layout: partitions.Layout) -> bool | None:
    """False only where every boot sector was read."""
    found = [filesystem for _, filesystem in layout.filesystems()]
    return True if "bitlocker" in found else None if layout.unread else False
