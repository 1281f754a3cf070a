"""Every place of the scenarios is struck, one strike in each run."""

from __future__ import annotations

import pytest

from tests.simulation.bugs import notifying
from tests.simulation.bugs.planting import Planting
from tests.simulation.places import KINDS, lines
from tests.simulation.places import Strike as Struck
from tests.simulation.systematic import runs
from tests.simulation.systematic.scenario_history import ScenarioHistory
from tests.simulation.systematic.scenarios import MAIN, SCENARIOS, UNREACHED
from tests.simulation.systematic.striking import Strike
from tests.simulation.systematic.table import missing, table

PARTS = 8  # of the calls of a main scenario, so that each test takes a few seconds
SHORT = {"answer lost, imports hidden", "ledger lost during the import", "image only"}  # of `make test`
TESTS = [
    *(pytest.param(name, part, PARTS, marks=pytest.mark.long) for name in MAIN for part in range(PARTS)),
    *(
        pytest.param(name, 0, 1, marks=[] if name in SHORT else pytest.mark.long)
        for name in SCENARIOS
        if name not in MAIN
    ),
]


@pytest.mark.timeout(600)  # the first one in a process also runs all scenarios before it
@pytest.mark.parametrize(("name", "part", "parts"), TESTS)
def test_drop_ends_rightly_though_one_port_call_is_struck(name: str, part: int, parts: int) -> None:
    calls = runs.calls_to_strike(name)[part::parts]
    result = runs.run_all(name, calls)
    assert not result.broken
    struck = {(call.place(moment), kind) for call in calls for moment in call.moments for kind in KINDS}
    assert struck <= result.struck.keys()


def test_every_line_of_the_core_that_calls_a_port_is_reached() -> None:
    reached = {place.line for place in runs.places()}
    missing = {str(line) for line in lines() if line not in reached}
    assert missing == UNREACHED.keys(), "add a scenario, or a reason"


def test_strike_that_breaks_the_promise_is_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    notifying.done_before_it_is_sent(Planting(monkeypatch))
    calls = [call for call in runs.calls_to_strike("accepted") if call.line.call == "topic.publish"]
    result = runs.run_all("accepted", calls)
    assert any("crash before" in text and "no sns was sent" in text for text in result.broken)


def test_other_end_than_without_the_strike_is_reported() -> None:
    calls = [call for call in runs.calls_to_strike("accepted") if call.line.call == "images.create"]
    history = ScenarioHistory(SCENARIOS["accepted"], [Strike(calls[0].number, "before", "error", "refused")])
    history.run()
    assert not history.wrong_ends(runs.unstruck("accepted").ends), "the refusal makes this end right"
    history._strikes = ()
    assert history.wrong_ends(runs.unstruck("accepted").ends)


def test_missing_strikes_are_listed() -> None:
    call = runs.unstruck("accepted").calls[0]
    place = call.place("before")
    struck: set[Struck] = {(place, kind) for kind in KINDS if kind != "pause"}
    assert list(missing([place], struck)) == [f"{place}: no pause"]
    assert table([place], struck).splitlines()[-1] == "| all | 1 | 1 | 1 | 1 | 0 |"
