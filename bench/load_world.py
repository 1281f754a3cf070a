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
OWNERS = 1_000
SWEEP_EVERY = 300.0  # s
SECONDS = (0.5, 1.5)  # of one call of a function
Cost = Counter[str]


class Load:
    """`costs`: the total of each function. `sweeps`: how many ran."""

    def __init__(self, drops: int) -> None:
        self.drops, self.sweeps = drops, 0
        self.costs: defaultdict[str, Cost] = defaultdict(Counter)
        self._random, self._clock, self._order = Random(drops), SettableClock(), itertools.count()
        self._events: list[tuple[float, int, Callable[[], None]]] = []
        self._limits, self._busy = limits(), Counter[QueueName]()
        self.images, self.ledger = LoadImages(self._clock, self._random), LoadLedger(self._clock)
        self.queues = LoadQueues(self._clock, lambda queue, at: self._at(at, lambda: self._deliver(queue)))
        self.ports = memory_ports(
            memory_settings(), clock=self._clock, images=self.images, ledger=self.ledger, queues=self.queues
        )
        self._begin = self._clock.seconds()

    def run(self) -> None:
        """Until every drop has ended and its owner is notified."""
        with _inspected_once():
            self._upload()
            self._at(self._begin + SWEEP_EVERY, self._sweep)
            while self._events and len(self.ports.topic.published) < self.drops:
                at, _, run = heapq.heappop(self._events)
                self._clock.advance(max(0.0, at - self._clock.seconds()))
                run()

    @property
    def hours(self) -> float:
        return (self._clock.seconds() - self._begin) / 3600

    def ended(self) -> Counter[str]:
        return Counter(row.stage for row in self.ledger.rows())

    def told_of_a_delay(self) -> int:
        return sum(row.late is not None for row in self.ledger.rows())

    def _upload(self) -> None:
        """All images and sidecars at once, and an event for each, in random order."""
        body, sample_sidecar = SAMPLE.read_bytes(), json.loads(SAMPLE.with_name(SAMPLE.name + ".json").read_bytes())
        keys = []
        for number in range(self.drops):
            key = f"golden/{number:05d}.qcow2"
            self.ports.objects.upload("drops", key, body, etag=f"{number:032x}")
            owner = {"email": f"owner{number % OWNERS}@example.com"}
            sidecar = {**sample_sidecar, "name": f"golden-{number}", "owner": owner}
            self.ports.objects.upload("drops", key + ".json", json.dumps(sidecar).encode())
            keys += [key, key + ".json"]
        self._random.shuffle(keys)
        for key in keys:
            self.queues.send("drops", {"bucket": "drops", "key": key})
        self.queues.counts.clear()  # do not count the events

    def _at(self, at: float, run: Callable[[], None]) -> None:
        heapq.heappush(self._events, (at, next(self._order), run))

    def _deliver(self, queue: QueueName) -> None:
        while self._busy[queue] < self._limits[queue].concurrency and self.queues.has_visible(queue):
            before = self._costs_so_far()
            if (event := self.queues.receive(queue, self._limits[queue]))["Records"]:
                self._invoke(queue, event, before)

    def _invoke(self, queue: QueueName, event: Any, before: Cost) -> None:
        self._busy[queue] += 1
        name = NAMES[queue].lower()
        response = self._measured(name, before, lambda: function(name).handle(event, self.ports))
        self._at(self._clock.seconds() + self._random.uniform(*SECONDS), lambda: self._finish(queue, event, response))

    def _finish(self, queue: QueueName, event: Any, response: Any) -> None:
        self.queues.delete_handled(event, response)
        self._busy[queue] -= 1
        self._deliver(queue)

    def _sweep(self) -> None:
        self._measured("sweep", self._costs_so_far(), lambda: function("sweep").handle(self.ports, lambda: 600.0))
        self.sweeps += 1
        self._at(self._clock.seconds() + SWEEP_EVERY, self._sweep)

    def _measured(self, name: str, before: Cost, run: Callable[[], Any]) -> Any:
        started = time.process_time()
        response = run()
        cost = self._costs_so_far()
        cost.subtract(before)
        cost["CPU"] += int((time.process_time() - started) * 1e6)
        self.costs[name].update(cost)
        return response

    def _costs_so_far(self) -> Cost:
        return Counter(
            {
                "IMS calls": sum(self.images.calls.values()),
                "OBS calls": sum(self.ports.objects.calls.values()),
                "ledger reads": self.ledger.reads,
                "ledger writes": self.ledger.writes,
                "messages sent": self.queues.counts["sent"],
                "messages received": self.queues.counts["received"],
            }
        )


@contextmanager
def _inspected_once() -> Iterator[None]:
    """All images are equal, so only the first is inspected. Of each later one 512 bytes are read."""
    results: dict[str, Any] = {}

    def cached(source: Any, *, file_name: str, role: Any, **more: Any) -> Any:
        source.read(0, 512)
        if role not in results:
            results[role] = inspect(source, file_name=file_name, role=role, **more)
        return results[role]

    with patch.object(accept, "inspect", cached):
        yield
