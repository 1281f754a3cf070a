"""What goes wrong inside a handler: every port call passes here twice, before its effect and after it."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from datetime import datetime, timedelta
from functools import partial

from imagedrop.ports import ImsError, MailRefused, ObjectsRefused, ObjectsUnavailable
from imagedrop_local.memory import MemoryPorts
from imagedrop_local.memory.scripted_faults import ScriptedFaults
from tests.simulation.fault_rates import Climate, Spell
from tests.simulation.reduction import Less
from tests.simulation.schedule import WorldClock
from tests.simulation.workers import Crash, Worker, Workers

PORTS = ("objects", "ledger", "queues", "topic", "mail")
PAUSES = (0.0, 0.1, 0.3, 1.0, 20.0, 45.0, 200.0)  # s; some are longer than a function may run
SWEPT = 0.1  # of pauses: the sweep comes at this worst of moments


class Weather:
    """`say` takes the story's lines. `struck`: the names of all that went wrong."""

    def __init__(self, climate: Climate, less: Less, clock: WorldClock, workers: Workers) -> None:
        self._climate, self._less, self._clock, self._workers = climate, less, clock, workers
        self._start = clock.seconds()
        self.calm = False
        self.struck: list[str] = []
        self.say: Callable[[str], None] = lambda text: None
        self.mishap: Callable[[], None] = lambda: None
        self.sweep: Callable[[], None] = lambda: None

    def watch(self, ports: MemoryPorts) -> None:
        for name in PORTS:
            port: ScriptedFaults = getattr(ports, name)
            port._call = partial(self.call, name)  # type: ignore[method-assign]

    def call(self, name: str, call: str) -> AbstractContextManager[None]:
        worker = self._workers.current
        return nullcontext() if worker is None else _Call(self, worker, name, call)  # None: the world itself is looking

    def strikes(self, worker: Worker, what: str, chance: float) -> bool:
        """Whether this goes wrong now; never in the calm, and not where it is left out."""
        if not chance or self.calm or worker.random.random() >= chance:
            return False
        name = f"{worker.label}.{worker.calls}.{what}"
        if name in self._less.strikes:
            return False
        self.struck.append(name)
        return True

    def passes(self, worker: Worker, name: str, call: str, when: str) -> None:
        self._clock.advance(worker.random.random() * 0.04)
        if self._clock.at > worker.dies_at:
            self._die(worker, f"is out of time {when} {name}.{call}")
        if self.calm:
            return
        if when == "before":
            self._outage(worker, name, call)
        if self.strikes(worker, f"{when} crash", self._climate.crash):
            self._die(worker, f"dies {when} {name}.{call}")
        if self.strikes(worker, f"{when} error", self._climate.error):
            self.say(f"{name}.{call} fails {when} its effect")
            self.mishap()
            raise self._error(worker, name, call, when)
        if self.strikes(worker, f"{when} pause", self._climate.pause):
            seconds = worker.random.choice(PAUSES)
            if worker.random.random() < SWEPT:
                self.sweep()
            self.say(f"{worker.name} pauses for {seconds:.0f} s {when} {name}.{call}")
            self._workers.pause(seconds)
            self.say(f"{worker.name} goes on {when} {name}.{call}")

    def _die(self, worker: Worker, how: str) -> None:
        self.mishap()
        self.say(f"{worker.name} {how}")
        raise Crash

    def _within(self, spell: Spell) -> bool:
        within = spell[0] <= self._clock.seconds() - self._start < spell[1]
        if within:
            self.mishap()
        return within

    def _outage(self, worker: Worker, name: str, call: str) -> None:
        climate = self._climate
        if name == "objects" and self._within(climate.obs_away):
            self.say(f"objects.{call}: OBS is away")
            raise ObjectsUnavailable("away")
        if name == "objects" and self._within(climate.obs_forbids):
            self.say(f"objects.{call}: OBS forbids it")
            raise ObjectsRefused("AccessDenied", "the history has it so")
        if name == "images" and self._within(climate.ims_away):
            self.say(f"images.{call}: IMS is away")
            raise ImsError("undelivered", "away", "IMS is away")
        if name == "images" and self._within(climate.ims_forbids):
            self.say(f"images.{call}: IMS forbids it")
            raise ImsError("held", "APIGW.0302", "the history has it so")

    def _error(self, worker: Worker, name: str, call: str, when: str) -> Exception:
        if name == "objects":
            return ObjectsUnavailable("503")
        if name == "images":
            return ImsError("unknown", "503", f"{call} fails {when} its effect")
        if name == "mail" and when == "before" and worker.random.random() < 0.3:
            return MailRefused("no such address")
        return RuntimeError(f"{name}.{call} fails {when} its effect")


class _Call:
    """A port call of a handler. An error of its own keeps the weather away from what comes after it."""

    __slots__ = ("_call", "_name", "_weather", "_worker")

    def __init__(self, weather: Weather, worker: Worker, name: str, call: str) -> None:
        self._weather, self._worker, self._name, self._call = weather, worker, name, call

    def __enter__(self) -> None:
        self._worker.calls += 1
        self._weather.passes(self._worker, self._name, self._call, "before")

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if kind is None:
            self._weather.passes(self._worker, self._name, self._call, "after")


class FunctionClock:
    """What the clock of the function shows that asks: each is off by a time of its own."""

    def __init__(self, clock: WorldClock, workers: Workers, off: dict[str, float]) -> None:
        self._clock, self._workers, self._off = clock, workers, off

    def __call__(self) -> datetime:
        worker = self._workers.current
        return self._clock() + timedelta(seconds=self._off.get(worker.name, 0.0) if worker else 0.0)

    def advance(self, seconds: float) -> datetime:
        return self._clock.advance(seconds)

    def seconds(self) -> float:
        return self._clock.seconds()
