"""One inspection of a changed image, under limits that nothing in it can swallow."""

from __future__ import annotations

import gc
import resource
import time
import traceback
from typing import NamedTuple

from imagedrop.inspection import Inspection, inspect
from tests.fuzz.cases import Case, Subject
from tests.fuzz.limits import MEMORY, SECONDS, TooSlow, forget_peak, hurried, peak
from tests.fuzz.sources import Patched
from tests.fuzz.verdicts import objections

ADDRESSES = 1 << 30  # an allocation beyond this fails


class Outcome(NamedTuple):
    """`findings`: their ids. `broken`: what went wrong, if something did."""

    seconds: float
    peak: int
    findings: frozenset[str]
    broken: str | None


def tried(case: Case, subject: Subject, held: int = 0) -> Outcome:
    """In the main thread. `held`: bytes of memory that are no business of the inspection's."""
    source = Patched(subject.file, case.all_patches(subject), case.size)
    began, seen, broken = time.process_time(), None, None
    forget_peak()
    try:
        with hurried(SECONDS):
            seen = inspect(source, file_name=subject.name)
    except TooSlow:
        broken = f"more than {SECONDS:g} s"
    except Exception:  # noqa: BLE001 - none may come
        broken = traceback.format_exc(limit=-3)
    seconds, most = time.process_time() - began, peak() - held
    return Outcome(seconds, most, _ids(seen), broken or _objection(case, subject, seen, most))


def _objection(case: Case, subject: Subject, seen: Inspection | None, most: int) -> str | None:
    assert seen is not None
    if most > MEMORY:
        return f"{most >> 20} MB"
    return next(objections(seen, subject.before, told=case.must_be_told(subject)), None)


def _ids(seen: Inspection | None) -> frozenset[str]:
    return frozenset(one.id for one in seen.findings) if seen else frozenset()


def bounded() -> None:
    """For a process that does nothing but this."""
    gc.freeze()
    resource.setrlimit(resource.RLIMIT_AS, (ADDRESSES, ADDRESSES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
