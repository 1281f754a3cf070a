"""What runs until it is ended: by Ctrl-C or SIGTERM (both KeyboardInterrupt), and a clean-up is never cut short."""

from __future__ import annotations

import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

POLL_INTERVAL = 1.0  # s


@contextmanager
def ignoring_interrupts() -> Iterator[None]:
    """A second Ctrl-C does not end the end."""
    ended = {one: signal.signal(one, signal.SIG_IGN) for one in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for one, handler in ended.items():
            signal.signal(one, handler)


def wait_while(alive: Callable[[], bool] = lambda: True) -> None:
    """Returns as soon as what runs has died by itself; Ctrl-C is raised as KeyboardInterrupt."""
    while alive():
        time.sleep(POLL_INTERVAL)
