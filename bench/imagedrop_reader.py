"""Our own reader of a URL, as the command line uses it: `python -m bench.imagedrop_reader URL`."""

from __future__ import annotations

import sys
import time
from collections.abc import Mapping
from typing import Any

from bench.reader_process import tell
from imagedrop.adapters.http_source import HttpSource
from imagedrop.adapters.threads import thread_pool
from imagedrop.inspection import Budget, inspect
from imagedrop.inspection.source import ParallelSource


def read(url: str) -> tuple[Mapping[str, Any], int]:
    with HttpSource(url) as source:
        budget = Budget(clock=time.perf_counter)
        seen = inspect(ParallelSource(source, thread_pool()), file_name=url.rpartition("/")[2], budget=budget)
    return seen.facts.public(), seen.read.round_trips + 1  # and the question for its size


if __name__ == "__main__":
    tell(lambda: read(sys.argv[1]))
