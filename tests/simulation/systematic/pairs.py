"""All pairs of strikes within register, poll and notify: both in one invocation, or one in it and one in its retry.

What is left out is equal to another pair: a crash, a time-out or a pause before a call is one after the call before it,
because nothing happens in between. So they strike before a call only if it is the first of its invocation.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tests.simulation.places import Kind
from tests.simulation.systematic.runs import Result, distinct, run, unstruck
from tests.simulation.systematic.scenario_history import ScenarioHistory
from tests.simulation.systematic.scenarios import SCENARIOS
from tests.simulation.systematic.striking import Call, Strike, errors_of
from tests.simulation.workers import Worker

FUNCTIONS = ("register", "poll", "notify")


def first_strikes(name: str, function: str) -> list[Strike]:
    calls = unstruck(name).calls
    firsts = _first_calls(calls)
    ours = [call for call in distinct(calls) if call.worker.function == function]
    return [strike for call in ours for strike in _strikes_at(call, is_first=call.number in firsts)]


def run_pairs(name: str, first: Strike) -> Result:
    """All pairs with this first strike."""
    history = ScenarioHistory(SCENARIOS[name], [first], keeps_state=True)
    history.run()
    calls, result = history.faults.calls, Result()
    firsts, struck = _first_calls(calls), calls[first.number - 1]
    for call in distinct(_after(calls, struck)):
        for second in _strikes_at(call, is_first=call.number in firsts):
            result.add(run(name, [first, second]))
    return result


def _after(calls: Sequence[Call], struck: Call) -> list[Call]:
    """Of the same invocation, and of the next one of this function for this drop."""
    later = [call for call in calls[struck.number :] if call.worker.function == struck.worker.function]
    others = [call.worker for call in later if call.worker is not struck.worker and _is_retry(call.worker, struck)]
    wanted = {id(worker) for worker in (struck.worker, *others[:1])}
    return [call for call in later if id(call.worker) in wanted]


def _is_retry(worker: Worker, struck: Call) -> bool:
    return worker.body.get("drop_id") == struck.worker.body.get("drop_id")


def _first_calls(calls: Sequence[Call]) -> frozenset[int]:
    """The numbers of the first call of each invocation."""
    return frozenset({id(call.worker): call.number for call in reversed(calls)}.values())


def _strikes_at(call: Call, *, is_first: bool) -> Iterator[Strike]:
    for moment in call.moments:
        kinds: tuple[Kind, ...] = ("crash", "time-out", "pause") if is_first or moment == "after" else ()
        for kind in kinds:
            yield Strike(call.number, moment, kind)
        for error in errors_of(call.line.call, moment):
            yield Strike(call.number, moment, "error", error)
