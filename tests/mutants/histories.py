"""Runs histories until the first that breaks: python -m tests.mutants.histories COUNT"""

from __future__ import annotations

import sys

from tests.simulation.run import run_seeds


def main() -> int:
    for seed in range(int(sys.argv[1])):
        for broken, checks in run_seeds([seed]).broken:
            print(f"seed {broken}: {checks[0]}")
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
