"""What the benchmark shows: a quarter of the calls of a look every 10 s, and half of all ends known within 5 %."""

from __future__ import annotations

from random import Random
from statistics import median

import pytest

from bench.polling import compared, delays, follow, part_of_even
from bench.polling_jobs import kinds

KINDS = list(kinds(Random(0)))


@pytest.mark.parametrize("name", KINDS)
def test_a_quarter_of_the_calls_and_a_twentieth_of_the_time(name: str) -> None:
    found = compared(name, 100, 2)
    assert part_of_even(found["imagedrop"], found["every 10 s"]) <= 0.25
    assert median(delays(found["imagedrop"])) <= 0.05


def test_it_is_about_so_for_the_very_first_job() -> None:
    found = compared("by size, 20 % noise", 1, 2000)
    assert part_of_even(found["imagedrop"], found["every 10 s"]) <= 0.26
    assert median(delays(found["imagedrop"])) <= 0.05


def test_learning_is_worth_it_where_there_is_something_to_learn() -> None:
    found = compared("by size, 5 % noise", 100, 2)
    assert part_of_even(found["imagedrop"], found["nothing learned"]) <= 0.5
    assert median(delays(found["imagedrop"])) <= median(delays(found["nothing learned"])) / 2


def test_a_job_is_followed_until_its_end_is_seen() -> None:
    assert follow(95, 10, lambda at: 10) == (10, 95, 5, 95)
    assert follow(5, 10, lambda at: 10) == (1, 5, 5, 10)
