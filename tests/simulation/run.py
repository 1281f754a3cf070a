"""`make simulate`: runs many histories, or prints one.

python -m tests.simulation.run --seeds 10000     10,000 histories on all processors; prints the first that breaks
python -m tests.simulation.run --seed 42         prints one whole history
python -m tests.simulation.run --seed 42 --short prints only what is needed to break it
python -m tests.simulation.run --adapters --seeds 1000   the same with the real adapters, over a network in this process
python -m tests.simulation.run --bugs            finds the first history that detects each planted bug
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from functools import partial

import pytest

from tests.simulation import situations
from tests.simulation.adapters.adapter_history import AdapterHistory
from tests.simulation.bugs import BUGS
from tests.simulation.bugs.planting import NothingPlanted, find
from tests.simulation.histories import History
from tests.simulation.lasting_faults import LivenessHistory
from tests.simulation.places import Strike
from tests.simulation.shrinking import Shrinking
from tests.simulation.systematic.runs import places
from tests.simulation.systematic.table import report

BATCH = 50
FOUND_WITHIN, PRINT_EVERY = 2500, 10_000  # histories


@dataclass
class Tally:
    """Totals of many histories. `broken`: seeds, with the checks that failed. `struck`: how often each place was."""

    histories: int = 0
    ends: int = 0
    images: int = 0
    hours: float = 0.0  # of virtual time
    faults: int = 0
    broken: list[tuple[int, list[str]]] = field(default_factory=list)
    struck: Counter[Strike] = field(default_factory=Counter)
    situations: Counter[str] = field(default_factory=Counter)  # histories in which each happened

    def add(self, other: Tally) -> None:
        for name in ("histories", "ends", "images", "hours", "faults"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.situations.update(other.situations)
        self.broken += other.broken
        self.struck.update(other.struck)

    def __str__(self) -> str:
        return (
            f"{self.histories:,} histories ({self.ends:,} ends, {self.images:,} imports, {self.faults:,} faults, "
            f"{self.hours / 24:,.0f} virtual days), {len(self.broken)} broken"
        )


def run_seeds(seeds: Iterable[int], kind: type[History] = History) -> Tally:
    tally = Tally()
    for seed in seeds:
        history = kind(seed)
        try:
            broken = history.run()
        except Exception as error:  # noqa: BLE001 - the other histories still count
            broken = [f"the simulation itself fails: {error!r}"]
        ends, images = len(history.checks.record.ends), len(history.ims.imports)
        hours, faults = history.schedule.now() / 3600, history.faults
        failed, seen = [(seed, broken)] if broken else [], Counter(history.situations.seen)
        tally.add(Tally(1, ends, images, hours, len(faults.occurred), failed, faults.struck, seen))
    return tally


def run_parallel(count: int, first: int = 0, kind: type[History] = History) -> Iterator[Tally]:
    """Yields the total so far after each batch."""
    total, size = Tally(), BATCH if kind is History else 2
    batches = [range(start, min(start + size, first + count)) for start in range(first, first + count, size)]
    with ProcessPoolExecutor(os.cpu_count()) as pool:
        for tally in pool.map(partial(run_seeds, kind=kind), batches):
            total.add(tally)
            yield total


def run(kind: type[History], count: int, first: int) -> bool:
    started, tally, printed = time.monotonic(), Tally(), 0
    known = places()  # now, from the sources that are loaded: they may be changed while this runs
    for tally in run_parallel(count, first, kind):
        for seed, broken in tally.broken[printed:]:
            print(f"\rseed {seed}: {broken[0]}", flush=True)
        printed = len(tally.broken)
        if sys.stderr.isatty():
            print(f"\r{tally.histories:,} of {count:,}", end="", file=sys.stderr, flush=True)
        elif not tally.histories % PRINT_EVERY:
            print(f"{tally.histories:,} of {count:,} in {time.monotonic() - started:.0f} s", flush=True)
    print(f"\r{tally} in {time.monotonic() - started:.0f} s, seeds {first} to {first + count - 1}")
    print(report({*known, *(place for place, _ in tally.struck)}, tally.struck))
    enough = kind is History and count >= situations.NEEDED_AFTER
    missing = situations.never_seen(tally.situations) if enough else []
    if enough:
        print(f"histories in which each situation happened:\n{situations.table(tally.situations)}")
    if missing:
        print(f"never happened: {', '.join(missing)}")
    if tally.broken:
        print_history(kind, tally.broken[0][0], short=kind is History)
    return not tally.broken and not missing


def print_history(kind: type[History], seed: int, *, short: bool) -> bool:
    """True if every check holds."""
    history = kind(seed)
    broken = history.run()
    if broken and short:
        shrinking = Shrinking(seed)
        history = shrinking.shortest()
        kept = len(history.actions) - len(shrinking.reduction.actions)
        print(f"seed {seed}, {kept} of {len(history.actions)} actions:")
    print(history.text())
    print("\n".join(history.checks.record.broken) or "all checks hold")
    return not broken


def find_bug(name: str) -> tuple[str, int | None, str]:
    """The first seed that finds a planted bug, and the check that fails."""
    with pytest.MonkeyPatch.context() as patch:
        try:
            first = find(BUGS[name].plant, patch, range(FOUND_WITHIN))
        except NothingPlanted as error:
            return name, None, str(error)
    return (name, first[0], first[1][0]) if first else (name, None, f"not found in {FOUND_WITHIN} histories")


def find_bugs() -> bool:
    missed = 0
    with ProcessPoolExecutor(os.cpu_count(), max_tasks_per_child=1) as pool:
        for name, seed, broken in pool.map(find_bug, BUGS):
            missed += seed is None
            print(f"{name:60} {'-' if seed is None else seed:>4}  {broken}", flush=True)
    return not missed


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, default=1000, help="number of histories")
    parser.add_argument("--first", type=int, default=0, help="seed of the first history")
    parser.add_argument("--seed", type=int, help="print the history of this seed")
    parser.add_argument("--short", action="store_true", help="leave out everything that it breaks without")
    parser.add_argument("--bugs", action="store_true", help="search for the planted bugs")
    parser.add_argument("--adapters", action="store_true", help="with the real adapters")
    parser.add_argument("--lasting", action="store_true", help="one fault of each history never heals")
    arguments = parser.parse_args()
    kind = AdapterHistory if arguments.adapters else LivenessHistory if arguments.lasting else History
    if arguments.bugs:
        return not find_bugs()
    if arguments.seed is not None:
        return not print_history(kind, arguments.seed, short=arguments.short)
    return not run(kind, arguments.seeds, arguments.first)


if __name__ == "__main__":
    sys.exit(main())
