"""One inspection of a changed image, under limits that nothing in it can swallow."""

from __future__ import annotations

import contextlib
import gc
import resource
import signal
import time
import traceback
from collections.abc import Iterator
from pathlib import Path
from types import FrameType
from typing import NamedTuple

from imagedrop.inspection import Inspection, inspect
from tests.fuzz.cases import Case, Subject
from tests.fuzz.sources import Patched
from tests.fuzz.verdicts import objections

SECONDS = 2.0  # of processor time
MEMORY = 128 << 20  # resident, of the whole process
ADDRESSES = 1 << 30  # an allocation beyond this fails
STATUS, CLEAR = Path("/proc/self/status"), Path("/proc/self/clear_refs")


class TooSlow(BaseException):
    """The time is up. No Exception: no reader may catch it."""


class Outcome(NamedTuple):
    """`findings`: their ids. `broken`: what went wrong, if something did."""

    seconds: float
    peak: int
    findings: frozenset[str]
    broken: str | None


def tried(case: Case, subject: Subject) -> Outcome:
    """Runs in the main thread of a process of its own, or of a test."""
    source = Patched(subject.file, case.all_patches(subject), case.size)
    began, seen, broken = time.process_time(), None, None
    _forget_peak()
    try:
        with hurried():
            seen = inspect(source, file_name=subject.name)
    except TooSlow:
        broken = f"more than {SECONDS:g} s"
    except Exception:
        broken = traceback.format_exc(limit=-3)
    seconds, peak = time.process_time() - began, _peak()
    return Outcome(seconds, peak, _ids(seen), broken or _objection(case, subject, seen, peak))


def _objection(case: Case, subject: Subject, seen: Inspection | None, peak: int) -> str | None:
    assert seen is not None
    if peak > MEMORY:
        return f"{peak >> 20} MB"
    return next(objections(seen, subject.before, told=case.must_be_told(subject)), None)


def _ids(seen: Inspection | None) -> frozenset[str]:
    return frozenset(one.id for one in seen.findings) if seen else frozenset()


@contextlib.contextmanager
def hurried() -> Iterator[None]:
    def stop(number: int, frame: FrameType | None) -> None:
        raise TooSlow

    before = signal.signal(signal.SIGPROF, stop)
    signal.setitimer(signal.ITIMER_PROF, SECONDS)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


def bounded() -> None:
    """For a process that does nothing but this."""
    gc.freeze()
    resource.setrlimit(resource.RLIMIT_AS, (ADDRESSES, ADDRESSES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _forget_peak() -> None:
    with contextlib.suppress(OSError):
        CLEAR.write_bytes(b"5")


def _peak() -> int:
    """Bytes that were resident at most since `_forget_peak`; where the system does not tell, since the beginning."""
    with contextlib.suppress(OSError):
        text = STATUS.read_text()
        return int(text.partition("VmHWM:")[2].split()[0]) * 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
