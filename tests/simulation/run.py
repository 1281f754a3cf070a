"""`make simulate`: many histories, or the story of one.

python -m tests.simulation.run --seeds 10000     so many, on all processors; the first that breaks is told, made short
python -m tests.simulation.run --seed 42         the whole story of one     --seed 42 --short   only what makes it break
python -m tests.simulation.run --bugs            for each planted bug the first history that finds it
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field

import pytest

from tests.simulation.bugs import BUGS
from tests.simulation.bugs.planting import NothingPlanted, find
from tests.simulation.histories import History
from tests.simulation.shrinking import Shrinking

BATCH = 50
FOUND_WITHIN, TOLD_EVERY = 1000, 10_000  # histories


@dataclass
class Tally:
    """Of many histories. `broken`: seeds, with what did not hold."""

    histories: int = 0
    drops: int = 0  # ends
    images: int = 0
    hours: float = 0.0  # of virtual time
    strikes: int = 0
    broken: list[tuple[int, list[str]]] = field(default_factory=list)

    def add(self, other: Tally) -> None:
        for name in ("histories", "drops", "images", "hours", "strikes"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.broken += other.broken

    def __str__(self) -> str:
        return (
            f"{self.histories:,} histories ({self.drops:,} ends, {self.images:,} imports, {self.strikes:,} things that "
            f"went wrong, {self.hours / 24:,.0f} virtual days), {len(self.broken)} broken"
        )


def tried(seeds: Iterable[int]) -> Tally:
    tally = Tally()
    for seed in seeds:
        history = History(seed)
        broken = history.live()
        ends, images = len(history.checks.book.ends), len(history.side.made)
        hours = history.schedule.now() / 3600
        tally.add(Tally(1, ends, images, hours, len(history.weather.struck), [(seed, broken)] if broken else []))
    return tally


def many(count: int, first: int = 0) -> Iterator[Tally]:
    """The tally so far, again and again."""
    whole = Tally()
    batches = [range(start, min(start + BATCH, first + count)) for start in range(first, first + count, BATCH)]
    with ProcessPoolExecutor(os.cpu_count()) as pool:
        for tally in pool.map(tried, batches):
            whole.add(tally)
            yield whole


def run(count: int, first: int) -> bool:
    started, tally, told = time.monotonic(), Tally(), 0
    for tally in many(count, first):
        for seed, broken in tally.broken[told:]:
            print(f"\rseed {seed}: {broken[0]}", flush=True)
        told = len(tally.broken)
        if sys.stderr.isatty():
            print(f"\r{tally.histories:,} of {count:,}", end="", file=sys.stderr, flush=True)
        elif not tally.histories % TOLD_EVERY:
            print(f"{tally.histories:,} of {count:,} in {time.monotonic() - started:.0f} s", flush=True)
    print(f"\r{tally} in {time.monotonic() - started:.0f} s, seeds {first} to {first + count - 1}")
    if tally.broken:
        tell(tally.broken[0][0], short=True)
    return not tally.broken


def tell(seed: int, *, short: bool) -> bool:
    """The whole history, as it happened; True if it holds."""
    history = History(seed)
    broken = history.live()
    if broken and short:
        shrinking = Shrinking(seed)
        history = shrinking.shortest()
        print(f"seed {seed}, {len(history.acts) - len(shrinking.less.acts)} acts of {len(history.acts)}:")
    print(history.story())
    print("\n".join(history.checks.book.broken) or "everything holds")
    return not broken


def found(name: str) -> tuple[str, int | None, str]:
    """A planted bug's first history, and what did not hold in it."""
    with pytest.MonkeyPatch.context() as patch:
        try:
            first = find(BUGS[name].plant, patch, range(FOUND_WITHIN))
        except NothingPlanted as error:
            return name, None, str(error)
    return (name, first[0], first[1][0]) if first else (name, None, f"not found in {FOUND_WITHIN} histories")


def bugs() -> bool:
    missed = 0
    with ProcessPoolExecutor(os.cpu_count(), max_tasks_per_child=1) as pool:
        for name, seed, broken in pool.map(found, BUGS):
            missed += seed is None
            print(f"{name:60} {'-' if seed is None else seed:>4}  {broken}", flush=True)
    return not missed


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, default=1000, help="how many histories")
    parser.add_argument("--first", type=int, default=0, help="the first one's seed")
    parser.add_argument("--seed", type=int, help="tell this one")
    parser.add_argument("--short", action="store_true", help="without all that it also breaks without")
    parser.add_argument("--bugs", action="store_true", help="look for the planted bugs")
    given = parser.parse_args()
    if given.bugs:
        return not bugs()
    if given.seed is not None:
        return not tell(given.seed, short=given.short)
    return not run(given.seeds, given.first)


if __name__ == "__main__":
    sys.exit(main())
