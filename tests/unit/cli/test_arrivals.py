"""The check that an event reaches the intake, with each way in which its key may be spelled."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from urllib.parse import quote, quote_plus, unquote_plus

import pytest
from botocore.exceptions import ClientError

from imagedrop_cli.checkup.probe.arrivals import WAIT, Arrivals

KEY = ".imagedrop/probe/abc/测 +%20.txt"


def arrivals(keys: Callable[[str], Iterable[str]]) -> tuple[Arrivals, list[float]]:
    waits = list[float]()
    return Arrivals(keys, waits.append), waits


@pytest.mark.parametrize(
    ("seen", "setting", "outcome", "fix"),
    [
        (KEY, True, "ok", ""),
        (KEY, False, "ok", ""),
        (quote(KEY), False, "wrong", "Set event_keys_encoded to true."),
        (quote_plus(KEY), False, "wrong", "Set event_keys_encoded to true."),
        (unquote_plus(KEY), True, "wrong", "Set event_keys_encoded to false."),
        (quote(quote(KEY)), False, "wrong", "Please report this: imagedrop expects another encoding."),
    ],
)
def test_key_of_the_event(seen: str, setting: bool, outcome: str, fix: str) -> None:
    check, _ = arrivals(lambda token: [seen] if token == "abc" else [])
    found = check.check(KEY, setting)
    assert (found.outcome, found.fix) == (outcome, fix)


def test_event_that_comes_late() -> None:
    answers = iter([[], [], [KEY]])
    check, waits = arrivals(lambda token: next(answers))
    assert check.check(KEY, True).outcome == "ok"
    assert len(waits) == 2


def test_event_that_never_comes() -> None:
    check, waits = arrivals(lambda token: [])
    assert check.check(KEY, True).outcome == "unknown"
    assert sum(waits) == WAIT


def test_log_that_may_not_be_read() -> None:
    def refused(token: str) -> list[str]:
        raise ClientError({"Error": {"Code": "AccessDeniedException"}}, "FilterLogEvents")

    check, _ = arrivals(refused)
    found = check.check(KEY, True)
    assert (found.outcome, "logs:FilterLogEvents" in found.fix) == ("unknown", True)
