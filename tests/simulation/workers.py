"""Workers: each runs one handler, in one thread, and stands still wherever the history wants it to.

A worker is a greenlet: it runs until it pauses inside a port call, and others run until its time has come again.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random
from typing import Any

from greenlet import greenlet


class Crash(BaseException):
    """The function dies here: killed, or out of time. Nothing of it may catch this."""


@dataclass(eq=False)
class Worker:
    """`name`: the function; `body`: what it was called with; `label`: the same in every history that has it;
    `mishaps`: what had gone wrong in the world until it began."""

    name: str
    body: dict[str, Any]
    label: str
    dies_at: float
    random: Random
    mishaps: int = 0
    calls: int = 0
    over: bool = False  # it has ended, in whichever way
    green: greenlet | None = field(default=None, repr=False)


class Workers:
    """`later(seconds, act)` plans; `now()` in seconds."""

    def __init__(self, later: Callable[[float, Callable[[], object]], None], now: Callable[[], float]) -> None:
        self._later, self._now = later, now
        self.mishap: Callable[[], None] = lambda: None
        self.current: Worker | None = None
        self._busy: Counter[str] = Counter()

    def start(self, worker: Worker, run: Callable[[], None]) -> None:
        """Runs until it has ended or pauses."""
        self._busy[worker.name] += 1
        worker.green = greenlet(lambda: self._whole(worker, run))
        self._switch(worker)

    def pause(self, seconds: float) -> None:
        """Called by the current worker: others run, until so much time has passed. Raises Crash if it was too much."""
        worker = self.current
        assert worker is not None
        assert worker.green is not None
        self._later(seconds, lambda: self._switch(worker))
        assert worker.green.parent is not None
        worker.green.parent.switch()
        if self._now() > worker.dies_at:
            self.mishap()
            raise Crash

    def busy(self, name: str) -> int:
        return self._busy[name]

    def _whole(self, worker: Worker, run: Callable[[], None]) -> None:
        try:
            run()
        finally:
            worker.over = True
            self._busy[worker.name] -= 1

    def _switch(self, worker: Worker) -> None:
        assert worker.green is not None
        before, self.current = self.current, worker
        try:
            worker.green.switch()
        finally:
            self.current = before
