"""What following a job costs, and how late its end is found: every 10 s, doubling, growing and learned waits."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from random import Random
from statistics import mean, median
from typing import NamedTuple

from bench.polling_jobs import Job, kinds, run
from bench.table import table
from imagedrop.settings import Settings
from imagedrop.workflow.poll_schedule.duration_forecast import KEPT, Past, forecast
from imagedrop.workflow.poll_schedule.schedule import next_wait, plan

JOBS, RUNS = 300, 10
PAGE = Path(__file__).parents[1] / "docs/polling.md"
EVERY = 10.0
HEAD = ("jobs", "way", "looks", "of 10 s", "median delay", "of the job", "95 %", "worst")
Wait = Callable[[float], float]  # seconds since the job began -> seconds to the next look
FIRST, LONGEST = Settings().poll_first, Settings().poll_longest


class Followed(NamedTuple):
    """`seconds`: of the job; `delay`: from its end until that was found; `middle`: between the last two looks."""

    looks: int
    seconds: float
    delay: float
    middle: float


def follow(seconds: float, first: float, wait: Wait) -> Followed:
    at, before, looks = first, 0.0, 1
    while at < seconds:
        at, before, looks = at + math.ceil(wait(at)), at, looks + 1  # SQS knows whole seconds
    return Followed(looks, seconds, at - seconds, (at + before) / 2 if before else at)


def even(jobs: Iterable[Job], chance: Random) -> list[Followed]:
    return [follow(seconds, EVERY, lambda at: EVERY) for _, seconds in jobs]


def doubling(jobs: Iterable[Job], chance: Random) -> list[Followed]:
    """10 s, 20 s, 40 s and so on, up to 15 min."""
    return [follow(seconds, EVERY, lambda at: min(900.0, at + EVERY)) for _, seconds in jobs]


def growing(jobs: Iterable[Job], chance: Random) -> list[Followed]:
    """imagedrop with nothing learned: as it follows the first job."""
    return [follow(seconds, FIRST, lambda at: next_wait(at, (), FIRST, LONGEST, chance)) for _, seconds in jobs]


def learning(jobs: Iterable[Job], chance: Random) -> list[Followed]:
    past: list[Past] = []
    followed = []
    for size, seconds in jobs:
        looks = plan(forecast(past, size), FIRST, LONGEST, chance)
        one = follow(seconds, next(iter(looks), FIRST), _by(looks, chance))
        past = [*past, Past(size, one.middle)][-KEPT:]
        followed.append(one)
    return followed


WAYS = {"every 10 s": even, "doubling": doubling, "nothing learned": growing, "imagedrop": learning}


def compared(name: str, count: int = JOBS, runs: int = RUNS) -> dict[str, list[Followed]]:
    """By way, every job of one kind; each run begins with nothing learned."""
    found: dict[str, list[Followed]] = {way: [] for way in WAYS}
    for seed in range(runs):
        chance = Random(seed)
        jobs = list(run(kinds(chance)[name], count, chance))
        for way, followed in WAYS.items():
            found[way] += followed(jobs, Random(seed))
    return found


def report(page: bool = False) -> None:
    rows = [row for name in kinds(Random(0)) for row in _rows(name, compared(name))]
    rows += _rows("the very first job", compared("by size, 20 % noise", 1, JOBS * RUNS))
    text = table(HEAD, rows)
    print(f"polling: {JOBS * RUNS} jobs of each kind\n\n{text}")
    if page:
        begin, _, _ = PAGE.read_text(encoding="utf-8").partition("| jobs")
        PAGE.write_text(begin + text, encoding="utf-8")


def part_of_even(followed: Sequence[Followed], even: Sequence[Followed]) -> float:
    return mean(one.looks for one in followed) / mean(one.looks for one in even)


def delays(followed: Sequence[Followed]) -> list[float]:
    """As parts of the jobs' time, rising."""
    return sorted(one.delay / one.seconds for one in followed)


def _rows(name: str, found: dict[str, list[Followed]]) -> Iterable[Sequence[str]]:
    for way, followed in found.items():
        late = delays(followed)
        yield (
            name if way == "every 10 s" else "",
            way,
            f"{mean(one.looks for one in followed):.1f}",
            f"{part_of_even(followed, found['every 10 s']):.2f}",
            f"{median(one.delay for one in followed):.0f} s",
            f"{median(late):.1%}",
            f"{late[int(0.95 * len(late))]:.0%}",
            f"{late[-1]:.0%}",
        )


def _by(looks: Sequence[int], chance: Random) -> Wait:
    return lambda at: next_wait(at, looks, FIRST, LONGEST, chance)
