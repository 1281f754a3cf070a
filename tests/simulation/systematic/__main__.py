"""`make simulate STRIKES=1` and `make simulate PAIRS=1`: every strike, or all pairs of strikes, on all processors.

python -m tests.simulation.systematic          the strikes of `make check`, with the table of places
python -m tests.simulation.systematic --all    every distinct call of every scenario
python -m tests.simulation.systematic --pairs  all pairs of strikes within register, poll and notify
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from functools import partial

from tests.simulation.systematic import pairs, runs
from tests.simulation.systematic.scenarios import MAIN, SCENARIOS
from tests.simulation.systematic.table import report

Job = Callable[[], runs.Result]
CALLS_A_JOB, PRINT_EVERY = 10, 100


def strike_jobs(*, every_call: bool) -> Iterator[Job]:
    for name in SCENARIOS:
        count = len(runs.distinct(runs.unstruck(name).calls) if every_call else runs.calls_to_strike(name))
        for first in range(0, count, CALLS_A_JOB):
            yield partial(_strike, name, first, every_call=every_call)


def _strike(name: str, first: int, *, every_call: bool) -> runs.Result:
    calls = runs.distinct(runs.unstruck(name).calls) if every_call else runs.calls_to_strike(name)
    return runs.run_all(name, calls[first : first + CALLS_A_JOB])


def pair_jobs() -> Iterator[Job]:
    for name in MAIN:
        for function in pairs.FUNCTIONS:
            for first in pairs.first_strikes(name, function):
                yield partial(pairs.run_pairs, name, first)


def run(jobs: list[Job], what: str, scenarios: int = len(SCENARIOS)) -> bool:
    started, total = time.monotonic(), runs.Result()
    with ProcessPoolExecutor(os.cpu_count()) as pool:
        for number, done in enumerate(as_completed([pool.submit(job) for job in jobs]), 1):
            total.add(done.result())
            for text in done.result().broken:
                print(f"\r{text}", flush=True)
            if sys.stderr.isatty():
                print(f"\r{number} of {len(jobs)}", end="", file=sys.stderr, flush=True)
            elif number % PRINT_EVERY == 0:
                print(f"{number} of {len(jobs)} in {time.monotonic() - started:.0f} s", flush=True)
    print(report(runs.places(), total.struck))
    seconds = time.monotonic() - started
    print(f"{total.runs:,} {what} in {scenarios} scenarios, {len(total.broken)} broken, in {seconds:.0f} s")
    return not total.broken


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--all", action="store_true", help="strike every call of every scenario")
    parser.add_argument("--pairs", action="store_true", help="two strikes in each run")
    arguments = parser.parse_args()
    if arguments.pairs:
        return not run(list(pair_jobs()), f"pairs of strikes within {', '.join(pairs.FUNCTIONS)}", len(MAIN))
    return not run(list(strike_jobs(every_call=arguments.all)), "strikes")


if __name__ == "__main__":
    sys.exit(main())
