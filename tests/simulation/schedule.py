"""Planned events in virtual time."""

from __future__ import annotations

import heapq
import itertools
from collections.abc import Callable
from datetime import UTC, datetime

from imagedrop_local.memory import SettableClock
from imagedrop_local.memory.fake_clock import START

NEVER = 1e12


class VirtualClock(SettableClock):
    """Keeps the time as a number, because it is read as seconds far more often than as a date."""

    def __init__(self) -> None:
        self.at = START.timestamp()

    @property
    def now(self) -> datetime:  # type: ignore[override]
        return datetime.fromtimestamp(self.at, UTC)

    def __call__(self) -> datetime:
        return datetime.fromtimestamp(self.at, UTC)

    def advance(self, seconds: float) -> datetime:
        self.at += seconds
        return START  # unused

    def seconds(self) -> float:
        return self.at


class Schedule:
    """Functions to run, at seconds from the start. Those planned for one time run in the order of planning."""

    def __init__(self) -> None:
        self.clock = VirtualClock()
        self._start = self.clock.at
        self._numbers = itertools.count()
        self._planned: list[tuple[float, int, Callable[[], object]]] = []

    def __bool__(self) -> bool:
        return bool(self._planned)

    def now(self) -> float:
        return self.clock.at - self._start

    def since_start(self, at: float) -> float:
        """`at` in seconds since the epoch."""
        return at - self._start

    def plan(self, at: float, run: Callable[[], object]) -> None:
        heapq.heappush(self._planned, (at, next(self._numbers), run))

    def run_later(self, seconds: float, run: Callable[[], object]) -> None:
        self.plan(self.now() + seconds, run)

    def next_at(self) -> float:
        return self._planned[0][0] if self._planned else NEVER

    def run_next(self) -> None:
        heapq.heappop(self._planned)[2]()

    def wait_until(self, at: float) -> None:
        self.clock.advance(max(0.0, at - self.now()))
