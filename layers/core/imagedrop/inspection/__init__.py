"""The inspection: what a disk image says about itself, by a few dozen ranged reads, whatever the file holds.

source.py, url.py     where the bytes lie        containers/  the formats: virtual disk -> places in the file
cache.py, rounds.py   blocks in few round trips  partitions.py, gpt.py, mbr.py, filesystems.py  what is on the disk
budget.py             what it may cost           firmware.py, fat.py  what starts it
report.py             findings as they come      ntfs/, registry/, windows/  the Windows inside   unpack/  packed files
recognise.py          which format it is         look.py, system.py  all of it together
"""

from __future__ import annotations

from typing import NamedTuple

from imagedrop.findings import Finding
from imagedrop.findings import inspection as kinds
from imagedrop.inspection.block_cache import BlockCache
from imagedrop.inspection.budget import Budget, BudgetExceeded, Cost
from imagedrop.inspection.facts import DiskFacts
from imagedrop.inspection.findings_report import FindingsReport
from imagedrop.inspection.inspector import Inspector, Role
from imagedrop.inspection.source import FileSource, ObjectSource, Source, SourceChanged

__all__ = ["Budget", "Cost", "FileSource", "Inspection", "ObjectSource", "Source", "SourceChanged", "inspect"]


class Inspection(NamedTuple):
    """`read`: what it cost. A fact that is None has a finding that says why."""

    facts: DiskFacts
    findings: list[Finding]
    read: Cost


def inspect(source: Source, *, file_name: str, role: Role = "system", budget: Budget | None = None) -> Inspection:
    """Looks at an image. `file_name`: its key or name, for its ending; `role`: a data disk need not start anything.

    Never raises for what the file holds. Raises SourceChanged, ObjectsUnavailable, ObjectsRefused, OSError.
    """
    file = BlockCache(source, budget or Budget())
    report = FindingsReport(file_name, source.size)
    look = Inspector(file, report, role)
    try:
        look.run()
        file.check_time()
    except BudgetExceeded as stop:
        report.add(kinds.BUDGET, limit=stop.limit, unit=stop.unit)
    return Inspection(look.facts(), report.findings, file.cost)
