"""Many drops at once: what each costs, whether 100 or 10,000 come, and whether IMS is asked for more than it takes."""

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
    text = report([_ran(size) for size in sizes])
    print(f"load\n\n{text}")
    if page:
        begin, _, _ = PAGE.read_text(encoding="utf-8").partition("|  ")
        PAGE.write_text(begin + text, encoding="utf-8")


def _ran(size: int) -> Load:
    load = Load(size)
    load.run()
    return load


def report(loads: list[Load]) -> str:
    head = ("", *(f"{load.drops:,} drops" for load in loads), f"ratio {loads[-1].drops:,} to {loads[0].drops:,}")
    return table(head, [*_whole(loads), *_each(loads), *_sweep(loads)])


def _whole(loads: list[Load]) -> list[Row]:
    return [
        ("registered", *(f"{load.ended()['registered']:,}" for load in loads), ""),
        ("hours until the last end", *(f"{load.hours:.1f}" for load in loads), ""),
        ("most tasks of IMS at once", *(str(load.images.most) for load in loads), ""),
        ("refused, no task free", *(f"{load.images.refused:,}" for load in loads), ""),
    ]


def _each(loads: list[Load]) -> list[Row]:
    """Of the functions that a drop passes through, for each drop."""
    totals = [sum((cost for name, cost in load.costs.items() if name != "sweep"), Counter[str]()) for load in loads]
    return [_line(f"{name} per drop", name, [(total, load.drops) for total, load in zip(totals, loads, strict=True)])
            for name in COSTS]  # fmt: skip


def _sweep(loads: list[Load]) -> list[Row]:
    """Of the sweep, for each round."""
    rounds = ("rounds of the sweep", *(str(load.rounds) for load in loads), "")
    parts = [(load.costs["sweep"], max(1, load.rounds)) for load in loads]
    return [rounds, *(_line(f"sweep: {name} per round", name, parts) for name in COSTS)]


def _line(title: str, name: str, parts: Sequence[tuple[Mapping[str, int], int]]) -> Row:
    scale, unit = (1000, " ms") if name == "CPU" else (1, "")
    each = [total[name] / count / scale for total, count in parts]
    ratio = f"{each[-1] / each[0]:.2f}" if each[0] else ""
    return title, *(f"{one:,.2f}{unit}" for one in each), ratio
