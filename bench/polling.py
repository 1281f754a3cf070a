"""What our waits cost and how late they find the end, against a look every 10 s and against doubling waits."""

from __future__ import annotations

import random
import statistics
from collections.abc import Callable

from imagedrop.polling import next_wait
from imagedrop.settings import Settings

JOBS = 2_000
MINUTES = (2, 60)
Wait = Callable[[float, int], float]  # (seconds since the job began, looks so far) -> seconds to the next look


def looks_and_delay(job: float, first: float, wait: Wait) -> tuple[int, float]:
    """How often IMS is asked about a job of so many seconds, and how many seconds after its end that is found out."""
    at, looks = first, 1
    while at < job:
        at += wait(at, looks)
        looks += 1
    return looks, at - job


def run() -> None:
    settings, chance = Settings(), random.Random(1)
    first, longest = settings.poll_first, settings.poll_longest
    ways: dict[str, tuple[float, Wait]] = {
        "every 10 s": (10, lambda at, looks: 10),
        "imagedrop": (first, lambda at, looks: next_wait(at, first, longest, chance)),
        "doubling to 15 min": (10, lambda at, looks: min(900, 10 * 2**looks)),
    }
    jobs = [chance.uniform(MINUTES[0] * 60, MINUTES[1] * 60) for _ in range(JOBS)]
    print(f"polling: {JOBS} jobs of {MINUTES[0]} to {MINUTES[1]} minutes")
    print(f"{'':20}{'looks':>8}{'of 10 s':>9}{'median delay':>14}{'of the job':>12}")
    base = 0.0
    for name, (begin, wait) in ways.items():
        found = [looks_and_delay(job, begin, wait) for job in jobs]
        looks = statistics.mean(looks for looks, _ in found)
        base = base or looks
        late = statistics.median(delay for _, delay in found)
        part = statistics.median(delay / job for (_, delay), job in zip(found, jobs, strict=True))
        print(f"{name:20}{looks:8.1f}{looks / base:9.2f}{late:12.0f} s{part:12.1%}")
    print()
