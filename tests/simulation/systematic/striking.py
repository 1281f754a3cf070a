"""The faults of a systematic run: exactly the chosen ones, at the chosen port calls."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from imagedrop.ports import ImsError, MailRefused, ObjectsRefused
from tests.simulation import port_errors
from tests.simulation.faults import Faults
from tests.simulation.places import MOMENTS, Kind, Line, Moment, Place, current_line
from tests.simulation.workers import Worker

if TYPE_CHECKING:
    from tests.simulation.systematic.scenario_history import ScenarioHistory

PAUSE = 45.0  # s; a function that may not run for so long pauses for a third of its time limit
REFUSAL = "IMG.0029"  # the code with which IMS refuses a CreateImage
LATE = "late"  # a time-out after which the function still runs, but no other call fits into its time
LEFT = 4.0  # s then
HANG = 10.0  # s from a call to the error that says that nobody has answered

# Errors of a port by name. "no answer": after HANG.
Errors = Mapping[str, Callable[[], Exception]]
IMS_ERRORS: Errors = {
    kind: lambda kind=kind: ImsError(kind, f"SIM.{kind}", "simulated")  # type: ignore[misc]
    for kind in ("undelivered", "busy", "held", "unknown")
}
OBS_ERRORS: Errors = {
    "unavailable": lambda: port_errors.errors("objects", "after")[0],
    "refused": lambda: ObjectsRefused("AccessDenied", "simulated"),
}
OTHER_ERRORS: Errors = {"error": lambda: port_errors.errors("ledger", "after")[0]}


def errors_of(call: str, moment: Moment) -> Errors:
    """What this port call may raise before its effect, or after it. `call`: as in `Line`."""
    port = call.partition(".")[0]
    if port == "images":
        after = {"unknown": IMS_ERRORS["unknown"]}
        refused = {"refused": lambda: ImsError("refused", REFUSAL, "simulated")}
        return after if moment == "after" else {**IMS_ERRORS, **(refused if call == "images.create" else {})}
    if port == "objects":
        return OBS_ERRORS if moment == "before" else {"unavailable": OBS_ERRORS["unavailable"]}
    refused_mail = {"refused": lambda: MailRefused("simulated")}
    return {**OTHER_ERRORS, **(refused_mail if (port, moment) == ("mail", "before") else {})}


@dataclass(frozen=True)
class Strike:
    """`number`: of the port call in the run, from 1. `error`: a name in `errors_of`; only for errors and time-outs:
    a time-out with an error is a call that nobody answers, one without lasts until the worker's time limit; LATE."""

    number: int
    moment: Moment
    kind: Kind
    error: str = ""

    @property
    def refuses(self) -> bool:
        """IMS may refuse the drop for good: the mail service's refusal ends no drop."""
        return self.error == "refused"

    def __str__(self) -> str:
        return f"{self.kind} {self.error}".strip() + f" {self.moment} call {self.number}"


@dataclass
class Call:
    """A port call of a handler. `state`: what it found, as `ScenarioHistory.state` says. `moments`: those that it
    reached: there is none after a call that raised an error itself."""

    number: int
    worker: Worker
    line: Line
    state: Any
    moments: tuple[Moment, ...] = ("before",)

    def place(self, moment: Moment) -> Place:
        return Place(self.worker.function, self.line, moment)


@dataclass(frozen=True)
class Given:
    """What happens in every run of a scenario: `effect` may raise an error. `line`: a part of the text of the calls'
    line; `number`: of the one among them that is hit, from 1. `function`: the one that calls."""

    line: str
    moment: Moment
    effect: Callable[[ScenarioHistory], None]
    function: str = ""
    number: int = 1


class Striking(Faults):
    """`calls`: all port calls so far."""

    def __init__(self, history: ScenarioHistory, strikes: Sequence[Strike], *arguments: Any) -> None:
        super().__init__(*arguments)
        self._history, self._chosen, self._given = history, strikes, history.scenario.given
        self.calls: list[Call] = []
        self._hits: Counter[Given] = Counter()

    def call(self, name: str, call: str) -> AbstractContextManager[None]:
        worker = self._workers.current
        if worker is None:
            return nullcontext()
        made = Call(len(self.calls) + 1, worker, current_line(name), self._history.state())
        self.calls.append(made)
        return _StruckCall(self, made)

    def at(self, call: Call, moment: Moment) -> None:
        port, _, method = call.line.call.partition(".")
        self.at_call(call.worker, port, method, moment)
        for strike in self._chosen:
            if (strike.number, strike.moment) == (call.number, moment):
                self._strike(strike, call)
        for given in self._given:
            if given.moment == moment and given.line in str(call.line) and given.function in call.worker.name:
                self._hits[given] += 1
                if self._hits[given] == given.number:
                    self.log(f"given {moment} {call.line}")
                    self.count_fault()
                    given.effect(self._history)

    def _strike(self, strike: Strike, call: Call) -> None:
        worker, port = call.worker, call.line.call.partition(".")[0]
        self.log(f"STRIKE {strike}: {call.place(strike.moment)}")
        self.occurred.append(str(strike))
        self.count_fault()
        self.strikes(worker, port, strike.moment, strike.kind)
        if strike.kind == "crash":
            self._crash("crashes")
        if strike.kind == "pause":
            self.sweep()
            self._history.duplicate(worker)
            self._workers.pause(min(PAUSE, (worker.times_out_at - self._clock.at) / 3))
        if strike.kind == "time-out":
            left = worker.times_out_at - self._clock.at
            self._workers.pause({LATE: left - LEFT, "": left + 1}.get(strike.error, HANG))
        if strike.error and strike.error != LATE:
            raise errors_of(call.line.call, strike.moment)[strike.error]()


class _StruckCall:
    __slots__ = ("_call", "_striking")

    def __init__(self, striking: Striking, call: Call) -> None:
        self._striking, self._call = striking, call

    def __enter__(self) -> None:
        self._call.worker.calls += 1
        self._striking.at(self._call, "before")

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if kind is None:
            self._call.moments = MOMENTS
            self._striking.at(self._call, "after")
