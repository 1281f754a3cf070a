"""The time of the plan. It stands still while too many drops are open, so a slow machine runs the same plan."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field

TICK = 0.1  # s


@dataclass
class PlanClock:
    """`overloaded`: whether time stands still, for at most `longest_wait` s in a row. Thread-safe."""

    overloaded: Callable[[], bool]
    clock: Callable[[], float]
    sleep: Callable[[float], object]
    longest_wait: float
    ends_at: float = float("inf")  # of `clock`; the rest of the plan is skipped
    passed: float = 0.0  # s of the plan
    _last: float | None = None
    _waited: float = 0.0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def wait_until(self, at: float) -> bool:
        """Returns True at the plan's time `at`, or False if the plan ends before."""
        while self._update() < at:
            if self.clock() > self.ends_at:
                return False
            self.sleep(TICK)
        return True

    def _update(self) -> float:
        with self._lock:
            now = self.clock()
            elapsed = now - self._last if self._last is not None else 0.0
            self._last = now
            overloaded = self.overloaded()
            if not overloaded or self._waited >= self.longest_wait:
                self.passed += elapsed
            self._waited = self._waited + elapsed if overloaded else 0.0
            return self.passed
