"""A plan is dense where the end is likely; whatever was learned, it harms little."""

from __future__ import annotations

import random
from collections.abc import Sequence
from itertools import pairwise

from hypothesis import example, given
from hypothesis import strategies as st

from imagedrop.workflow.poll_schedule.duration_forecast import LONGEST, Forecast, Past, Share, forecast
from imagedrop.workflow.poll_schedule.schedule import GROWTH, MOST, next_wait, plan

SHARES = st.lists(st.tuples(st.floats(1, LONGEST), st.floats(0.01, 1)), min_size=1, max_size=16)
CHANCE = st.randoms(use_true_random=False)
WAITS = st.integers(1, 900)
GIB = 2.0**30


def made(shares: Sequence[tuple[float, float]], trust: float) -> Forecast:
    total = sum(weight for _, weight in shares)
    return Forecast([Share(seconds, weight / total) for seconds, weight in shares], trust)


def walk(job: float, looks: Sequence[int], first: int, longest: int, chance: random.Random) -> list[float]:
    """The seconds at which a job of so many is looked at, until its end is seen."""
    seen = [float(looks[0] if looks else first)]
    while seen[-1] < job:
        seen.append(seen[-1] + next_wait(seen[-1], looks, first, longest, chance))
    return seen


@example([(300.0, 1.0), (558.0, 0.046875)], 0.5, 2, 31, random.Random(1))
@given(SHARES, st.floats(0.01, 0.97), WAITS, WAITS, CHANCE)
def test_a_plan_keeps_its_bounds_whatever_was_learned(
    shares: list[tuple[float, float]], trust: float, first: int, longest: int, chance: random.Random
) -> None:
    looks = plan(made(shares, trust), first, longest, chance)
    assert len(looks) <= MOST
    for look in looks[:1]:
        assert first <= look <= min(2 * first, max(first, longest))
    for look, following in pairwise(looks):
        assert 0 <= following - look <= min(longest, max(first, look / 2)) + 1


@given(SHARES, st.floats(0.01, 0.97), st.floats(60, 7200), CHANCE)
def test_the_delay_is_bounded_whatever_was_learned(
    shares: list[tuple[float, float]], trust: float, job: float, chance: random.Random
) -> None:
    seen = walk(job, plan(made(shares, trust), 60, 300, chance), 60, 300, chance)
    assert seen[-1] - job <= min(300, max(60, job / 2)) + 2


@given(SHARES, st.floats(0.01, 0.97), st.floats(60, 86_400), CHANCE)
def test_the_looks_are_bounded_whatever_was_learned(
    shares: list[tuple[float, float]], trust: float, job: float, chance: random.Random
) -> None:
    seen = walk(job, plan(made(shares, trust), 60, 300, chance), 60, 300, chance)
    assert len(seen) <= MOST + len(walk(job, (), 60, 300, chance)) * 1.3


@given(SHARES, st.floats(0.01, 0.97), st.floats(0, 1e6), WAITS, WAITS, CHANCE)
def test_no_wait_is_negative_or_beyond_the_longest(
    shares: list[tuple[float, float]], trust: float, elapsed: float, first: int, longest: int, chance: random.Random
) -> None:
    wait = next_wait(elapsed, plan(made(shares, trust), first, longest, chance), first, longest, chance)
    assert 0 < wait <= longest


def test_a_job_that_should_be_over_by_the_first_look_needs_no_plan() -> None:
    assert plan(made([(20, 1)], 0.9), 60, 300, random.Random(1)) == ()
    assert plan(None, 60, 300, random.Random(1)) == ()


def test_looks_are_dense_where_the_end_is_likely_and_seldom_before() -> None:
    looks = plan(made([(1500, 1)] * 10, 0.92), 60, 900, random.Random(1))
    parts = {look: (look - before) / before for before, look in pairwise(looks)}
    assert min(part for look, part in parts.items() if 1450 <= look <= 1550) < 0.03
    assert min(part for look, part in parts.items() if look < 1400) > 0.05


def test_a_job_that_is_not_over_soon_is_ever_more_likely_to_be_like_the_others() -> None:
    looks = plan(made([(3600, 1)] * 10, 0.5), 60, 900, random.Random(1))
    parts = [(following - look) / look for look, following in pairwise(looks) if look >= 900 and following <= 3300]
    assert len(parts) >= 2
    assert min(parts) > 0.2


def test_between_two_peaks_there_is_a_rest() -> None:
    looks = plan(made([(300, 1), (301, 1), (302, 1), (1500, 1), (1501, 1), (1502, 1)], 0.92), 60, 900, random.Random(1))
    rest = max(following - look for look, following in pairwise(looks))
    peak = [look for look in looks if 285 <= look <= 315]
    assert min(look for look in looks if look > 320) >= 350
    assert rest > 100
    assert len(peak) >= 2


def test_jobs_of_one_size_do_not_fall_in_step() -> None:
    chance = random.Random(1)
    known = forecast([Past(8 * GIB, 300)] * 10, 8 * GIB)
    plans = [plan(known, 60, 300, chance) for _ in range(40)]
    assert len({looks[0] for looks in plans}) >= 3
    assert len({min(looks, key=lambda look: abs(look - 300)) for looks in plans}) >= 4


def test_a_job_that_takes_far_longer_than_expected_is_looked_at_as_if_nothing_were_known() -> None:
    chance = random.Random(1)
    looks = plan(forecast([Past(8 * GIB, 300)] * 10, 8 * GIB), 60, 900, chance)
    seen = walk(3600, looks, 60, 900, chance)
    for look, following in pairwise(look for look in seen if look > 400):
        assert 0.8 * GROWTH <= (following - look) / look <= GROWTH + 1e-9
