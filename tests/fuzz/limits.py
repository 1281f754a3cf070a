"""Limits on the processor time and memory of one inspection, and how much it used."""

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
    """The time is up. Not an Exception, so that no reader catches it."""


@contextlib.contextmanager
def time_limit(seconds: float = SECONDS) -> Iterator[None]:
    """Raises TooSlow in the block when its time is up. Only in the main thread."""

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
    """The most bytes that were resident since `forget_peak`; on systems without /proc, since the process began."""
    return _status_bytes("VmHWM:") or resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def resident() -> int:
    """Bytes that are resident now; 0 on systems without /proc."""
    return _status_bytes("VmRSS:")


def _status_bytes(name: str) -> int:
    try:
        return int(STATUS.read_text().partition(name)[2].split()[0]) * 1024
    except OSError:
        return 0
