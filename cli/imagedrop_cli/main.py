"""The entry point: so small that Ctrl-C and SIGTERM find it there before the rest has been read."""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

INTERRUPTED = 130


def run() -> None:
    """`imagedrop`. Ctrl-C and SIGTERM are raised as KeyboardInterrupt where a command has something to clean up."""
    with at_once():
        from imagedrop_cli.app import main
    try:
        _catch(_interrupt)
        code = main(sys.argv[1:])
        _catch(_leave)
    except KeyboardInterrupt:
        code = INTERRUPTED
    sys.exit(code)


@contextmanager
def at_once() -> Iterator[None]:
    """For imports: inside, an interruption ends the process there and then. Raised in the midst of an import it would
    be printed, or swallowed."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {one: signal.getsignal(one) for one in (signal.SIGINT, signal.SIGTERM)}
    _catch(_leave)
    try:
        yield
    finally:
        for one, handler in before.items():
            signal.signal(one, handler)


def _catch(handler: Callable[[int, Any], None]) -> None:
    for one in (signal.SIGINT, signal.SIGTERM):
        if signal.getsignal(one) is not signal.SIG_IGN:  # as under nohup
            signal.signal(one, handler)


def _leave(number: int, frame: Any) -> None:
    os._exit(INTERRUPTED)


def _interrupt(number: int, frame: Any) -> None:
    raise KeyboardInterrupt
