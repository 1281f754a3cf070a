"""How many calls it takes to poll a job, and how late its end is found: every 10 s, doubling waits, and imagedrop's."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from random import Random
from statistics import mean, median
from typing import NamedTuple

from bench.polling_jobs import durations, kinds
from bench.table import table
from imagedrop.settings import Settings
from imagedrop.workflow.poll_schedule import next_wait

JOBS, RUNS = 300, 10
LONG = 300.0  # s; the targets are for jobs of at least this duration
PAGE = Path(__file__).parents[1] / "docs/internals/polling.md"
EVERY = 10.0
HEAD = ("jobs", "schedule", "calls", "of every 10 s", "median delay", "of the job", "95 %", "worst")
Wait = Callable[[float, Random], float]  # (seconds since the start of the job, random) -> seconds until the next poll
FIRST, LONGEST = Settings().poll_first, Settings().poll_longest


class Schedule(NamedTuple):
    first: float
    wait: Wait


SCHEDULES = {
    "every 10 s": Schedule(EVERY, lambda elapsed, random: EVERY),
    "doubling": Schedule(EVERY, lambda elapsed, random: min(900.0, elapsed + EVERY)),  # 10 s, 20 s, 40 s, ...
    "imagedrop": Schedule(FIRST, lambda elapsed, random: next_wait(elapsed, FIRST, LONGEST, random)),
}


class Polled(NamedTuple):
    """`seconds`: duration of the job; `delay`: seconds from its end to the poll that finds it."""

    calls: int
    seconds: float
    delay: float


class Summary(NamedTuple):
    """`calls`: mean; `ratio`: of the calls of a poll every 10 s; the parts are of the duration of the job."""

    calls: float
    ratio: float
    median_delay: float  # s
    median_part: float
    part_95: float
    worst_part: float


def follow(seconds: float, schedule: Schedule, random: Random) -> Polled:
    at, calls = schedule.first, 1
    while at < seconds:
        at, calls = at + math.ceil(schedule.wait(at, random)), calls + 1  # SQS takes whole seconds
    return Polled(calls, seconds, at - seconds)


def compare(jobs: Sequence[float], seed: int = 0) -> dict[str, Summary]:
    """By schedule. `jobs`: durations in seconds."""
    polled = {
        name: [follow(seconds, schedule, random) for seconds in jobs]
        for name, schedule, random in ((*item, Random(seed)) for item in SCHEDULES.items())
    }
    every = mean(job.calls for job in polled["every 10 s"])
    return {name: _summary(jobs_polled, every) for name, jobs_polled in polled.items()}


def jobs_of(kind: str, shortest: float = 0.0) -> list[float]:
    """Durations in seconds of the synthetic jobs of a kind that take at least `shortest`."""
    return [seconds for seed in range(RUNS) for seconds in durations(kind, JOBS, Random(seed)) if seconds >= shortest]


def report(page: bool = False) -> None:
    rows: list[Sequence[str]] = []
    for kind in kinds(Random(0)):
        long = jobs_of(kind, LONG)
        rows += _rows(kind if long else f"{kind} (shorter than 5 min)", long or jobs_of(kind))
    text = table(HEAD, rows)
    print(f"polling: {JOBS * RUNS} jobs of each kind, those of at least 5 min\n\n{text}")
    if page:
        begin, _, _ = PAGE.read_text(encoding="utf-8").partition("| jobs")
        PAGE.write_text(begin + text, encoding="utf-8")


def _summary(polled: Sequence[Polled], every: float) -> Summary:
    calls = mean(job.calls for job in polled)
    parts = sorted(job.delay / job.seconds for job in polled)
    delay = median(job.delay for job in polled)
    return Summary(calls, calls / every, delay, median(parts), parts[int(0.95 * len(parts))], parts[-1])


def _rows(kind: str, jobs: Sequence[float]) -> Iterator[Sequence[str]]:
    for name, found in compare(jobs).items():
        yield (
            kind if name == "every 10 s" else "",
            name,
            f"{found.calls:.1f}",
            f"{found.ratio:.2f}",
            f"{found.median_delay:.0f} s",
            f"{found.median_part:.1%}",
            f"{found.part_95:.1%}",
            f"{found.worst_part:.1%}",
        )
