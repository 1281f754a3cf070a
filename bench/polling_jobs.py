"""Synthetic imports: durations of jobs for several kinds of IMS."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from random import Random

Seconds = Callable[[float, int], float]  # (GiB, number of jobs before) -> seconds
SHORTEST, LONGEST = 120.0, 3600.0  # s
SMALL, BIG = 2, 110  # GiB
SLOWER_AFTER = 100  # jobs


def kinds(random: Random) -> Mapping[str, Seconds]:
    """Jobs of 2 to 60 minutes, or longer after an IMS has become slower."""

    def noise(part: float) -> float:
        return math.exp(random.gauss(0, part))

    def by_size(gib: float) -> float:
        return 60 + 32 * gib

    return {
        "by size, 5 % noise": lambda gib, before: by_size(gib) * noise(0.05),
        "by size, 20 % noise": lambda gib, before: by_size(gib) * noise(0.2),
        "by size, and up to 10 min": lambda gib, before: 60 + 27 * gib + random.uniform(0, 600),
        "5 or 25 min, by chance": lambda gib, before: random.choice((300, 1500)) * noise(0.05),
        "2 to 60 min, by chance": lambda gib, before: random.uniform(SHORTEST, LONGEST),
        "all 2 min": lambda gib, before: SHORTEST,
        "all 2 min, 10 % noise": lambda gib, before: SHORTEST * noise(0.1),
        "all 60 min, 5 % noise": lambda gib, before: LONGEST * noise(0.05),
        "by size, soon 3x slower": lambda gib, before: (
            (60 + 11 * gib) * noise(0.05) * (1 if before < SLOWER_AFTER else 3)
        ),
    }


def durations(kind: str, count: int, random: Random) -> Iterator[float]:
    """Seconds of `count` jobs. The logarithms of their sizes are uniform."""
    seconds = kinds(random)[kind]
    for before in range(count):
        gib = math.exp(random.uniform(math.log(SMALL), math.log(BIG)))
        yield max(SHORTEST / 2, seconds(gib, before))
