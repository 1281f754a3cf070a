"""What an inspection of a hostile disk must keep to."""

from __future__ import annotations

import json

from imagedrop.inspection import Budget, Inspection, inspect
from tests.fuzz.limits import MEMORY, SECONDS, forget_peak, hurried, peak, resident
from tests.fuzz.verdicts import CRASH
from tests.unit.inspection.images import MemorySource

SLOW = 3  # a machine may be so many times slower than one that keeps to the seconds
PUBLIC_MOST = 64 * 1024  # characters of facts and findings: they go into a ledger and a mail


def survived(data: bytes | MemorySource, name: str = "a.raw") -> Inspection:
    source = data if isinstance(data, MemorySource) else MemorySource(data)
    held = resident()
    forget_peak()
    with hurried(SLOW * SECONDS):
        seen = inspect(source, file_name=name)
    assert peak() - held < MEMORY
    assert seen.read.gets <= Budget().requests
    assert len(json.dumps([seen.facts.public(), [one.stored() for one in seen.findings]])) < PUBLIC_MOST
    assert not [one.message for one in seen.findings if CRASH.search(one.message)]
    return seen
