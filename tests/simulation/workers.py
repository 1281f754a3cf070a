"""Workers: each runs one handler, and can pause inside any port call while others run. All share one thread.

A worker is a greenlet: it runs until it pauses, and continues when its pause is over.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random
from typing import Any

from greenlet import greenlet


class Crash(BaseException):
    """The function is killed or out of time. A BaseException: no handler catches it."""


@dataclass(eq=False)
class Worker:
    """`name`: the function. `body`: its message. `label`: the same for this call in every variant of the history.
    `fault_count`: faults in the history before it started. `failed_ports`: of its calls that have raised an error."""

    name: str
    body: dict[str, Any]
    label: str
    times_out_at: float
    random: Random
    began_at: float = 0.0
    fault_count: int = 0
    calls: int = 0
    failed_ports: set[str] = field(default_factory=set)
    finished: bool = False  # returned, raised or crashed
    coroutine: greenlet | None = field(default=None, repr=False)

    @property
    def function(self) -> str:
        return self.name.removesuffix(" elsewhere")  # of another installation


class Workers:
    """`run_later(seconds, run)` plans a call; `now()` in seconds."""

    def __init__(self, run_later: Callable[[float, Callable[[], object]], None], now: Callable[[], float]) -> None:
        self._run_later, self._now = run_later, now
        self.count_fault: Callable[[], None] = lambda: None
        self.current: Worker | None = None
        self._busy: Counter[str] = Counter()

    def start(self, worker: Worker, run: Callable[[], None]) -> None:
        """Returns when the worker finishes or pauses."""
        self._busy[worker.name] += 1
        worker.coroutine = greenlet(lambda: self._run(worker, run))
        self._switch(worker)

    def pause(self, seconds: float) -> None:
        """Pauses the current worker, so that others run. Raises Crash if it is out of time afterwards."""
        worker = self.current
        assert worker is not None
        assert worker.coroutine is not None
        self._run_later(seconds, lambda: self._switch(worker))
        assert worker.coroutine.parent is not None
        worker.coroutine.parent.switch()
        if self._now() > worker.times_out_at:
            self.count_fault()
            raise Crash

    def busy(self, name: str) -> int:
        return self._busy[name]

    def _run(self, worker: Worker, run: Callable[[], None]) -> None:
        try:
            run()
        finally:
            worker.finished = True
            self._busy[worker.name] -= 1

    def _switch(self, worker: Worker) -> None:
        assert worker.coroutine is not None
        before, self.current = self.current, worker
        try:
            worker.coroutine.switch()
        finally:
            self.current = before
