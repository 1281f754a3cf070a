"""Ports to time, chance and threads. `random.Random` is a Random."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Protocol


class Clock(Protocol):
    def __call__(self) -> datetime:
        """Now, aware, UTC."""


class Sleep(Protocol):
    def __call__(self, seconds: float) -> None: ...


class RunParallel(Protocol):
    def __call__(self, calls: Sequence[Callable[[], bytes]]) -> Sequence[bytes]:
        """Makes independent calls, at once where it can; their answers, in their order. Raises what the first to fail
        raises."""


def run_in_sequence(calls: Sequence[Callable[[], bytes]]) -> Sequence[bytes]:
    return [call() for call in calls]


class Random(Protocol):
    """`random.Random` is one."""

    def random(self) -> float:
        """In [0, 1)."""
