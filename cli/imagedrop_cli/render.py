"""Facts, findings and results for people."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from rich import box
from rich.console import RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from imagedrop.common.display_text import one_line
from imagedrop.findings import Finding
from imagedrop.inspection.facts import DiskFacts
from imagedrop_cli import facts_table

COLOURS = {"error": "bold red", "warning": "yellow", "info": "cyan"}
UNITS = ("bytes", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB")


def size(number: int | None) -> str:
    """`1.2 MiB`."""
    if number is None:
        return "?"
    value, unit = float(number), 0
    while value >= 1024 and unit < len(UNITS) - 1:
        value, unit = value / 1024, unit + 1
    return f"{number} bytes" if unit == 0 else f"{value:.1f}".removesuffix(".0") + f" {UNITS[unit]}"


def facts(found: DiskFacts) -> Iterator[RenderableType]:
    """A line for each fact, then the partitions."""
    grid = Table.grid(padding=(0, 2))
    grid.add_column(style="bold")
    grid.add_column()
    for name, value in _lines(found):
        grid.add_row(Text(name), Text(one_line(value)))
    yield grid
    if found.partitions:
        yield _partitions(found)


def _lines(found: DiskFacts) -> Iterator[tuple[str, str]]:
    yield "format", " ".join(filter(None, (found.format, found.variant))) or "unknown"
    yield "size", f"{size(found.virtual_size)} (file: {size(found.file_size)})"
    yield "firmware", (found.hw_firmware_type or "?").upper()
    yield "partitions", found.partition_table or "?"
    yield from facts_table.lines(found)


def _partitions(found: DiskFacts) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for name in ("start", "size"):
        table.add_column(name, justify="right")
    for name in ("type", "filesystem"):
        table.add_column(name)
    for partition in found.partitions:
        filesystem = partition.filesystem or "-"
        table.add_row(size(partition.start), size(partition.size), one_line(partition.type), filesystem)
    return table


def findings(found: Iterable[Finding]) -> Iterator[RenderableType]:
    """For each: severity and id, then the message, then the fix."""
    for finding in found:
        title = f" {finding.id}" + (f" at {finding.field}" if finding.field else "")
        yield Text.assemble((one_line(finding.severity), COLOURS.get(finding.severity, "")), one_line(title))
        yield indented(finding.message)
        yield indented(f"Fix: {finding.fix}", style="dim")


def indented(text: str, style: str = "") -> Padding:
    return Padding(Text(one_line(text), style=style), (0, 0, 0, 2), expand=False)


def stored_findings(found: Iterable[Mapping[str, Any]]) -> Iterator[RenderableType]:
    """Findings of a result file or a ledger row."""
    fields = ("id", "severity", "message", "fix", "field")
    yield from findings(Finding(**{name: stored[name] for name in fields if name in stored}) for stored in found)


def findings_summary(found: Iterable[Finding]) -> Text:
    """`2 errors, 1 warning`, or `no errors`."""
    counts = {"error": 0, "warning": 0}
    for finding in found:
        if finding.severity in counts:
            counts[finding.severity] += 1
    parts = [plural(count, name) for name, count in counts.items() if count]
    if counts["error"]:
        return Text(", ".join(parts), style=COLOURS["error"])
    return Text(", ".join(["no errors", *parts]), style="green")


def plural(count: int, noun: str) -> str:
    """`1 finding`, `2 findings`."""
    return f"{count} {noun}" + ("" if count == 1 else "s")


def drop_result(result: Mapping[str, Any]) -> Iterator[RenderableType]:
    """How a drop ended. `result`: a result file or a ledger row."""
    stage = str(result["stage"])
    style = "bold green" if stage == "registered" else "bold red"
    yield Text.assemble((one_line(stage), style), one_line(f" {result['key']}, attempt {result['attempt']}"))
    for image in result.get("images") or ():
        disk = "" if image["role"] == "system" else f" (data disk {image['file']})"
        yield indented(f"image {image['id']}  {image['name']}, {image['min_disk']} GB{disk}")
    reason, stored = result.get("reason"), result.get("findings") or ()
    if reason and reason["code"] not in [finding["id"] for finding in stored]:  # not the same message twice
        yield indented(f"{reason['code']}: {reason['message']}")
    yield from stored_findings(stored)
