"""Runs all benchmarks, or those that are named."""

from __future__ import annotations

import sys

from bench import inspection, polling

ALL = {"inspection": inspection.run, "polling": polling.run}

for name in sys.argv[1:] or ALL:
    if name not in ALL:
        sys.exit(f"there is no benchmark {name!r}; there are {', '.join(ALL)}")
    ALL[name]()
