"""The results of very many trials, by format and by reader."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from tests.fuzz.cases import Case
from tests.fuzz.trials import Outcome


class Row(NamedTuple):
    """`findings`: ids of all that were reported. `broken`: number of trials that broke a rule."""

    runs: int = 0
    findings: frozenset[str] = frozenset()
    seconds: float = 0.0
    total: float = 0.0
    peak: int = 0
    broken: int = 0

    def combined(self, other: Row) -> Row:
        return Row(
            self.runs + other.runs,
            self.findings | other.findings,
            max(self.seconds, other.seconds),
            self.total + other.total,
            max(self.peak, other.peak),
            self.broken + other.broken,
        )

    @classmethod
    def of(cls, outcome: Outcome) -> Row:
        seconds = outcome.seconds
        return cls(1, outcome.findings, seconds, seconds, outcome.peak, int(outcome.broken is not None))


class Totals:
    """Rows by (table, row). The totals of several processes can be merged."""

    def __init__(self) -> None:
        self.rows: dict[tuple[str, str], Row] = {}

    def note(self, case: Case, format_: str, outcome: Outcome) -> None:
        for key in (("format", format_), ("reader", case.reader), ("", "all")):
            self._add(key, Row.of(outcome))

    def merge(self, other: Totals) -> None:
        for key, row in other.rows.items():
            self._add(key, row)

    def _add(self, key: tuple[str, str], row: Row) -> None:
        self.rows[key] = self.rows.get(key, Row()).combined(row)

    def lines(self) -> Iterator[str]:
        yield f"{'':7}{'':12}{'runs':>8}{'findings':>10}{'mean ms':>9}{'slowest ms':>12}{'peak MB':>9}{'broken':>8}"
        for (table, name), row in sorted(self.rows.items()):
            yield (
                f"{table:7}{name:12}{row.runs:8}{len(row.findings):10}{row.total / row.runs * 1000:9.1f}"
                f"{row.seconds * 1000:12.0f}{row.peak / 2**20:9.0f}{row.broken:8}"
            )
