"""What an owner waits and what IMS is asked, for the jobs of docs/internals/polling.md."""

from __future__ import annotations

from random import Random

import pytest

from bench.polling import LONG, Polled, Schedule, compare, follow, jobs_of
from bench.polling_jobs import kinds

KINDS = [kind for kind in kinds(Random(0)) if jobs_of(kind, LONG)]


def test_all_kinds_but_those_of_2_minutes_have_jobs_of_at_least_5_minutes() -> None:
    assert len(KINDS) == 7


@pytest.mark.parametrize("kind", KINDS)
def test_jobs_of_at_least_5_minutes_meet_the_polling_targets(kind: str) -> None:
    found = compare(jobs_of(kind, LONG))["imagedrop"]
    assert found.ratio <= 0.27
    assert found.median_part <= 0.05
    assert found.part_95 <= 0.10
    assert found.worst_part <= 0.15


@pytest.mark.parametrize(
    ("seconds", "polled"), [(95, Polled(10, 95, 5)), (100, Polled(10, 100, 0)), (5, Polled(1, 5, 5))]
)
def test_job_is_polled_until_its_end_is_found(seconds: float, polled: Polled) -> None:
    assert follow(seconds, Schedule(10, lambda elapsed, random: 10), Random(0)) == polled
