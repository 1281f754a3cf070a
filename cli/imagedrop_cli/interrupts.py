"""Ctrl-C and SIGTERM: which handler is in force, and when."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

INTERRUPTED = 130  # exit code
SIGNALS = (signal.SIGINT, signal.SIGTERM)


@contextmanager
def exit_on_interrupt() -> Iterator[None]:
    """For imports: an interrupt inside ends the process at once. A KeyboardInterrupt raised during an import may be
    printed with a traceback, or swallowed."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {number: signal.getsignal(number) for number in SIGNALS}
    set_handlers(exit_now)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def set_handlers(handler: Callable[[int, FrameType | None], None]) -> None:
    """For both signals, except one that is ignored, as under nohup."""
    for number in SIGNALS:
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, handler)


def exit_now(number: int, frame: FrameType | None) -> None:
    os._exit(INTERRUPTED)


def raise_interrupt(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt
