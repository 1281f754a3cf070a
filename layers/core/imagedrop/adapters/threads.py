"""Calls that wait for the network, side by side."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

from imagedrop.ports import RunParallel

MAX_THREADS = 8  # fewer than the connections that obs_client keeps


def thread_pool(most: int = MAX_THREADS) -> RunParallel:
    """At most so many calls at once, in threads that are started when they are first needed and then kept."""
    pool = ThreadPoolExecutor(most, thread_name_prefix="imagedrop")

    def together(calls: Sequence[Callable[[], bytes]]) -> Sequence[bytes]:
        return list(pool.map(lambda call: call(), calls))

    return together
