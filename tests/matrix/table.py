"""The matrix as a person reads it: a row for every format, a column for every group of facts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from tests.matrix.comparison import COLUMNS, DISSECT
from tests.matrix.examine import Comparison

COST = ("gets", "trips", "KiB")  # the most that any one image took


@dataclass(slots=True)
class Row:
    images: int = 0
    judged: bool = True
    wrong: Counter[str] = field(default_factory=Counter)
    most: tuple[int, int, int] = (0, 0, 0)

    def add(self, verdict: Comparison) -> None:
        self.images += 1
        self.wrong.update({column for column, _ in verdict.wrong})
        cost = (verdict.gets, verdict.round_trips, -(-verdict.bytes // 1024))
        self.most = tuple(map(max, self.most, cost))  # type: ignore[assignment]

    def cells(self) -> list[str]:
        agreeing = [self._cell(column) for column in (*COLUMNS, DISSECT)]
        return [*agreeing, *map(str, self.most)]

    def _cell(self, column: str) -> str:
        if column == DISSECT and not self.judged:
            return "-"
        return str(self.images) if not self.wrong[column] else f"{self.images - self.wrong[column]}/{self.images}"


def render(rows: Mapping[str, Row]) -> str:
    """How many images agree, of how many where not all do."""
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
