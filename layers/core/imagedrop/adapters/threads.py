"""Makes network calls in parallel."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

from imagedrop.ports import RunParallel

MAX_THREADS = 8  # fewer than the connections of obs_client


def thread_pool(max_threads: int = MAX_THREADS) -> RunParallel:
    """Runs up to `max_threads` calls at a time. Threads start when first needed and are reused."""
    pool = ThreadPoolExecutor(max_threads, thread_name_prefix="imagedrop")

    def run_parallel(calls: Sequence[Callable[[], bytes]]) -> Sequence[bytes]:
        return list(pool.map(lambda call: call(), calls))

    return run_parallel
