"""What earlier jobs say about the next."""

from __future__ import annotations

import math
import random
from statistics import median

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imagedrop.workflow.poll_schedule.duration_forecast import KEPT, LARGEST, LONGEST, Forecast, Past, forecast, sound

GIB = 2.0**30
SOUND = st.builds(Past, st.integers(1, LARGEST), st.floats(1, LONGEST))


def middle(known: Forecast | None) -> float:
    assert known is not None
    return median(share.seconds for share in known.shares)


def test_without_a_job_before_it_there_is_no_forecast() -> None:
    assert forecast([], GIB) is None


def test_base_and_rate_are_found_exactly_where_there_is_no_noise() -> None:
    jobs = [Past(size * GIB, 60 + 32 * size) for size in (8, 2, 40, 17)]
    known = forecast(jobs, 100 * GIB)
    assert known is not None
    assert [share.seconds for share in known.shares] == pytest.approx([3260] * 4)


def test_a_few_odd_jobs_do_not_bend_the_fit() -> None:
    jobs = [Past(size * GIB, 60 + 32 * size) for size in range(1, KEPT + 1)]
    jobs[3], jobs[9] = Past(4 * GIB, 80_000), Past(10 * GIB, 2)
    assert middle(forecast(jobs, 10 * GIB)) == pytest.approx(380, rel=0.02)


def test_when_all_were_of_one_size_only_their_time_is_known() -> None:
    assert middle(forecast([Past(8 * GIB, 300)] * 5, 8 * GIB)) == 300


def test_a_base_below_nothing_is_a_mere_rate() -> None:
    """A base of -20 s, by the fit; the small one must not be over before it began."""
    known = forecast([Past(2 * GIB, 20), Past(4 * GIB, 60), Past(6 * GIB, 100)], 1 * GIB)
    assert 10 <= middle(known) <= 17


def test_an_ims_of_two_moods_makes_two_peaks() -> None:
    chance = random.Random(1)
    jobs = [Past(8 * GIB, chance.choice((300, 1500))) for _ in range(KEPT)]
    known = forecast(jobs, 8 * GIB)
    assert known is not None
    assert {round(share.seconds) for share in known.shares} == {300, 1500}


def test_new_jobs_count_more_than_old_ones() -> None:
    known = forecast([Past(8 * GIB, 200)] * 10 + [Past(8 * GIB, 600)] * 6, 8 * GIB)
    assert known is not None
    assert sum(share.weight for share in known.shares if share.seconds > 500) > 0.5


def test_trust_grows_with_the_jobs_and_falls_with_the_distance_of_their_size() -> None:
    few, many = [Past(8 * GIB, 300)] * 2, [Past(8 * GIB, 300)] * 12
    trust = [known.trust for jobs, size in ((few, 8), (many, 8), (many, 80), (many, 0.1))
             if (known := forecast(jobs, size * GIB))]  # fmt: skip
    assert trust[1] > trust[0] > trust[2] > trust[3]


@given(st.lists(SOUND, min_size=1, max_size=KEPT), st.integers(1, LARGEST))
def test_whatever_was_learned_a_forecast_is_one_whole_within_its_bounds(jobs: list[Past], size: int) -> None:
    known = forecast(jobs, size)
    assert known is not None
    assert all(1 <= share.seconds <= LONGEST for share in known.shares)
    assert sum(share.weight for share in known.shares) == pytest.approx(1)
    assert 0 < known.trust < 1


@pytest.mark.parametrize("bad", [0, -1, math.nan, math.inf, -math.inf, 10**400])
def test_what_cannot_be_true_is_not_sound(bad: float) -> None:
    assert sound(Past(GIB, 60))
    assert not sound(Past(GIB, bad))
    assert not sound(Past(bad, 60))
