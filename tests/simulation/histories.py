"""One history: a seed draws a climate and a workload, and time passes until nothing is left to do."""

from __future__ import annotations

import heapq
import itertools
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from random import Random
from typing import Any

from imagedrop.drop import LIVE
from imagedrop.ports import QueueName
from imagedrop_local.house import function
from simulation import post
from simulation.checks import Checks
from simulation.climate import HOUR, Climate
from simulation.house import CONCURRENCY, LIMITS, ports_of
from simulation.ims_side import ImsSide
from simulation.inspected import quick_inspection
from simulation.less import WHOLE, Less
from simulation.listening import SLIPS, listening
from simulation.owners import Owners
from simulation.watching import watch
from simulation.weather import FunctionClock, Weather, WorldClock
from simulation.workers import Crash, Worker, Workers
from simulation.workload import Act, draw
from support.world import HANDLERS

QUIET_EVERY, SWEEP_LIMIT, INTAKE_LIMIT = 3600.0, 300.0, 15.0  # s
TWINS = 2  # of one message, at most: each lives as long as what it is about
ENDLESS = 60_000  # deliveries


class History:
    """`changes`: of the climate that the seed draws. `less`: what is left out."""

    def __init__(self, seed: int, less: Less = WHOLE, **changes: Any) -> None:
        self.seed = seed
        self.order = self.chance("order")
        self.climate = climate = Climate.draw(self.chance("climate")).changed(changes)
        self.clock = WorldClock()
        self.start = self.clock.seconds()
        self.log: list[tuple[float, str]] = []
        self._numbers = itertools.count()
        self._plans: list[tuple[float, int, Callable[[], object]]] = []
        self._labels: Counter[str] = Counter()
        self.workers = Workers(self.later, self.clock.seconds)
        self.weather = Weather(climate, less, self.clock, self.workers)
        memory = ports_of(self)
        self.side = ImsSide(memory.objects, self.clock, climate, self.workers, self.weather)
        skews = self.chance("skew")
        off = {name: skews.uniform(-climate.skew, climate.skew) for name in (*HANDLERS.values(), "sweep", "intake")}
        clock: Any = FunctionClock(self.clock, self.workers, off)
        images: Any = self.side.port(memory.settings, self._sleep, self.chance("adapter"), clock)
        sleep: Any = self._sleep
        self.ports = replace(memory, clock=clock, images=images, sleep=sleep)
        self.checks = Checks(self.ports, self.clock, self.side)
        self.side.later = self.later
        self.weather.say = self.side.say = self.checks.book.say = self.say
        self.weather.mishap = self.workers.mishap = self.mishap
        self.weather.sweep = self._sweep_soon
        self.sent: list[tuple[QueueName, dict[str, Any]]] = []
        self.idle, self.deliveries = 0, 0
        self._owners = Owners(self)
        self.weather.watch(self.ports)
        watch(self)
        self.acts = draw(self.chance("workload"), climate)
        for number, act in enumerate(self.acts):
            if number not in less.acts:
                self._plan(act.at, lambda act=act, number=number: self._do(act, number))  # type: ignore[misc]
        self._plan(climate.calm, self._calm)
        self._sweep_at = self.order.random() * climate.sweep_every

    def chance(self, what: str) -> Random:
        """Random numbers of their own for each thing, so that what is left out changes nothing else."""
        return Random(f"{self.seed}/{what}")

    # --- the story

    def live(self) -> list[str]:
        """Everything happens; what did not hold."""
        self.say(str(self.climate))
        limit = self.climate.calm + 3 * self.climate.attempt_deadline + 3 * self.climate.pairing_deadline + 4 * HOUR
        book = self.checks.book
        with quick_inspection(), listening(self._failed):
            while not self._quiet():
                self._next()
                if self._seconds() > limit or self.deliveries > ENDLESS:
                    book.fail(f"it does not end: {self._open()}, {self.deliveries} deliveries")
                    return book.broken
        self._count_calls()
        return self.checks.finish()

    def story(self) -> str:
        return "\n".join(f"{at:10.2f}  {text}" for at, text in self.log)

    def say(self, text: str) -> None:
        worker = self.workers.current
        self.log.append((self._seconds(), f"    {worker.label}: {text}" if worker else text))

    def _seconds(self) -> float:
        return self.clock.seconds() - self.start

    def mishap(self) -> None:
        self.checks.book.mishaps += 1

    def _failed(self, error: BaseException) -> None:
        self.say(f"fails: {error!r}")
        if isinstance(error, SLIPS):
            self.checks.book.fail(f"a handler trips over itself: {error!r}")

    def _open(self) -> list[str]:
        return [f"{row.drop_id[:6]} {row.key} {row.stage}" for row in self.checks.book.rows.values() if row.open]

    def _quiet(self) -> bool:
        nothing = not self._plans and self.idle >= 2 and self.ports.queues.next_at() is None
        return nothing and not self._open()

    def _count_calls(self) -> None:
        attempts = len(self.checks.book.ends) + self.checks.book.wipes + 1
        if self.side.calls > attempts * (100 + 60 * self._seconds() / HOUR):
            text = f"{self.side.calls} calls of IMS for {attempts} attempts in {self._seconds() / HOUR:.1f} h"
            self.checks.book.fail(text)

    # --- what comes next

    def _plan(self, at: float, act: Callable[[], object]) -> None:
        heapq.heappush(self._plans, (at, next(self._numbers), act))

    def later(self, seconds: float, act: Callable[[], object]) -> None:
        self._plan(self._seconds() + seconds, act)

    def _next(self) -> None:
        planned = self._plans[0][0] if self._plans else 1e12
        message = self._message_at()
        at = min(planned, message, self._sweep_at)
        self.clock.advance(max(0.0, at - self._seconds()))
        if at == planned:
            heapq.heappop(self._plans)[2]()
        elif at == self._sweep_at:
            self._sweep()
        else:
            self._deliver()

    def _message_at(self) -> float:
        """When the next message can be given to a worker."""
        messages = self.ports.queues._messages
        waiting = [one.visible_at for queue in self._free() for one in messages[queue].values()]
        return min(waiting) - self.start if waiting else 1e12

    def _free(self) -> list[QueueName]:
        return [queue for queue, name in HANDLERS.items() if self.workers.busy(name) < CONCURRENCY[queue]]

    def _sleep(self, seconds: float) -> None:
        if self.workers.current is not None:
            self.workers.pause(seconds)

    def _calm(self) -> None:
        self.say("from here on nothing goes wrong any more")
        self.weather.calm, self.checks.book.calm_since = True, self.clock.seconds()
        self.side.calm_down()

    def _sweep_soon(self) -> None:
        self._sweep_at = self._seconds()

    def _do(self, act: Act, number: int) -> None:
        self.say(f"{act.what} {act.key} {act.content}")
        self.idle, self._sweep_at = 0, min(self._sweep_at, self._seconds() + self.climate.sweep_every)
        self._owners.act(act, self.chance(f"act {number}"))

    # --- handlers

    def push(self, key: str, event: dict[str, Any], tries: int = 1) -> None:
        """SMN brings an event; where it gets no answer, or a 5xx, it comes again."""

        def run() -> None:
            answer = function("intake").handle(event, self.ports, post.secret, post.fetch, post.CERTIFICATES)
            if answer["statusCode"] != 200:
                self.say(f"{answer['statusCode']} {answer['body']}")
            answered.append(answer["statusCode"] < 500)

        answered: list[bool] = []

        def after() -> None:
            if not any(answered) and tries < post.TRIES:
                self.later(self.climate.switches["smn_retry_interval"], lambda: self.push(key, event, tries + 1))

        self._invoke("intake", {"key": key}, INTAKE_LIMIT, run, after)

    def _deliver(self) -> None:
        """One of the messages that can be seen, whichever: SQS keeps no order."""
        now, queues = self.clock.seconds(), self.ports.queues
        seen = [(queue, one) for queue in self._free() for one in queues.messages(queue) if one.visible_at <= now]
        if not seen:  # by less than the clock can tell
            self.clock.advance(0.001)
            return
        queue, chosen = seen[self.order.randrange(len(seen))]
        mine = queues._messages[queue]
        queues._messages[queue] = {chosen.id: mine.pop(chosen.id), **mine}
        batch, visibility, limit = LIMITS[queue]
        event = queues.event(queue, batch, visibility)
        self.deliveries += 1
        if not event["Records"]:
            self.say(f"{queue}: {_shown(chosen.json())} goes to the dead letters")
            return
        body, name = chosen.json(), HANDLERS[queue]
        alike = sum(one.body == chosen.body for one in mine.values())
        if not self.weather.calm and self.order.random() < self.climate.twin and alike < TWINS:
            queues._put(queue, body, 0)
        self.say(f"{name} gets {_shown(body)}, {chosen.receive_count}. time")

        def run() -> None:
            answer = function(name).handle(event, self.ports)
            if self.weather.calm or self.order.random() >= self.climate.error:
                queues.settle(queue, event, answer)
            else:
                self.mishap()

        self._invoke(name, body, limit, run)

    def _sweep(self) -> None:
        self._sweep_at = self._seconds() + self.climate.sweep_every

        def run() -> None:
            done = function("sweep").handle(self.ports, lambda: 600.0)
            moved = sum(int(count) for what, count in done.items() if what not in ("listed", "open", "whole"))
            if moved:
                self.say(f"sweep: {done}")
            self.idle = 0 if moved or not self.weather.calm else self.idle + 1
            rows = self.checks.book.rows.values()
            if not moved and not any(row.stage in LIVE or row.ended for row in rows if row.open):
                self._sweep_at = max(self._sweep_at, self._seconds() + QUIET_EVERY)

        self._invoke("sweep", {}, SWEEP_LIMIT, run)

    def _invoke(
        self,
        name: str,
        body: dict[str, Any],
        limit: float,
        run: Callable[[], None],
        after: Callable[[], None] = lambda: None,
    ) -> None:
        what = f"{name} {str(body.get('drop_id', body.get('key', '')))[:12]} {body.get('attempt', '')}".strip()
        self._labels[what] += 1
        label = f"{what} ({self._labels[what]})"
        worker = Worker(name, body, label, self.clock.seconds() + limit, self.chance(label))

        def whole() -> None:
            try:
                self.checks.images.begins(worker)
                run()
            except Crash:
                pass
            except Exception as error:  # noqa: BLE001 - as Lambda does: it is reported and forgotten
                self._failed(error)
            finally:
                after()

        self.workers.start(worker, whole)


def _shown(body: dict[str, Any]) -> str:
    return " ".join(f"{name} {str(value)[:6] if name == 'drop_id' else value}" for name, value in body.items())
