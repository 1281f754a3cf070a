"""Runs histories until the first that breaks: python -m tests.mutants.histories COUNT [FILE]

With a FILE of the core that histories do not import, it stops after one: they can say nothing about it.
"""

from __future__ import annotations

import sys

from tests.simulation.run import run_seeds


def main(count: str, file: str = "") -> int:
    for seed in range(int(count)):
        for broken, checks in run_seeds([seed]).broken:
            print(f"seed {broken}: {checks[0]}")
            return 1
        if not any(str(getattr(module, "__file__", "")).endswith(file) for module in list(sys.modules.values())):
            return 0
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
