"""One history: a seed draws a climate and a workload, and time passes until nothing is left to do."""

from __future__ import annotations

from dataclasses import replace
from random import Random
from typing import Any

from imagedrop.ports import QueueName
from tests.simulation.checks import Checks
from tests.simulation.fault_rates import HOUR, Climate
from tests.simulation.faults import FunctionClock, Weather
from tests.simulation.functions import Functions
from tests.simulation.ims_network import ImsSide
from tests.simulation.inspection_cache import quick_inspection
from tests.simulation.log_watch import SLIPS, listening
from tests.simulation.observers import watch
from tests.simulation.owner_actions import Owners
from tests.simulation.reduction import WHOLE, Less
from tests.simulation.schedule import Schedule
from tests.simulation.simulated_stack import ports_of
from tests.simulation.workers import Workers
from tests.simulation.workload import Act, draw
from tests.support.world import HANDLERS

ENDLESS = 60_000  # deliveries


class History:
    """`changes`: of the climate that the seed draws. `less`: what is left out."""

    def __init__(self, seed: int, less: Less = WHOLE, **changes: Any) -> None:
        self.seed, self._less = seed, less
        self.order = self.chance("order")
        self.climate = climate = Climate.draw(self.chance("climate")).changed(changes)
        self.log: list[tuple[float, str]] = []
        self.sent: list[tuple[QueueName, dict[str, Any]]] = []  # every message that there was
        self.schedule = Schedule()
        self.clock = self.schedule.clock
        self.workers = Workers(self.schedule.later, self.clock.seconds)
        self.weather = Weather(climate, less, self.clock, self.workers)
        self._install()
        self.checks = Checks(self.ports, self.clock, self.side)
        self.functions = Functions(self)
        self._owners = Owners(self)
        self._listen()
        self._draw()

    def _install(self) -> None:
        memory, skew = ports_of(self), self.climate.skew
        self.side = ImsSide(memory.objects, self.clock, self.climate, self.workers, self.weather)
        skews = self.chance("skew")
        off = {name: skews.uniform(-skew, skew) for name in (*HANDLERS.values(), "sweep", "intake")}
        clock: Any = FunctionClock(self.clock, self.workers, off)
        sleep: Any = self._sleep
        images: Any = self.side.port(memory.settings, sleep, self.chance("adapter"), clock)
        self.ports = replace(memory, clock=clock, images=images, sleep=sleep)

    def _listen(self) -> None:
        self.weather.say = self.side.say = self.checks.book.say = self.say
        self.weather.mishap = self.workers.mishap = self.mishap
        self.weather.sweep = self.functions.sweep_now
        self.side.later = self.schedule.later
        self.weather.watch(self.ports)
        watch(self)

    def _draw(self) -> None:
        self.acts = draw(self.chance("workload"), self.climate)
        for number, act in enumerate(self.acts):
            if number not in self._less.acts:
                self.schedule.plan(act.at, lambda act=act, number=number: self._do(act, number))  # type: ignore[misc]
        self.schedule.plan(self.climate.calm, self._calm)

    def chance(self, what: str) -> Random:
        """Random numbers of their own for each thing, so that what is left out changes nothing else."""
        return Random(f"{self.seed}/{what}")

    # --- the story

    def live(self) -> list[str]:
        """Everything happens; what did not hold."""
        self.say(str(self.climate))
        limit = self.climate.calm + 3 * self.climate.attempt_deadline + 3 * self.climate.pairing_deadline + 4 * HOUR
        book, deliveries = self.checks.book, 0
        with quick_inspection(book.fail), listening(self.failed):
            while not self._quiet():
                self._next()
                deliveries = self.functions.deliveries
                if self.schedule.now() > limit or deliveries > ENDLESS:
                    book.fail(f"it does not end: {self._open()}, {deliveries} deliveries")
                    return book.broken
        self._count_calls()
        return self.checks.finish()

    def story(self) -> str:
        return "\n".join(f"{at:10.2f}  {text}" for at, text in self.log)

    def say(self, text: str) -> None:
        worker = self.workers.current
        self.log.append((self.schedule.now(), f"    {worker.label}: {text}" if worker else text))

    def mishap(self) -> None:
        self.checks.book.mishaps += 1

    def failed(self, error: BaseException) -> None:
        self.say(f"fails: {error!r}")
        if isinstance(error, SLIPS):
            self.checks.book.fail(f"a handler trips over itself: {error!r}")

    def _open(self) -> list[str]:
        return [f"{row.drop_id[:6]} {row.key} {row.stage}" for row in self.checks.book.rows.values() if row.open]

    def _quiet(self) -> bool:
        nothing = not self.schedule and self.functions.idle >= 2 and self.ports.queues.next_at() is None
        return nothing and not self._open()

    def _count_calls(self) -> None:
        attempts, hours = len(self.checks.book.ends) + self.checks.book.wipes + 1, self.schedule.now() / HOUR
        if self.side.calls > attempts * (100 + 60 * hours):
            self.checks.book.fail(f"{self.side.calls} calls of IMS for {attempts} attempts in {hours:.1f} h")

    # --- what happens

    def _next(self) -> None:
        planned, sweep = self.schedule.next_at(), self.functions.sweep_at
        at = min(planned, self.functions.message_at(), sweep)
        self.schedule.wait_until(at)
        if at == planned:
            self.schedule.act()
        elif at == sweep:
            self.functions.sweep()
        else:
            self.functions.deliver()

    def _sleep(self, seconds: float) -> None:
        if self.workers.current is not None:
            self.workers.pause(seconds)

    def _calm(self) -> None:
        self.say("from here on nothing goes wrong any more")
        self.weather.calm, self.checks.book.calm_since = True, self.clock.at
        self.side.calm_down()

    def _do(self, act: Act, number: int) -> None:
        self.say(f"{act.what} {act.key} {act.content}")
        self.functions.idle = 0
        self.functions.sweep_within(self.climate.sweep_every)
        self._owners.act(act, self.chance(f"act {number}"))
