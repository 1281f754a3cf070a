"""`make simulate`: many histories, or the story of one.

python -m simulation.run --seeds 10000        python -m simulation.run --seed 42
"""

from __future__ import annotations

import argparse
import logging
import os
import sys
import time
from collections.abc import Iterable
from concurrent.futures import ProcessPoolExecutor

from simulation.histories import History

BATCH = 100


def tried(seeds: Iterable[int]) -> list[tuple[int, list[str]]]:
    """The seeds whose histories broke something, with what."""
    logging.disable(logging.CRITICAL)
    return [(seed, broken) for seed in seeds if (broken := History(seed).live())]


def tell(seed: int) -> bool:
    """The whole history, as it happened; True if it holds."""
    logging.disable(logging.CRITICAL)
    history = History(seed)
    broken = history.live()
    print(history.story())
    print("\n".join(broken) or "everything holds")
    return not broken


def run(count: int, first: int) -> bool:
    started, failed = time.monotonic(), 0
    batches = [range(start, min(start + BATCH, first + count)) for start in range(first, first + count, BATCH)]
    with ProcessPoolExecutor(os.cpu_count()) as pool:
        for number, found in enumerate(pool.map(tried, batches), 1):
            failed += len(found)
            for seed, broken in found:
                print(f"\rseed {seed}: {broken[0]}", flush=True)
            if sys.stderr.isatty():
                print(f"\r{batches[number - 1].stop - first} of {count}", end="", file=sys.stderr, flush=True)
    print(f"\r{count} histories in {time.monotonic() - started:.0f} s, {failed} broken")
    return not failed


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, default=1000, help="how many histories")
    parser.add_argument("--first", type=int, default=0, help="the first one's seed")
    parser.add_argument("--seed", type=int, help="tell this one")
    given = parser.parse_args()
    return not (tell(given.seed) if given.seed is not None else run(given.seeds, given.first))


if __name__ == "__main__":
    sys.exit(main())
