"""What an inspection may cost, and what it did cost."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable


class BudgetExceeded(BaseException):
    """The inspection cost more than it may. No Exception: a reader that tries and catches must not go on."""

    def __init__(self, limit: float, unit: str) -> None:
        super().__init__(f"more than {limit:g} {unit}")
        self.limit, self.unit = limit, unit


class Budget(NamedTuple):
    """What one inspection may cost. `clock`: monotonic seconds, handed in; without one time is not limited.

    `steps`: of about a microsecond, counted and not measured, so that one image ends everywhere alike. What a
    reader repeats on what is already here costs no request, and this. A Windows in very many pieces takes 350,000.
    """

    requests: int = 300
    bytes: int = 48 * 1024 * 1024
    seconds: float = 120.0
    steps: int = 1_500_000
    clock: Callable[[], float] | None = None


class Cost:
    """What it did cost. `round_trips`: requests that had to wait for one another; `seconds`: since the first."""

    __slots__ = ("bytes", "gets", "round_trips", "seconds")

    def __init__(self) -> None:
        self.gets = self.bytes = self.round_trips = 0
        self.seconds = 0.0

    def public(self) -> dict[str, float]:
        return {name: getattr(self, name) for name in ("gets", "bytes", "round_trips", "seconds")}
