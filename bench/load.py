"""The cost of a drop when 100, 1,000 or 10,000 arrive at once, and how often IMS refuses an import."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path

from bench.load_world import Load
from bench.table import Row, table

PAGE = Path(__file__).parents[1] / "docs/internals/load.md"
SIZES = (100, 1_000, 10_000)
COSTS = ("IMS calls", "OBS calls", "ledger reads", "ledger writes", "messages sent", "messages received", "CPU")


def run(page: bool = False, sizes: tuple[int, ...] = SIZES) -> None:
    """`page`: docs/internals/load.md gets the table."""
    logging.disable(logging.CRITICAL)
    text = report([_run(size) for size in sizes])
    print(f"load\n\n{text}")
    if page:
        begin, _, _ = PAGE.read_text(encoding="utf-8").partition("|  ")
        PAGE.write_text(begin + text, encoding="utf-8")


def _run(size: int) -> Load:
    load = Load(size)
    load.run()
    return load


def report(loads: list[Load]) -> str:
    head = ("", *(f"{load.drops:,} drops" for load in loads), f"ratio {loads[-1].drops:,} to {loads[0].drops:,}")
    return table(head, [*_totals(loads), *_per_drop(loads), *_per_sweep(loads)])


def _totals(loads: list[Load]) -> list[Row]:
    return [
        ("registered", *(f"{load.ended()['registered']:,}" for load in loads), ""),
        ("told that they are late", *(f"{load.told_of_a_delay():,}" for load in loads), ""),
        ("hours until the last end", *(f"{load.hours:.1f}" for load in loads), ""),
        ("most IMS tasks at once", *(str(load.images.most_tasks) for load in loads), ""),
        ("CreateImage refused: no free task", *(f"{load.images.refused:,}" for load in loads), ""),
    ]


def _per_drop(loads: list[Load]) -> list[Row]:
    """Costs of all functions but the sweep."""
    totals = [sum((cost for name, cost in load.costs.items() if name != "sweep"), Counter[str]()) for load in loads]
    return [_row(f"{name} per drop", name, [(total, load.drops) for total, load in zip(totals, loads, strict=True)])
            for name in COSTS]  # fmt: skip


def _per_sweep(loads: list[Load]) -> list[Row]:
    sweeps = ("sweeps", *(str(load.sweeps) for load in loads), "")
    parts = [(load.costs["sweep"], max(1, load.sweeps)) for load in loads]
    return [sweeps, *(_row(f"{name} per sweep", name, parts) for name in COSTS)]


def _row(title: str, name: str, parts: Sequence[tuple[Mapping[str, int], int]]) -> Row:
    scale, unit = (1000, " ms") if name == "CPU" else (1, "")
    costs = [total[name] / count / scale for total, count in parts]
    ratio = f"{costs[-1] / costs[0]:.2f}" if costs[0] else ""
    return title, *(f"{cost:,.2f}{unit}" for cost in costs), ratio
