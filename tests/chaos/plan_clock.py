"""The plan's time: the clock's, but that it stands still while more drops are under way than the stack bears.

So a slow machine gets the same run, only later.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field

TICK = 0.1  # s


@dataclass
class Pace:
    """`crowded`: whether time is to stand still; for `patience` s on end at most. Thread-safe."""

    crowded: Callable[[], bool]
    clock: Callable[[], float]
    sleep: Callable[[float], object]
    patience: float
    over_at: float = float("inf")  # of the clock: nothing of the plan comes later
    passed: float = 0.0  # s of the plan
    _looked: float | None = None
    _stood: float = 0.0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def until(self, at: float) -> bool:
        """Returns when the plan's time is `at`; False: it never will be."""
        while self._pass() < at:
            if self.clock() > self.over_at:
                return False
            self.sleep(TICK)
        return True

    def _pass(self) -> float:
        with self._lock:
            now = self.clock()
            gone = now - self._looked if self._looked is not None else 0.0
            self._looked = now
            crowded = self.crowded()
            if not crowded or self._stood >= self.patience:
                self.passed += gone
            self._stood = self._stood + gone if crowded else 0.0
            return self.passed
