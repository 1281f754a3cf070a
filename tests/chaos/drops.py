"""Draws the uploads of each drop: good, bad, repeated, overwritten or incomplete ones."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from random import Random
from typing import Any


@dataclass(frozen=True)
class PlannedUpload:
    """An object to upload."""

    at: float  # s from the start
    key: str
    content: str  # a name of tests.chaos.contents


def draw(random: Random, drops: int, window: float) -> Iterator[PlannedUpload]:
    number = 0
    while number < drops:
        start = window * number / drops
        group = random.choice((2, 3)) if random.random() < 0.06 and number + 3 <= drops else 1
        if group > 1:
            yield from _sharing(random, [f"s{number:04}/d{number + index:04}.qcow2" for index in range(group)], start)
        else:
            kind = random.choices(list(KINDS), [weight for _, weight in KINDS.values()])[0]
            yield from KINDS[kind][0](random, f"k{number % 7}/d{number:04}.qcow2", start)
        number += group


def good(random: Random, key: str, at: float) -> Iterator[PlannedUpload]:
    first, second = random.sample((PlannedUpload(at, key, "image-1"), PlannedUpload(at, f"{key}.json", "good")), 2)
    yield first
    yield PlannedUpload(at + random.choice((0, 0.5, 4)) * random.random(), second.key, second.content)


def _rejected(random: Random, key: str, at: float) -> Iterator[PlannedUpload]:
    yield PlannedUpload(at, key, random.choice(("cut-1", "image-1")))
    yield PlannedUpload(at + random.random(), f"{key}.json", random.choice(("bad", "misspelt", "junk")))


def _fixed(random: Random, key: str, at: float) -> Iterator[PlannedUpload]:
    yield from _rejected(random, key, at)
    later = at + random.uniform(2, 20)
    yield PlannedUpload(later, key, "image-2")
    yield PlannedUpload(later + random.random(), f"{key}.json", "good")


def _overwritten(random: Random, key: str, at: float) -> Iterator[PlannedUpload]:
    yield from good(random, key, at)
    yield PlannedUpload(at + random.uniform(0.5, 12), key, "image-2")


def _restored(random: Random, key: str, at: float) -> Iterator[PlannedUpload]:
    yield from good(random, key, at)
    later = at + random.uniform(0.5, 8)
    yield PlannedUpload(later, key, "image-2")
    yield PlannedUpload(later + random.uniform(0.5, 8), key, "image-1")


def _renamed(random: Random, key: str, at: float) -> Iterator[PlannedUpload]:
    yield from good(random, key, at)
    yield PlannedUpload(at + random.uniform(0.1, 10), f"{key}.json", random.choice(("renamed", "bad")))


def _repeated(random: Random, key: str, at: float) -> Iterator[PlannedUpload]:
    yield from good(random, key, at)
    for _ in range(random.choice((1, 2))):
        later = at + random.uniform(1, 15)
        yield PlannedUpload(later, key, "image-1")
        yield PlannedUpload(later + 0.1, f"{key}.json", "good")


def _incomplete(random: Random, key: str, at: float) -> Iterator[PlannedUpload]:
    """One of the two files is missing."""
    yield random.choice((PlannedUpload(at, key, "image-1"), PlannedUpload(at, f"{key}.json", "good")))


def _sharing(random: Random, keys: list[str], at: float) -> Iterator[PlannedUpload]:
    """Several drops that name the same data file, which may be uploaded last."""
    data = f"{keys[0].rpartition('/')[0]}/data.qcow2"
    yield PlannedUpload(at + random.uniform(0, 8), data, "image-9")
    for key in keys:
        yield PlannedUpload(at + random.random(), key, "image-1")
        yield PlannedUpload(at + random.random() * 2, f"{key}.json", "with data.qcow2")


KINDS: dict[str, tuple[Any, int]] = {
    "good": (good, 50),
    "rejected": (_rejected, 12),
    "fixed": (_fixed, 9),
    "overwritten": (_overwritten, 9),
    "restored": (_restored, 4),
    "renamed": (_renamed, 7),
    "repeated": (_repeated, 7),
    "incomplete": (_incomplete, 2),
}
