"""What goes wrong inside a handler: every port call passes here twice, before its effect and after it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from random import Random
from typing import Any

from imagedrop.ports import ImsError, MailRefused, ObjectsUnavailable
from imagedrop_local.memory import MemoryPorts
from imagedrop_local.memory.scripted import Scripted
from simulation.climate import Climate

PORTS = ("objects", "images", "ledger", "queues", "topic", "mail")
DEEPEST = 3  # workers, each in the middle of another's call


class Crash(BaseException):
    """The function dies here: killed, or out of time. Nothing of it may catch this."""


@dataclass(frozen=True)
class Invocation:
    name: str
    body: dict[str, Any]
    dies_at: float


class Weather:
    def __init__(self, random: Random, climate: Climate, ports: MemoryPorts) -> None:
        self._random, self._climate, self._clock = random, climate, ports.clock
        self._start = ports.clock.seconds()
        self.running: list[Invocation] = []
        self.calm = False
        self.say: Callable[[str], None] = lambda text: None
        self.meanwhile: Callable[[], None] = lambda: None
        self.suffered: Counter[tuple[str, int]] = Counter()  # (drop id, attempt) -> what hit its telling
        for name in PORTS:
            port: Scripted = getattr(ports, name)
            port._call = partial(self._call, name, port)  # type: ignore[method-assign]

    @contextmanager
    def aside(self) -> Iterator[None]:
        """What is done by nobody's handler: nothing of it goes wrong."""
        running, self.running = self.running, []
        try:
            yield
        finally:
            self.running = running

    @contextmanager
    def _call(self, name: str, port: Scripted, call: str) -> Iterator[None]:
        if not self.running:  # the world itself is looking
            yield
            return
        port.calls[call] += 1
        self._pass(name, call, "before")
        yield
        self._pass(name, call, "after")

    def _pass(self, name: str, call: str, when: str) -> None:
        self._clock.advance(self._random.random() * 0.04)
        running = self.running[-1]
        if self._clock.seconds() > running.dies_at:
            self._strike(f"{running.name} is out of time {when} {name}.{call}")
            raise Crash
        if self.calm:
            return
        if when == "before":
            self._outage(name, call)
        chance = self._random.random()
        if chance < self._climate.crash:
            self._strike(f"{running.name} dies {when} {name}.{call}")
            raise Crash
        if chance < self._climate.crash + self._climate.error:
            self._strike(f"{name}.{call} fails {when} its effect")
            raise self._error(name, call, when)
        if chance > 1 - self._climate.pause and len(self.running) < DEEPEST:
            self.say(f"{running.name} pauses {when} {name}.{call}")
            self.meanwhile()

    def _outage(self, name: str, call: str) -> None:
        away = {"images": self._climate.ims_away, "objects": self._climate.obs_away}.get(name)
        if away and away[0] <= self._clock.seconds() - self._start < away[1]:
            self._strike(f"{name}.{call}: away")
            raise ImsError("undelivered", "away", "IMS is away") if name == "images" else ObjectsUnavailable("away")

    def _strike(self, what: str) -> None:
        self.say(what)
        body = self.running[-1].body
        if self.running[-1].name == "notify":
            self.suffered[str(body.get("drop_id")), int(body.get("attempt", 0))] += 1

    def _error(self, name: str, call: str, when: str) -> Exception:
        if name == "objects":
            return ObjectsUnavailable("503")
        if name == "images":
            return ImsError("unknown", "503", f"{call} fails {when} its effect")
        if name == "mail" and when == "before" and self._random.random() < 0.3:
            return MailRefused("no such address")
        return RuntimeError(f"{name}.{call} fails {when} its effect")
