"""One history: a seed draws a climate and a workload, and time passes until nothing is left to do."""

from __future__ import annotations

import heapq
import itertools
from collections.abc import Callable, Mapping
from dataclasses import replace
from random import Random
from typing import Any

from imagedrop.drop import LIVE
from imagedrop.ports import QueueName
from imagedrop_local.house import function
from imagedrop_local.memory import SettableClock, memory_ports, memory_settings
from simulation.checks import Checks
from simulation.climate import HOUR, Climate
from simulation.cloud import SimImages
from simulation.inspected import quick_inspection
from simulation.owners import Owners
from simulation.watching import watch
from simulation.weather import Crash, Invocation, Weather
from simulation.workload import Act, draw
from support.world import HANDLERS, World

# As template.yaml has them: (batch, visibility time-out, time limit of the function), s.
LIMITS: Mapping[QueueName, tuple[int, float, float]] = {
    "drops": (1, 720, 120),
    "registrations": (1, 360, 60),
    "polls": (10, 720, 120),
    "notices": (1, 360, 60),  # five in template.yaml; one tells whose mail it is
}
CROWD = 8  # messages in a queue, from which on none is doubled: each would live for hours
SWEEP_EVERY, QUIET_EVERY, SWEEP_LIMIT = 300.0, 1800.0, 300.0


