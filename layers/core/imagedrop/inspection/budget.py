"""The limits on what an inspection may cost, and what it did cost."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import NamedTuple


class BudgetExceeded(BaseException):
    """The inspection cost more than its budget. Not an Exception, so that no reader that catches those continues."""

    def __init__(self, limit: float, unit: str) -> None:
        super().__init__(f"more than {limit:g} {unit}")
        self.limit, self.unit = limit, unit


class Budget(NamedTuple):
    """What one inspection may cost. `clock`: monotonic seconds; without one the time is not limited.

    `steps`: of about a microsecond each. They are counted, not measured, so that an image ends alike on every machine.
    They limit work on bytes that are here already, which costs no request. A Windows in very many fragments takes
    350,000.
    """

    requests: int = 300
    bytes: int = 48 * 1024 * 1024
    seconds: float = 120.0
    steps: int = 1_500_000
    clock: Callable[[], float] | None = None


@dataclass(slots=True)
class Cost:
    """What an inspection did cost. `round_trips`: requests that had to wait for one another; `seconds`: since its
    start."""

    gets: int = 0
    bytes: int = 0
    round_trips: int = 0
    seconds: float = 0.0

    def public(self) -> dict[str, float]:
        return asdict(self)
