"""Findings as they come, and the guard around every step."""

from __future__ import annotations

import shlex

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imagedrop.findings import inspection as kinds
from imagedrop.inspection import SourceChanged
from imagedrop.inspection.errors import PastEnd, malformed
from imagedrop.inspection.findings_report import FindingsReport, quoted
from imagedrop.ports import ObjectsRefused, ObjectsUnavailable


@given(st.text() | st.text(alphabet="aZ9_@%+=:,./-' é"))
def test_a_name_is_quoted_as_shlex_quotes_it(text: str) -> None:
    assert quoted(text) == shlex.quote(text)


@pytest.mark.parametrize("error", [ValueError("x"), ZeroDivisionError(), RecursionError(), MemoryError()])
def test_whatever_a_reader_raises_is_a_finding(error: Exception) -> None:
    report = FindingsReport("a.vhd", 1)
    with report.guard("header"):
        raise error
    assert [one.id for one in report.findings] == [kinds.MALFORMED.id]


def test_what_lies_behind_the_end_means_cut_off_and_what_is_unreadable_says_itself() -> None:
    report = FindingsReport("a.vhd", 1)
    with report.guard("header"):
        raise PastEnd(0, 2, 1)
    with report.guard("table"):
        raise malformed("table", "it is round")
    assert [one.id for one in report.findings] == [kinds.TRUNCATED.id, kinds.MALFORMED.id]


@pytest.mark.parametrize(
    "error", [OSError(), ObjectsUnavailable(), ObjectsRefused("a", "b"), SourceChanged(), KeyboardInterrupt()]
)
def test_what_the_source_raises_goes_up(error: BaseException) -> None:
    report = FindingsReport("a.vhd", 1)
    with pytest.raises(type(error)), report.discard_findings(), report.guard("header"):
        raise error
    assert report.findings == []


def test_trying_ahead_says_nothing_and_keeps_what_was_said() -> None:
    report = FindingsReport("a.vhd", 1)
    with report.guard("header"):
        raise ValueError
    said = list(report.findings)
    with report.discard_findings():
        report.add(kinds.EMPTY_FILE)
        raise ValueError("ahead")
    assert report.findings == said
