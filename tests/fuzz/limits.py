"""Processor time and memory that one inspection may take, and what it did take."""

from __future__ import annotations

import contextlib
import resource
import signal
from collections.abc import Iterator
from pathlib import Path
from types import FrameType

SECONDS = 2.0  # of processor time
MEMORY = 128 << 20  # bytes, resident
STATUS, CLEAR = Path("/proc/self/status"), Path("/proc/self/clear_refs")


class TooSlow(BaseException):
    """The time is up. No Exception: no reader may catch it."""


@contextlib.contextmanager
def hurried(seconds: float = SECONDS) -> Iterator[None]:
    """Raises TooSlow in the midst of what takes too long. In the main thread alone."""

    def stop(number: int, frame: FrameType | None) -> None:
        raise TooSlow

    before = signal.signal(signal.SIGPROF, stop)
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


def forget_peak() -> None:
    with contextlib.suppress(OSError):
        CLEAR.write_bytes(b"5")


def peak() -> int:
    """Bytes that were resident at most since `forget_peak`; where the system does not tell, since the beginning."""
    return _told("VmHWM:") or resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def resident() -> int:
    """Bytes that are resident now; 0 where the system does not tell."""
    return _told("VmRSS:")


def _told(name: str) -> int:
    try:
        return int(STATUS.read_text().partition(name)[2].split()[0]) * 1024
    except OSError:
        return 0
