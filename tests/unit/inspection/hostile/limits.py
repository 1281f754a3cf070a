"""The limits that an inspection of a hostile disk must keep, whatever the machine."""

from __future__ import annotations

import cProfile
import json

from imagedrop.inspection import Budget, Inspection, inspect
from tests.fuzz.limits import MEMORY, forget_peak, peak, resident, time_limit
from tests.fuzz.violations import CRASH
from tests.unit.inspection.images import MemorySource

MAX_CALLS = 20_000_000  # of functions, in Python and in C; the most that a case needs is 13 million
HANGS_AFTER = 120.0  # seconds of processor time; ends only an inspection that never ends
MAX_PUBLIC = 64 * 1024  # characters of facts and findings: they are stored in the ledger and sent by mail


def inspect_within_limits(data: bytes | MemorySource, name: str = "a.raw") -> Inspection:
    source = data if isinstance(data, MemorySource) else MemorySource(data)
    profile, before = cProfile.Profile(), resident()
    forget_peak()
    with time_limit(HANGS_AFTER):
        inspection: Inspection = profile.runcall(inspect, source, file_name=name)
    assert peak() - before < MEMORY
    assert sum(function.callcount for function in profile.getstats()) < MAX_CALLS
    assert inspection.read.gets <= Budget().requests
    findings = inspection.findings
    assert len(json.dumps([inspection.facts.public(), [finding.stored() for finding in findings]])) < MAX_PUBLIC
    assert not [finding.message for finding in findings if CRASH.search(finding.message)]
    return inspection
