"""One inspection of a changed image, under limits that nothing in it can catch."""

from __future__ import annotations

import gc
import resource
import time
import traceback
from typing import NamedTuple

from imagedrop.inspection import Inspection, inspect
from tests.fuzz.cases import Case, Subject
from tests.fuzz.limits import MEMORY, SECONDS, TooSlow, forget_peak, peak, time_limit
from tests.fuzz.sources import Patched
from tests.fuzz.violations import violations

ADDRESSES = 1 << 30  # bytes; an allocation beyond this fails


class Outcome(NamedTuple):
    """`findings`: their ids. `broken`: what went wrong, if something did."""

    seconds: float
    peak: int
    findings: frozenset[str]
    broken: str | None


def run_case(case: Case, subject: Subject, held: int = 0) -> Outcome:
    """Only in the main thread. `held`: bytes of memory that are not used by the inspection."""
    source = Patched(subject.file, case.all_patches(subject), case.size)
    began, inspection, broken = time.process_time(), None, None
    forget_peak()
    try:
        with time_limit(SECONDS):
            inspection = inspect(source, file_name=subject.name)
    except TooSlow:
        broken = f"more than {SECONDS:g} s"
    except Exception:  # noqa: BLE001 - an inspection must not raise any
        broken = traceback.format_exc(limit=-3)
    seconds, most = time.process_time() - began, peak() - held
    return Outcome(seconds, most, _ids(inspection), broken or _violation(case, subject, inspection, most))


def _violation(case: Case, subject: Subject, inspection: Inspection | None, most: int) -> str | None:
    assert inspection is not None
    if most > MEMORY:
        return f"{most >> 20} MB"
    return next(violations(inspection, subject.before, must_report=case.must_be_reported(subject)), None)


def _ids(inspection: Inspection | None) -> frozenset[str]:
    return frozenset(finding.id for finding in inspection.findings) if inspection else frozenset()


def bounded() -> None:
    """Limits the memory of this process for good."""
    gc.freeze()
    resource.setrlimit(resource.RLIMIT_AS, (ADDRESSES, ADDRESSES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
