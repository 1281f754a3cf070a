"""Faults in handlers: every port call passes here twice, before its effect and after it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext, suppress
from datetime import datetime, timedelta
from functools import partial

from imagedrop.ports import ImsError, MailRefused, ObjectsRefused
from imagedrop_local.memory import MemoryPorts
from imagedrop_local.memory.scripted_faults import ScriptedFaults
from tests.simulation import port_errors
from tests.simulation.fault_rates import FaultRates, Period
from tests.simulation.places import Kind, Moment, Place, Strike, current_line
from tests.simulation.reduction import Reduction
from tests.simulation.schedule import VirtualClock
from tests.simulation.workers import Crash, Worker, Workers

PORTS = ("objects", "ledger", "queues", "topic", "mail")
PAUSES = (0.0, 0.1, 0.3, 1.0, 20.0, 45.0, 200.0)  # s; some are longer than the time limit of a function
SWEEP_DURING_PAUSE = 0.1  # share of pauses


class Faults:
    """`log` takes lines for the history's text. `occurred`: the names of all faults so far. `struck`: their places."""

    def __init__(self, rates: FaultRates, reduction: Reduction, clock: VirtualClock, workers: Workers) -> None:
        self._rates, self._reduction, self._clock, self._workers = rates, reduction, clock, workers
        self._start = clock.seconds()
        self.stopped = False
        self.occurred: list[str] = []
        self.struck: Counter[Strike] = Counter()
        self.log: Callable[[str], None] = lambda text: None
        self.count_fault: Callable[[], None] = lambda: None
        self.sweep: Callable[[], None] = lambda: None

    def install(self, ports: MemoryPorts) -> None:
        for name in PORTS:
            port: ScriptedFaults = getattr(ports, name)
            port._call = partial(self.call, name)  # type: ignore[assignment, method-assign]

    def call(self, name: str, call: str) -> AbstractContextManager[None]:
        worker = self._workers.current
        return _Call(self, worker, name, call) if worker else nullcontext()  # no worker: the simulation itself reads

    def occurs(self, worker: Worker, what: str, rate: float) -> bool:
        """Whether this fault occurs now. Not after faults have stopped, and not if the reduction leaves it out."""
        if not rate or self.stopped or worker.random.random() >= rate:
            return False
        name = f"{worker.label}.{worker.calls}.{what}"
        if name in self._reduction.faults:
            return False
        self.occurred.append(name)
        return True

    def at_call(self, worker: Worker, name: str, call: str, when: Moment) -> None:
        self._clock.advance(worker.random.random() * 0.04)
        if self._clock.at > worker.times_out_at:
            self.strikes(worker, name, when, "time-out")
            self._crash(f"times out {when} {name}.{call}")
        if when == "before":
            self._check_time(worker, name, call)
        if self.stopped:
            return
        if when == "before":
            self._outage(worker, name, call)
        if self.occurs(worker, f"{when} crash", self._rates.crash):
            self.strikes(worker, name, when, "crash")
            self._crash(f"crashes {when} {name}.{call}")
        if self.occurs(worker, f"{when} error", self._rates.error):
            self.strikes(worker, name, when, "error")
            self.log(f"{name}.{call} fails {when} its effect")
            self.count_fault()
            raise self._error(worker, name, call, when)
        if self.occurs(worker, f"{when} pause", self._rates.pause):
            seconds = worker.random.choice(PAUSES)
            if worker.random.random() < SWEEP_DURING_PAUSE:
                self.sweep()
            self.log(f"pauses for {seconds:.0f} s {when} {name}.{call}")
            self.pause(worker, seconds, name, when)
            self.log(f"continues {when} {name}.{call}")

    def strikes(self, worker: Worker, port: str, when: Moment, kind: Kind) -> None:
        """Notes where this fault strikes the worker."""
        if kind == "error":
            worker.failed_ports.add(port)
        with suppress(LookupError):  # a planted bug makes the call, not the core
            self.struck[Place(worker.function, current_line(port), when), kind] += 1

    def pause(self, worker: Worker, seconds: float, port: str, when: Moment) -> None:
        """Others run meanwhile. Raises Crash if the worker is out of time afterwards."""
        ends = self._clock.at + seconds <= worker.times_out_at
        self.strikes(worker, port, when, "pause" if ends else "time-out")
        self._workers.pause(seconds)

    def _check_time(self, worker: Worker, name: str, call: str) -> None:
        """Raises OutOfTime, as the adapter does, if the call may not fit into what is left of the invocation."""
        if late := port_errors.out_of_time(name, worker.times_out_at - self._clock.at):
            self.log(f"no time is left for {name}.{call}")
            self.count_fault()
            raise late

    def _crash(self, how: str) -> None:
        self.count_fault()
        self.log(how)
        raise Crash

    def _outage(self, worker: Worker, name: str, call: str) -> None:
        rates, now = self._rates, self._clock.seconds() - self._start
        down, denies = (
            (rates.obs_outage, rates.obs_denies) if name == "objects" else (rates.ims_outage, rates.ims_denies)
        )
        if name not in ("objects", "images") or not (_within(now, down) or _within(now, denies)):
            return
        self.count_fault()
        self.strikes(worker, name, "before", "error")
        cloud = "OBS" if name == "objects" else "IMS"
        if _within(now, down):
            self.log(f"{name}.{call}: {cloud} is down")
            raise port_errors.errors(name, "before")[0]
        self.log(f"{name}.{call}: {cloud} denies access")
        code = "AccessDenied" if name == "objects" else "APIGW.0302"
        raise ObjectsRefused(code, "simulated") if name == "objects" else ImsError("held", code, "simulated")

    def _error(self, worker: Worker, name: str, call: str, when: str) -> Exception:
        if name == "mail" and when == "before" and worker.random.random() < 0.3:
            return MailRefused("no such address")
        return worker.random.choice(port_errors.errors(name, when))


def _within(now: float, period: Period) -> bool:
    return period[0] <= now < period[1]


class _Call:
    """A port call of a handler. No fault follows its effect if the call itself raises."""

    __slots__ = ("_call", "_faults", "_name", "_worker")

    def __init__(self, faults: Faults, worker: Worker, name: str, call: str) -> None:
        self._faults, self._worker, self._name, self._call = faults, worker, name, call

    def __enter__(self) -> None:
        self._worker.calls += 1
        self._faults.at_call(self._worker, self._name, self._call, "before")

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if kind is None:
            self._faults.at_call(self._worker, self._name, self._call, "after")


class FunctionClock:
    """The clock of the worker that runs. `skew_of` gives the seconds by which a worker's clock is ahead."""

    def __init__(self, clock: VirtualClock, workers: Workers, skew_of: Callable[[Worker], float]) -> None:
        self._clock, self._workers, self._skew_of = clock, workers, skew_of

    def __call__(self) -> datetime:
        worker = self._workers.current
        return self._clock() + timedelta(seconds=self._skew_of(worker) if worker else 0.0)

    def advance(self, seconds: float) -> datetime:
        return self._clock.advance(seconds)

    def seconds(self) -> float:
        return self._clock.seconds()
