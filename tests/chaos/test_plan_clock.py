"""The time of the plan passes like the clock, and stands still under overload."""

from __future__ import annotations

from tests.chaos.plan_clock import TICK, PlanClock


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds


def test_time_passes_like_the_clock_without_overload() -> None:
    clock = Clock()
    PlanClock(lambda: False, clock, clock.sleep, longest_wait=60).wait_until(5)
    assert 5 <= clock.now - 100 <= 5 + 2 * TICK


def test_time_stands_still_during_overload() -> None:
    clock = Clock()
    PlanClock(lambda: 102 < clock.now < 130, clock, clock.sleep, longest_wait=60).wait_until(5)
    assert 32 <= clock.now - 100 <= 34


def test_time_passes_again_after_the_longest_wait() -> None:
    clock = Clock()
    PlanClock(lambda: True, clock, clock.sleep, longest_wait=60).wait_until(5)
    assert 65 <= clock.now - 100 < 66


def test_start_of_the_plan_does_not_wait() -> None:
    clock = Clock()
    PlanClock(lambda: True, clock, clock.sleep, longest_wait=60).wait_until(0)
    assert clock.now == 100


def test_plan_ends_at_the_limit() -> None:
    clock = Clock()
    plan_clock = PlanClock(lambda: False, clock, clock.sleep, longest_wait=60, ends_at=110)
    assert plan_clock.wait_until(9)
    assert not plan_clock.wait_until(11)
    assert clock.now < 111
