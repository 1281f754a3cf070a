"""Our own reader of a URL: `python -m bench.ours URL`."""

from __future__ import annotations

import sys
import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from bench.http_file import HttpFile
from bench.told import tell
from imagedrop.inspection import Budget, inspect
from imagedrop.inspection.source import SideBySide

AT_ONCE = 16  # connections


def read(url: str) -> tuple[Mapping[str, Any], int]:
    with ThreadPoolExecutor(AT_ONCE) as pool:
        file = SideBySide(HttpFile(url), lambda calls: list(pool.map(lambda call: call(), calls)))
        seen = inspect(file, file_name=url.rpartition("/")[2], budget=Budget(clock=time.perf_counter))
    return seen.facts.public(), seen.read.round_trips + 1  # and the HEAD


if __name__ == "__main__":
    tell(lambda: read(sys.argv[1]))
