"""The run of a scenario without a strike, the strikes that follow from it, and what must come out of each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache

from tests.simulation.places import Place
from tests.simulation.places import Strike as Struck
from tests.simulation.systematic.scenario_history import Ends, ScenarioHistory
from tests.simulation.systematic.scenarios import MAIN, SCENARIOS
from tests.simulation.systematic.striking import LATE, Call, Strike, errors_of


@dataclass
class Result:
    """Of many runs. `broken`: scenario, strike and what is wrong."""

    runs: int = 0
    struck: Counter[Struck] = field(default_factory=Counter)
    broken: list[str] = field(default_factory=list)

    def add(self, other: Result) -> None:
        self.runs += other.runs
        self.struck += other.struck
        self.broken += other.broken


@dataclass(frozen=True)
class Unstruck:
    calls: Sequence[Call]
    ends: Ends


@cache
def unstruck(name: str) -> Unstruck:
    """The run of a scenario without a strike."""
    history = ScenarioHistory(SCENARIOS[name])
    broken = history.run()
    assert not broken, f"{name}: {broken[:3]}"
    return Unstruck(history.faults.calls, history.ends())


def distinct(calls: Sequence[Call]) -> list[Call]:
    """Without calls of a line that found the same state before, as most polls and sweeps do."""
    return list({(call.worker.name, call.line, call.state): call for call in reversed(calls)}.values())[::-1]


def calls_to_strike(name: str) -> list[Call]:
    """All of a main scenario; of another one those whose line none of the scenarios before it has reached."""
    calls = distinct(unstruck(name).calls)
    if name in MAIN:
        return calls
    names = list(SCENARIOS)
    before = {_line(call) for other in names[: names.index(name)] for call in unstruck(other).calls}
    return [call for call in calls if _line(call) not in before]


def _line(call: Call) -> object:
    return call.worker.name, call.line


def places() -> set[Place]:
    """Every place that a scenario reaches."""
    return {call.place(moment) for name in SCENARIOS for call in unstruck(name).calls for moment in call.moments}


def strikes_at(call: Call) -> Iterator[Strike]:
    for moment in call.moments:
        yield Strike(call.number, moment, "crash")
        yield Strike(call.number, moment, "time-out")
        yield Strike(call.number, moment, "pause")
        for error in errors_of(call.line.call, moment):
            yield Strike(call.number, moment, "error", error)
    if "after" in call.moments:
        for error in (LATE, *errors_of(call.line.call, "after")):
            yield Strike(call.number, "after", "time-out", error)


def run(name: str, strikes: Sequence[Strike]) -> Result:
    history = ScenarioHistory(SCENARIOS[name], strikes)
    broken = history.run()
    if len(history.faults.occurred) != len(strikes):
        broken.append("the strike does not happen")
    broken += history.wrong_ends(unstruck(name).ends)
    title = f"{name}, " + " and ".join(map(str, strikes))
    return Result(1, history.faults.struck, [f"{title}: {text}" for text in broken])


def run_all(name: str, calls: Sequence[Call]) -> Result:
    result = Result()
    for call in calls:
        for strike in strikes_at(call):
            result.add(run(name, [strike]))
    return result
