"""Markdown tables with aligned columns."""

from __future__ import annotations

from collections.abc import Sequence

Row = Sequence[str]


def table(head: Row, rows: Sequence[Row]) -> str:
    """The first column is aligned to the left, the others to the right."""
    widths = [max(len(row[at]) for row in (head, *rows)) for at in range(len(head))]
    rule = ["-" * widths[0], *("-" * (width - 1) + ":" for width in widths[1:])]
    return "\n".join(_line(row, widths) for row in (head, rule, *rows)) + "\n"


def _line(row: Row, widths: Sequence[int]) -> str:
    first, *others = (f"{text:{'<' if not at else '>'}{widths[at]}}" for at, text in enumerate(row))
    return f"| {' | '.join([first, *others])} |"
