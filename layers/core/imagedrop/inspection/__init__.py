"""The inspection: reads what a disk image contains with a few dozen ranged reads, whatever the file holds.

source.py                   where the bytes come from        containers/    the formats: virtual disk -> file
block_cache.py, replay.py   blocks, in few round trips       partitions.py, gpt.py, mbr.py, filesystems.py
budget.py                   limits on the cost               firmware.py, fat.py  what boots it
findings_report.py          findings as they are made        ntfs/, registry/, windows/  the Windows installation
detect_format.py            which format it is               unpack/        compressed files
inspector.py, summary.py    the whole inspection
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
    """`read`: what it cost. A fact that is None has a finding that gives the reason."""

    facts: DiskFacts
    findings: list[Finding]
    read: Cost


def inspect(source: Source, *, file_name: str, role: Role = "system", budget: Budget | None = None) -> Inspection:
    """Inspects an image. `file_name`: its key or name, for its extension; `role`: a data disk need not boot.

    Never raises for what the file holds. Raises SourceChanged, ObjectsUnavailable, ObjectsRefused, OSError.
    """
    file = BlockCache(source, budget or Budget())
    report = FindingsReport(file_name, source.size)
    inspector = Inspector(file, report, role)
    try:
        inspector.run()
        file.check_time()
    except BudgetExceeded as exceeded:
        report.add(kinds.BUDGET, limit=exceeded.limit, unit=exceeded.unit)
    return Inspection(inspector.facts(), report.findings, file.cost)
