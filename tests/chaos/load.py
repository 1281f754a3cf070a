"""`make chaos CALM=1`: uploads all drops at once, without faults, and prints costs per drop and growth of memory.

python -m tests.chaos.load --drops 1000      first 100 drops, then 1,000, and the ratio; exit code 1: violations
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from pathlib import Path

from tests.chaos import costs, plan, report
from tests.chaos.memory import MemorySampler
from tests.chaos.observation import Violation
from tests.chaos.run import exit_on_sigterm, run
from tests.chaos.world import World


def measure(seed: int, count: int) -> tuple[dict[str, float], list[Violation]]:
    with tempfile.TemporaryDirectory(prefix="imagedrop-load-") as folder:
        with World(Path(folder).resolve(), plan.without_faults(seed, count)) as world:
            began, cpu = time.monotonic(), world.stack.cpu()
            with MemorySampler(world) as memory:
                violations = run(world)
            cost = costs.costs(world, time.monotonic() - began, cpu)
        print(report.violations_text(world.observed, violations), end="")
        print(report.closing_line(world, violations, seed, cost["seconds"]))
        print(memory, flush=True)
    return cost, violations


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--drops", type=int, default=1000, help="number of drops; a tenth of them run first")
    parser.add_argument("--seed", type=int, default=1, help="of the order of the uploads")
    arguments = parser.parse_args()
    exit_on_sigterm()
    few = max(1, arguments.drops // 10)
    of_few, violations = measure(arguments.seed, few)
    of_many, more = measure(arguments.seed, arguments.drops)
    print(costs.table(few, of_few, arguments.drops, of_many))
    return bool(violations or more)


if __name__ == "__main__":
    sys.exit(main())
