"""What owners do with a drop: right, wrong, twice, in between, never."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from random import Random
from typing import Any


@dataclass(frozen=True)
class Act:
    """An object is put."""

    at: float  # s from the start
    key: str
    content: str  # tests.chaos.contents


def draw(random: Random, drops: int, window: float) -> Iterator[Act]:
    number = 0
    while number < drops:
        start = window * number / drops
        at_once = random.choice((2, 3)) if random.random() < 0.06 and number + 3 <= drops else 1
        if at_once > 1:
            yield from _sharing(random, [f"s{number:04}/d{number + one:04}.qcow2" for one in range(at_once)], start)
        else:
            kind = random.choices(list(KINDS), [weight for _, weight in KINDS.values()])[0]
            yield from KINDS[kind][0](random, f"k{number % 7}/d{number:04}.qcow2", start)
        number += at_once


def good(random: Random, key: str, at: float) -> Iterator[Act]:
    first, second = random.sample((Act(at, key, "image-1"), Act(at, f"{key}.json", "good")), 2)
    yield first
    yield Act(at + random.choice((0, 0.5, 4)) * random.random(), second.key, second.content)


def _rejected(random: Random, key: str, at: float) -> Iterator[Act]:
    yield Act(at, key, random.choice(("cut-1", "image-1")))
    yield Act(at + random.random(), f"{key}.json", random.choice(("bad", "misspelt", "junk")))


def _mended(random: Random, key: str, at: float) -> Iterator[Act]:
    yield from _rejected(random, key, at)
    later = at + random.uniform(2, 20)
    yield Act(later, key, "image-2")
    yield Act(later + random.random(), f"{key}.json", "good")


def _overwritten(random: Random, key: str, at: float) -> Iterator[Act]:
    yield from good(random, key, at)
    yield Act(at + random.uniform(0.5, 12), key, "image-2")


def _put_back(random: Random, key: str, at: float) -> Iterator[Act]:
    yield from good(random, key, at)
    later = at + random.uniform(0.5, 8)
    yield Act(later, key, "image-2")
    yield Act(later + random.uniform(0.5, 8), key, "image-1")


def _renamed(random: Random, key: str, at: float) -> Iterator[Act]:
    yield from good(random, key, at)
    yield Act(at + random.uniform(0.1, 10), f"{key}.json", random.choice(("renamed", "bad")))


def _again(random: Random, key: str, at: float) -> Iterator[Act]:
    yield from good(random, key, at)
    for _ in range(random.choice((1, 2))):
        later = at + random.uniform(1, 15)
        yield Act(later, key, "image-1")
        yield Act(later + 0.1, f"{key}.json", "good")


def _alone(random: Random, key: str, at: float) -> Iterator[Act]:
    """A part never comes."""
    yield random.choice((Act(at, key, "image-1"), Act(at, f"{key}.json", "good")))


def _sharing(random: Random, keys: list[str], at: float) -> Iterator[Act]:
    """Several drops that name one data file, which may come last."""
    data = f"{keys[0].rpartition('/')[0]}/data.qcow2"
    yield Act(at + random.uniform(0, 8), data, "image-9")
    for key in keys:
        yield Act(at + random.random(), key, "image-1")
        yield Act(at + random.random() * 2, f"{key}.json", "with data.qcow2")


KINDS: dict[str, tuple[Any, int]] = {
    "good": (good, 50),
    "rejected": (_rejected, 12),
    "mended": (_mended, 9),
    "overwritten": (_overwritten, 9),
    "put back": (_put_back, 4),
    "renamed": (_renamed, 7),
    "again": (_again, 7),
    "alone": (_alone, 2),
}