class History(World):
    """`changes`: of the climate that the seed draws."""

    def __init__(self, seed: int, **changes: Any) -> None:
        self.seed, self.random = seed, Random(seed)
        self.climate = climate = replace(Climate.draw(self.random), **changes)
        clock = SettableClock()
        self.images = SimImages(clock, self.random, climate)
        settings = memory_settings(
            ims_shows_imports=climate.shows_imports,
            attempt_deadline=climate.attempt_deadline,
            pairing_deadline=climate.pairing_deadline,
            poll_longest=900,
        )
        self.ports = memory_ports(settings, clock=clock, images=self.images, random=Random(seed + 1))
        self.start = clock.seconds()
        self.log: list[tuple[float, str]] = []
        self.checks = Checks(self.ports, self.images)
        self.weather = Weather(self.random, climate, self.ports)
        self.weather.meanwhile = self._meanwhile
        self.weather.say = self.images.say = self.checks.say = self.say
        self.images.later = self.later
        self._order = itertools.count()
        self._plans: list[tuple[float, int, Callable[[], object]]] = []
        for act in draw(self.random, climate):
            self._plan(act.at, lambda act=act: self._do(act))  # type: ignore[misc]
        self._plan(climate.calm, self._calm)
        self._sweep_at, self.idle, self.deliveries = self.random.random() * SWEEP_EVERY, 0, 0
        self.sent: list[tuple[QueueName, dict[str, Any]]] = []
        self._owners = Owners(self, self.random)
        watch(self)

    # --- the story

    def live(self) -> list[str]:
        """Everything happens; what did not hold."""
        self.say(str(self.climate))
        limit = self.climate.calm + 3 * self.climate.attempt_deadline + 3 * self.climate.pairing_deadline + 4 * HOUR
        with quick_inspection():
            while not self._quiet():
                self._next()
                if self._seconds() > limit or self.deliveries > 5000:
                    self.checks.fail(f"it does not end: {self._open()}, {self.deliveries} deliveries")
                    return self.checks.broken
        self.checks.finish(self.weather.suffered)
        self._count_calls()
        return self.checks.broken

    def story(self) -> str:
        return "\n".join(f"{at:10.2f}  {text}" for at, text in self.log)

    def say(self, text: str) -> None:
        self.log.append(
            (self._seconds(), "    " * len(self.weather.running if hasattr(self, "weather") else ()) + text)
        )

    def _seconds(self) -> float:
        return self.ports.clock.seconds() - self.start

    def _open(self) -> list[str]:
        return [f"{row.drop_id[:6]} {row.key} {row.stage}" for row in self.checks.rows.values() if row.open]

    def _quiet(self) -> bool:
        return not self._plans and self.idle >= 2 and not self._open() and self.ports.queues.next_at() is None

    def _count_calls(self) -> None:
        calls = sum(self.images.calls.values())
        attempts = len(self.checks.ends) + self.checks.wipes + 1
        if calls > attempts * (100 + 60 * self._seconds() / HOUR):
            self.checks.fail(f"{calls} calls of IMS for {attempts} attempts in {self._seconds() / HOUR:.1f} h")

    # --- what comes next

    def _plan(self, at: float, act: Callable[[], object]) -> None:
        heapq.heappush(self._plans, (at, next(self._order), act))

    def later(self, seconds: float, act: Callable[[], object]) -> None:
        self._plan(self._seconds() + seconds, act)

    def _next(self) -> None:
        planned = self._plans[0][0] if self._plans else 1e12
        message = (self.ports.queues.next_at() or 1e12) - self.start
        at = min(planned, message, self._sweep_at)
        self.ports.clock.advance(max(0.0, at - self._seconds()))
        if at == planned:
            heapq.heappop(self._plans)[2]()
        elif at == self._sweep_at:
            self._sweep()
        else:
            self._deliver()

    def _meanwhile(self) -> None:
        """Inside a port call of a handler: others are faster."""
        what = self.random.choice(("message", "message", "twin", "act", "sweep", "time"))
        running = self.weather.running[-1]
        if what == "twin" and running.name in HANDLERS.values():
            queue = next(queue for queue, name in HANDLERS.items() if name == running.name)
            if len(self.ports.queues.messages(queue)) < CROWD:
                self.ports.queues._put(queue, running.body, 0)
            self._deliver(queue)
        elif what == "act" and self._plans and self._plans[0][0] < self.climate.calm:
            heapq.heappop(self._plans)[2]()
        elif what == "sweep":
            self._sweep()
        elif what == "message":
            self._deliver()
        else:
            self.ports.clock.advance(self.random.random() * 30)

    def _calm(self) -> None:
        self.say("from here on nothing goes wrong any more")
        self.weather.calm, self.images.troubled = True, False

    def _do(self, act: Act) -> None:
        self.say(f"{act.what} {act.key} {act.content}")
        self.idle, self._sweep_at = 0, min(self._sweep_at, self._seconds() + SWEEP_EVERY)
        with self.weather.aside():
            self._owners.act(act)

    # --- handlers

    def _deliver(self, only: QueueName | None = None) -> None:
        """One of the messages that can be seen, whichever: SQS keeps no order."""
        now, queues = self.ports.clock.seconds(), self.ports.queues
        seen = [(queue, one) for queue in HANDLERS for one in queues.messages(queue) if one.visible_at <= now]
        seen = [(queue, one) for queue, one in seen if only in (None, queue)]
        if not seen:
            self.ports.clock.advance(0.01)
            return
        queue, chosen = seen[self.random.randrange(len(seen))]
        mine = queues._messages[queue]
        queues._messages[queue] = {chosen.id: mine.pop(chosen.id), **mine}
        batch, visibility, limit = LIMITS[queue]
        event = queues.event(queue, batch, visibility)
        self.deliveries += 1
        body = chosen.json()
        self.say(f"{HANDLERS[queue]} gets {_shown(body)}, {chosen.receive_count}. time")
        answer = self._invoke(HANDLERS[queue], body, limit, lambda name: function(name).handle(event, self.ports))
        if answer is not None and (self.weather.calm or self.random.random() >= self.climate.error):
            queues.settle(queue, event, answer)

    def _sweep(self) -> None:
        self._sweep_at = self._seconds() + SWEEP_EVERY
        done = self._invoke("sweep", {}, SWEEP_LIMIT, lambda name: function(name).handle(self.ports, lambda: 600.0))
        if done is None:
            return
        moved = done["found"] + done["driven"] + done["revived"]
        if moved:
            self.say(f"sweep: {done}")
        self.idle = 0 if moved or not self.weather.calm else self.idle + 1
        if not moved and not any(row.stage in LIVE or row.ended for row in self.checks.rows.values() if row.open):
            self._sweep_at += QUIET_EVERY - SWEEP_EVERY

    def _invoke(self, name: str, body: dict[str, Any], limit: float, run: Callable[[str], Any]) -> Any:
        self.weather.running.append(Invocation(name, body, self.ports.clock.seconds() + limit))
        try:
            return run(name)
        except Crash:
            return None
        except Exception as error:  # noqa: BLE001 - as Lambda does: it is reported and forgotten
            self.say(f"{name} fails: {error!r}")
            return None
        finally:
            self.weather.running.pop()


def _shown(body: dict[str, Any]) -> str:
    return " ".join(f"{name} {str(value)[:6] if name == 'drop_id' else value}" for name, value in body.items())
