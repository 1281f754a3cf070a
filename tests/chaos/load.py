"""`make chaos CALM=1`: all drops at once, and nothing goes wrong: what a drop costs, of many and of a tenth as many.

python -m tests.chaos.load --drops 1000      exit code 1 where something does not hold
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from pathlib import Path

from tests.chaos import costs, plan, report
from tests.chaos.observation import Broken
from tests.chaos.run import ended_by_signals, run
from tests.chaos.world import World


def measured(seed: int, count: int) -> tuple[dict[str, float], list[Broken]]:
    with tempfile.TemporaryDirectory(prefix="imagedrop-load-") as folder:
        with World(Path(folder).resolve(), plan.calm(seed, count)) as world:
            began, cpu = time.monotonic(), world.stack.cpu()
            found = run(world)
            spent = costs.costs(world, time.monotonic() - began, cpu)
        print(report.told(world.seen, found), end="")
        print(report.closing(world, found, seed, spent["seconds"]), flush=True)
    return spent, found


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--drops", type=int, default=1000, help="how many; a tenth of them come first")
    parser.add_argument("--seed", type=int, default=1, help="of the order of things")
    given = parser.parse_args()
    ended_by_signals()
    few = max(1, given.drops // 10)
    of_few, found = measured(given.seed, few)
    of_many, more = measured(given.seed, given.drops)
    print(costs.table(few, of_few, given.drops, of_many))
    return bool(found or more)


if __name__ == "__main__":
    sys.exit(main())
