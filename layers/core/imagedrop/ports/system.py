"""Ports to time, random numbers and threads, and the time that an invocation has."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Protocol


class Clock(Protocol):
    def __call__(self) -> datetime:
        """Now, aware, UTC."""


class Sleep(Protocol):
    def __call__(self, seconds: float) -> None: ...


class TimeLeft(Protocol):
    def __call__(self) -> float:
        """Seconds that are left of this invocation. Also called in threads of `run_parallel`."""


class OutOfTime(Exception):
    """A call was not started, because what is left of the invocation may be too short for it. Nothing was sent."""


def unlimited_time() -> float:
    """For a process that nothing stops: a command line, a test. Finite, because it is calculated with."""
    return 1e9


class RunParallel(Protocol):
    def __call__(self, calls: Sequence[Callable[[], bytes]]) -> Sequence[bytes]:
        """Makes independent calls, in parallel if it can. Returns their results in the order of the calls. Raises the
        error of the first call that fails."""


def run_in_sequence(calls: Sequence[Callable[[], bytes]]) -> Sequence[bytes]:
    return [call() for call in calls]


class Random(Protocol):
    """`random.Random` is one."""

    def random(self) -> float:
        """In [0, 1)."""
