"""The wait before the next poll: a part of the time that the job has run, within bounds."""

from __future__ import annotations

import random
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imagedrop.workflow.poll_schedule import JITTER, next_wait


class Fixed:
    """A Random that always gives the same number."""

    def __init__(self, number: float) -> None:
        self.number = number

    def random(self) -> float:
        return self.number


@pytest.mark.parametrize(
    ("elapsed", "first", "longest", "wait"),
    [
        (60, 60, 300, 20),  # at least a third of the first wait
        (200, 60, 300, 20),
        (300, 60, 300, 30),  # a tenth of the time so far
        (3000, 60, 300, 300),
        (30_000, 60, 300, 300),  # at most the longest
        (60, 60, 5, 5),
        (0, 1, 300, 1),  # at least a second
    ],
)
def test_wait_is_a_tenth_of_the_elapsed_time_within_bounds(
    elapsed: float, first: float, longest: float, wait: float
) -> None:
    assert next_wait(elapsed, first, longest, Fixed(0.0)) == pytest.approx(wait)


@given(st.floats(0, 1e6), st.integers(1, 900), st.integers(1, 900), st.floats(0, 1, exclude_max=True))
def test_jitter_shortens_the_wait_by_at_most_a_fifth(elapsed: float, first: int, longest: int, number: float) -> None:
    full = next_wait(elapsed, first, longest, Fixed(0.0))
    assert (1 - JITTER) * full <= next_wait(elapsed, first, longest, Fixed(number)) <= full
    assert 0 < full <= longest


def test_jobs_that_start_together_spread_out() -> None:
    polls = []
    for seed in range(40):
        chance, at = random.Random(seed), [60.0]
        while at[-1] < 600:
            at.append(at[-1] + next_wait(at[-1], 60, 300, chance))
        assert all(before < after for before, after in pairwise(at))
        polls.append(round(at[-1]))
    assert len(set(polls)) >= 20
