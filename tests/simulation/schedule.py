"""What comes next, in virtual time."""

from __future__ import annotations

import heapq
import itertools
from collections.abc import Callable
from datetime import UTC, datetime

from imagedrop_local.memory import SettableClock
from imagedrop_local.memory.fake_clock import START

NEVER = 1e12


class WorldClock(SettableClock):
    """The world's own time, kept as a number: it is asked a thousand times for every date."""

    def __init__(self) -> None:
        self.at = START.timestamp()

    @property
    def now(self) -> datetime:  # type: ignore[override]
        return datetime.fromtimestamp(self.at, UTC)

    def __call__(self) -> datetime:
        return datetime.fromtimestamp(self.at, UTC)

    def advance(self, seconds: float) -> datetime:
        self.at += seconds
        return START  # nobody asks

    def seconds(self) -> float:
        return self.at


class Schedule:
    """Acts at their times, s from the start; those of one time in the order in which they were planned."""

    def __init__(self) -> None:
        self.clock = WorldClock()
        self._start = self.clock.at
        self._numbers = itertools.count()
        self._acts: list[tuple[float, int, Callable[[], object]]] = []

    def __bool__(self) -> bool:
        return bool(self._acts)

    def now(self) -> float:
        return self.clock.at - self._start

    def since_start(self, at: float) -> float:
        """`at` in seconds since the epoch."""
        return at - self._start

    def plan(self, at: float, act: Callable[[], object]) -> None:
        heapq.heappush(self._acts, (at, next(self._numbers), act))

    def later(self, seconds: float, act: Callable[[], object]) -> None:
        self.plan(self.now() + seconds, act)

    def next_at(self) -> float:
        return self._acts[0][0] if self._acts else NEVER

    def act(self) -> None:
        """The next one."""
        heapq.heappop(self._acts)[2]()

    def wait_until(self, at: float) -> None:
        self.clock.advance(max(0.0, at - self.now()))
