"""Many drops at once through the real handlers, in virtual time."""

from __future__ import annotations

import heapq
import itertools
import json
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from random import Random
from typing import Any
from unittest.mock import patch

from bench.load_clouds import LoadImages, LoadLedger
from bench.load_sqs import NAMES, LoadQueues, limits
from imagedrop.inspection import inspect
from imagedrop.ports import QueueName
from imagedrop.workflow.validate import accept
from imagedrop_local.memory import SettableClock, memory_ports, memory_settings
from imagedrop_local.project_paths import SAMPLES, function

SAMPLE = SAMPLES / "windows-server-2022.qcow2"
SWEEP_EVERY, SELDOM, AFTER = 300.0, 1800.0, 7200.0  # s; seldom after two hours: it only takes our time
SECONDS = (0.5, 1.5)  # that a function takes
Cost = Counter[str]


class Load:
    """`costs`: what each function has cost in all; `rounds`: of the sweep."""

    def __init__(self, drops: int) -> None:
        self.drops, self.rounds, self.pages = drops, 0, 0
        self.costs: defaultdict[str, Cost] = defaultdict(Counter)
        self._random, self._clock, self._order = Random(drops), SettableClock(), itertools.count()
        self._events: list[tuple[float, int, Callable[[], None]]] = []
        self._limits, self._busy = limits(), Counter[QueueName]()
        self.images, self.ledger = LoadImages(self._clock, self._random), LoadLedger(self._clock)
        self.queues = LoadQueues(self._clock, lambda queue, at: self._at(at, lambda: self._feed(queue)))
        settings = memory_settings(attempt_deadline=30 * 86_400, mails_per_hour=1_000_000)
        self.ports = memory_ports(
            settings, clock=self._clock, images=self.images, ledger=self.ledger, queues=self.queues
        )
        self._begin = self._clock.seconds()

    def run(self) -> None:
        """Until every drop has ended and its owner knows."""
        with _inspected_once():
            self._drop()
            self._at(self._begin + SWEEP_EVERY, self._sweep)
            while self._events and len(self.ports.mail.sent) < self.drops:
                at, _, act = heapq.heappop(self._events)
                self._clock.advance(max(0.0, at - self._clock.seconds()))
                act()

    @property
    def hours(self) -> float:
        return (self._clock.seconds() - self._begin) / 3600

    def ended(self) -> Counter[str]:
        return Counter(row.stage for row in self.ledger.rows())

    def _drop(self) -> None:
        """Every image and every sidecar at once, and an event for each, in any order."""
        body, beside = SAMPLE.read_bytes(), json.loads(SAMPLE.with_name(SAMPLE.name + ".json").read_bytes())
        keys = []
        for number in range(self.drops):
            key = f"golden/{number:05d}.qcow2"
            self.ports.objects.upload("drops", key, body, etag=f"{number:032x}")
            sidecar = json.dumps({**beside, "name": f"golden-{number}"}).encode()
            self.ports.objects.upload("drops", key + ".json", sidecar)
            keys += [key, key + ".json"]
        self._random.shuffle(keys)
        for key in keys:
            self.queues.send("drops", {"bucket": "drops", "key": key})
        self.queues.counts.clear()  # the owners' doing

    def _at(self, at: float, act: Callable[[], None]) -> None:
        heapq.heappush(self._events, (at, next(self._order), act))

    def _feed(self, queue: QueueName) -> None:
        while self._busy[queue] < self._limits[queue].at_once and self.queues.waits(queue):
            before = self._spent()
            if (event := self.queues.receive(queue, self._limits[queue]))["Records"]:
                self._invoke(queue, event, before)

    def _invoke(self, queue: QueueName, event: Any, before: Cost) -> None:
        self._busy[queue] += 1
        name = NAMES[queue].lower()
        answer = self._timed(name, before, lambda: function(name).handle(event, self.ports))
        self._at(self._clock.seconds() + self._random.uniform(*SECONDS), lambda: self._settle(queue, event, answer))

    def _settle(self, queue: QueueName, event: Any, answer: Any) -> None:
        self.queues.settle(event, answer)
        self._busy[queue] -= 1
        self._feed(queue)

    def _sweep(self) -> None:
        self._timed("sweep", self._spent(), lambda: function("sweep").handle(self.ports, lambda: 600.0))
        self.rounds += 1
        wait = SWEEP_EVERY if self.hours * 3600 < AFTER else SELDOM
        self._at(self._clock.seconds() + wait, self._sweep)

    def _timed(self, name: str, before: Cost, run: Callable[[], Any]) -> Any:
        started = time.process_time()
        answer = run()
        cost = self._spent()
        cost.subtract(before)
        cost["CPU"] += int((time.process_time() - started) * 1e6)
        self.costs[name].update(cost)
        return answer

    def _spent(self) -> Cost:
        return Counter(
            {
                "IMS calls": sum(self.images.calls.values()),
                "OBS calls": sum(self.ports.objects.calls.values()),
                "ledger reads": self.ledger.reads,
                "ledger writes": self.ledger.writes,
                "messages sent": self.queues.counts["sent"],
                "messages received": self.queues.counts["received"],
                "refused": self.images.refused,
            }
        )


@contextmanager
def _inspected_once() -> Iterator[None]:
    """All images are the same: the first inspection serves for all, but for one read."""
    known: dict[str, Any] = {}

    def quick(source: Any, *, file_name: str, role: Any, **more: Any) -> Any:
        source.read(0, 512)
        if role not in known:
            known[role] = inspect(source, file_name=file_name, role=role, **more)
        return known[role]

    with patch.object(accept, "inspect", quick):
        yield
