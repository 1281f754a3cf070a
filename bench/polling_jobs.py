"""Imports to be followed, a column of sizes and seconds for each kind of IMS."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from random import Random

GIB = 2**30
Job = tuple[float, float]  # bytes, seconds
Seconds = Callable[[float, int], float]  # (GiB, how far the run is) -> seconds
SHORTEST, LONGEST = 120.0, 3600.0
SMALL, BIG = 2, 110  # GiB
SLOWER_AFTER = 100


def kinds(chance: Random) -> Mapping[str, Seconds]:
    """2 to 60 minutes, but for what an IMS that has become slower adds."""

    def noise(part: float) -> float:
        return math.exp(chance.gauss(0, part))

    def by_size(gib: float) -> float:
        return 60 + 32 * gib

    return {
        "by size, 5 % noise": lambda gib, at: by_size(gib) * noise(0.05),
        "by size, 20 % noise": lambda gib, at: by_size(gib) * noise(0.2),
        "by size, and up to 10 min": lambda gib, at: 60 + 27 * gib + chance.uniform(0, 600),
        "5 or 25 min, by chance": lambda gib, at: chance.choice((300, 1500)) * noise(0.05),
        "2 to 60 min, by chance": lambda gib, at: chance.uniform(SHORTEST, LONGEST),
        "all 2 min": lambda gib, at: SHORTEST,
        "all 2 min, 10 % noise": lambda gib, at: SHORTEST * noise(0.1),
        "all 60 min, 5 % noise": lambda gib, at: LONGEST * noise(0.05),
        "by size, soon 3x slower": lambda gib, at: (60 + 11 * gib) * noise(0.05) * (1 if at < SLOWER_AFTER else 3),
    }


def run(seconds: Seconds, count: int, chance: Random) -> Iterator[Job]:
    """So many jobs, one after another; sizes are spread evenly by their logarithm."""
    for at in range(count):
        gib = math.exp(chance.uniform(math.log(SMALL), math.log(BIG)))
        yield gib * GIB, max(SHORTEST / 2, seconds(gib, at))
