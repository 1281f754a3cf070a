"""For commands that run until Ctrl-C or SIGTERM; both are raised as KeyboardInterrupt."""

from __future__ import annotations

import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from imagedrop_cli.interrupts import SIGNALS

POLL_INTERVAL = 1.0  # s


@contextmanager
def ignoring_interrupts() -> Iterator[None]:
    """For clean-up: a second Ctrl-C does not cut it short."""
    before = {number: signal.signal(number, signal.SIG_IGN) for number in SIGNALS}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def wait_while(running: Callable[[], bool] = lambda: True) -> None:
    """Returns as soon as `running` is false."""
    while running():
        time.sleep(POLL_INTERVAL)
