"""Facts and findings as a person wants them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from rich import box
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


def facts(found: DiskFacts) -> Iterator[Any]:
    """A line for each thing that is known, then the partitions."""
    grid = Table.grid(padding=(0, 2))
    grid.add_column(style="bold")
    grid.add_column()
    for name, value in _lines(found):
        grid.add_row(Text(name), Text(one_line(value)))
    yield grid
    if found.partitions:
        yield _partitions(found)


def _lines(found: DiskFacts) -> Iterator[tuple[str, str]]:
    yield "format", " ".join(filter(None, (found.format, found.variant))) or "none that is known"
    yield "size", f"{size(found.virtual_size)}, {size(found.file_size)} in the file"
    yield "starts by", (found.hw_firmware_type or "?").upper()
    yield "partitions", found.partition_table or "?"
    yield from facts_table.lines(found)


def _partitions(found: DiskFacts) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for name in ("start", "size"):
        table.add_column(name, justify="right")
    for name in ("type", "filesystem"):
        table.add_column(name)
    for one in found.partitions:
        table.add_row(size(one.start), size(one.size), one_line(one.type), one.filesystem or "-")
    return table


def findings(found: Iterable[Finding]) -> Iterator[Any]:
    """What is wrong, and how to mend it below."""
    for one in found:
        place = f" at {one.field}" if one.field else ""
        yield Text.assemble((one_line(one.severity), COLOURS.get(one.severity, "")), one_line(f" {one.id}{place}"))
        yield indented(one.message)
        yield indented(f"→ {one.fix}", style="dim")


def indented(text: str, style: str = "") -> Padding:
    return Padding(Text(one_line(text), style=style), (0, 0, 0, 2), expand=False)


def stored_findings(found: Iterable[Mapping[str, Any]]) -> Iterator[Any]:
    """Findings of a result file or a ledger row."""
    fields = ("id", "severity", "message", "fix", "field")
    yield from findings(Finding(**{name: one[name] for name in fields if name in one}) for one in found)


def findings_summary(found: Iterable[Finding]) -> Text:
    """`2 errors, 1 warning`, or that all is well."""
    counts = {"error": 0, "warning": 0}
    for one in found:
        if one.severity in counts:
            counts[one.severity] += 1
    said = [f"{count} {name}{'s' if count > 1 else ''}" for name, count in counts.items() if count]
    if counts["error"]:
        return Text(", ".join(said), style=COLOURS["error"])
    return Text(f"no errors{', ' + said[0] if said else ''}", style="green")


def drop_result(result: Mapping[str, Any]) -> Iterator[Any]:
    """How a drop ended, from its result file or its row."""
    stage = str(result["stage"])
    style = "bold green" if stage == "registered" else "bold red"
    yield Text.assemble((one_line(stage), style), one_line(f" {result['key']}, attempt {result['attempt']}"))
    for image in result.get("images") or ():
        disk = "" if image["role"] == "system" else f" (data disk {image['file']})"
        yield indented(f"image {image['id']}  {image['name']}, {image['min_disk']} GB{disk}")
    if result.get("reason"):
        yield indented(f"{result['reason']['code']}: {result['reason']['message']}")
    yield from stored_findings(result.get("findings") or ())
