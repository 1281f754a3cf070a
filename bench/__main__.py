"""Runs all benchmarks, or the named ones."""

from __future__ import annotations

import argparse
from collections.abc import Callable

from bench import inspection, load, polling, sweep

parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
parser.add_argument("names", nargs="*", metavar="NAME", help="inspection, polling, load, sweep")
parser.add_argument("--page", action="store_true", help="write the pages in docs/internals/")
parser.add_argument("--small", action="store_true", help="read the small images even if the big ones were built")
options = parser.parse_args()
benchmarks: dict[str, Callable[[], None]] = {
    "inspection": lambda: inspection.run(options.page, options.small),
    "polling": lambda: polling.report(options.page),
    "load": lambda: load.run(options.page),
    "sweep": lambda: sweep.run(options.page),
}
if unknown := set(options.names) - set(benchmarks):
    parser.error(f"there is no benchmark {', '.join(unknown)}; there are {', '.join(benchmarks)}")
for name in options.names or benchmarks:
    benchmarks[name]()
