"""Runs all benchmarks, or those that are named."""

from __future__ import annotations

import argparse
from collections.abc import Callable

from bench import inspection, load, polling

arguments = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
arguments.add_argument("names", nargs="*", metavar="NAME", help="inspection, polling, load")
arguments.add_argument("--page", action="store_true", help="write the pages in docs/internals/")
arguments.add_argument("--small", action="store_true", help="read the small images even where there are big ones")
given = arguments.parse_args()
benchmarks: dict[str, Callable[[], None]] = {
    "inspection": lambda: inspection.run(given.page, given.small),
    "polling": lambda: polling.report(given.page),
    "load": lambda: load.run(given.page),
}
if unknown := set(given.names) - set(benchmarks):
    arguments.error(f"there is no benchmark {', '.join(unknown)}; there are {', '.join(benchmarks)}")
for name in given.names or benchmarks:
    benchmarks[name]()
