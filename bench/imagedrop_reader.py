"""The library function `inspect`, called as `imagedrop check URL` does: `python -m bench.imagedrop_reader URL`."""

from __future__ import annotations

import sys
import time
from collections.abc import Mapping
from typing import Any

from bench.reader_process import print_cost
from imagedrop.adapters.http_source import HttpSource
from imagedrop.adapters.threads import thread_pool
from imagedrop.inspection import Budget, inspect
from imagedrop.inspection.source import ParallelSource


def read(url: str) -> tuple[Mapping[str, Any], int]:
    with HttpSource(url) as source:
        budget = Budget(clock=time.perf_counter)
        inspection = inspect(ParallelSource(source, thread_pool()), file_name=url.rpartition("/")[2], budget=budget)
    return inspection.facts.public(), inspection.read.round_trips + 1  # the first request, for the size


if __name__ == "__main__":
    print_cost(lambda: read(sys.argv[1]))
