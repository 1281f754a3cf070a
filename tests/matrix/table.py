"""The table that is printed: a row for each format, a column for each group of facts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from tests.matrix.comparison import COLUMNS, DISSECT
from tests.matrix.examine import Comparison

COST = ("gets", "trips", "KiB")  # the maximum of all images


@dataclass(slots=True)
class Row:
    images: int = 0
    in_dissect: bool = True
    differing: Counter[str] = field(default_factory=Counter)
    max_cost: tuple[int, int, int] = (0, 0, 0)

    def add(self, comparison: Comparison) -> None:
        self.images += 1
        self.differing.update({column for column, _ in comparison.differences})
        cost = (comparison.gets, comparison.round_trips, -(-comparison.bytes // 1024))
        self.max_cost = tuple(map(max, self.max_cost, cost))  # type: ignore[assignment]

    def cells(self) -> list[str]:
        agreeing = [self._cell(column) for column in (*COLUMNS, DISSECT)]
        return [*agreeing, *map(str, self.max_cost)]

    def _cell(self, column: str) -> str:
        if column == DISSECT and not self.in_dissect:
            return "-"
        return (
            str(self.images) if not self.differing[column] else f"{self.images - self.differing[column]}/{self.images}"
        )


def render(rows: Mapping[str, Row]) -> str:
    """A cell: how many images agree; also of how many, where some do not."""
    head = ["", *COLUMNS, DISSECT, *COST]
    lines = [head, *([name, *row.cells()] for name, row in rows.items())]
    widths = [max(len(line[at]) for line in lines) for at in range(len(head))]
    return "\n".join(
        "  ".join(
            cell.rjust(width) if at else cell.ljust(width)
            for at, (cell, width) in enumerate(zip(line, widths, strict=True))
        )
        for line in lines
    )
