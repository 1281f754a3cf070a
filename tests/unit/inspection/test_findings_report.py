"""The findings of an inspection, and the guard that turns a reader's errors into findings."""

from __future__ import annotations

import pytest

from imagedrop.findings import inspection as kinds
from imagedrop.inspection import SourceChanged
from imagedrop.inspection.errors import PastEnd, malformed
from imagedrop.inspection.findings_report import FindingsReport
from imagedrop.ports import ObjectsRefused, ObjectsUnavailable, OutOfTime, ServiceError


@pytest.mark.parametrize("error", [ValueError("x"), ZeroDivisionError(), RecursionError(), MemoryError()])
def test_any_error_of_a_reader_becomes_a_finding(error: Exception) -> None:
    report = FindingsReport("a.vhd", 1)
    with report.guard("header"):
        raise error
    assert [finding.id for finding in report.findings] == [kinds.MALFORMED.id]


def test_a_read_past_the_end_is_reported_as_cut_off_and_unreadable_as_its_own_finding() -> None:
    report = FindingsReport("a.vhd", 1)
    with report.guard("header"):
        raise PastEnd(0, 2, 1)
    with report.guard("table"):
        raise malformed("table", "it is round")
    assert [finding.id for finding in report.findings] == [kinds.TRUNCATED.id, kinds.MALFORMED.id]


@pytest.mark.parametrize(
    "error",
    [
        OSError(),
        ObjectsUnavailable(),
        ObjectsRefused("a", "b"),
        OutOfTime(),
        ServiceError("busy", "a", "b"),  # of Secrets Manager, which has the keys
        SourceChanged(),
        KeyboardInterrupt(),
    ],
)
def test_errors_of_the_source_are_not_caught(error: BaseException) -> None:
    report = FindingsReport("a.vhd", 1)
    with pytest.raises(type(error)), report.discard_findings(), report.guard("header"):
        raise error
    assert report.findings == []


def test_findings_of_reading_ahead_are_discarded_and_earlier_ones_kept() -> None:
    report = FindingsReport("a.vhd", 1)
    with report.guard("header"):
        raise ValueError
    before = list(report.findings)
    with report.discard_findings():
        report.add(kinds.EMPTY_FILE)
        raise ValueError("ahead")
    assert report.findings == before
