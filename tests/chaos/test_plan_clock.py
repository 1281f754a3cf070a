"""The plan's time."""

from __future__ import annotations

from tests.chaos.plan_clock import TICK, Pace


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds


def test_time_passes_as_on_the_clock_where_nobody_waits() -> None:
    clock = Clock()
    Pace(lambda: False, clock, clock.sleep, patience=60).until(5)
    assert 5 <= clock.now - 100 <= 5 + 2 * TICK


def test_time_stands_still_in_a_crowd() -> None:
    clock = Clock()
    Pace(lambda: 102 < clock.now < 130, clock, clock.sleep, patience=60).until(5)
    assert 32 <= clock.now - 100 <= 34


def test_a_crowd_that_never_goes_is_waited_for_once() -> None:
    clock = Clock()
    Pace(lambda: True, clock, clock.sleep, patience=60).until(5)
    assert 65 <= clock.now - 100 < 66


def test_what_is_due_at_once_waits_for_nothing() -> None:
    clock = Clock()
    Pace(lambda: True, clock, clock.sleep, patience=60).until(0)
    assert clock.now == 100


def test_what_would_come_too_late_never_comes() -> None:
    clock = Clock()
    pace = Pace(lambda: False, clock, clock.sleep, patience=60, over_at=110)
    assert pace.until(9)
    assert not pace.until(11)
    assert clock.now < 111
