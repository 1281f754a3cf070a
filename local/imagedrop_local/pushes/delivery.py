"""Delivery: a queue of pushes that survives a restart. A push is retried until the endpoint accepts or refuses it, or
until all attempts are used; then it is silently given up.
"""

from __future__ import annotations

import heapq
import json
import threading
import time
import uuid
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal, Protocol, TypeAlias

from imagedrop_local.faults import Faults
from imagedrop_local.json_store import Document, JsonStore
from imagedrop_local.pushes.http_push import post

Deliver: TypeAlias = Callable[[str, bytes, Mapping[str, str], float], int | None]


def is_no_answer(status: int | None) -> bool:
    """No status at all, or one of 500 and more."""
    return status is None or status >= 500


@dataclass(frozen=True)
class PushPolicy:
    """How a service pushes. `timeout`, `interval`: real seconds for an answer, and between two of `attempts`.
    `is_retried`: whether a push with this status is repeated."""

    service: Literal["smn", "eg"]
    timeout: float
    interval: float
    attempts: int
    is_retried: Callable[[int | None], bool] = is_no_answer


class Blacklist(Protocol):
    """Endpoints that get nothing for a while."""

    def contains(self, endpoint: str) -> bool: ...

    def record_result(self, endpoint: str, *, failed: bool) -> None: ...


class PushDelivery:
    """Worker threads over one queue. Thread-safe. `deliver` gets URL, body, headers and a time limit in seconds; it
    returns the status, None if nothing answered. `clock`: seconds, for retries."""

    def __init__(
        self,
        records: JsonStore,
        policy: PushPolicy,
        faults: Faults,
        workers: int = 4,
        deliver: Deliver = post,
        clock: Callable[[], float] = time.monotonic,
        blacklist: Blacklist | None = None,
    ) -> None:
        self._records, self._policy, self._faults, self._workers = records, policy, faults, workers
        self._deliver, self._clock, self._blacklist = deliver, clock, blacklist
        self._changed = threading.Condition()
        self._queue: list[tuple[float, int, str]] = []
        self._threads: list[threading.Thread] = []
        self._stopping = False
        self._counts: Counter[str] = Counter()
        with self._changed:
            for push in records:
                self._enqueue(push, 0)

    def start(self) -> None:
        self._stopping = False
        self._threads = [
            threading.Thread(target=self._work, name=f"sim-{self._policy.service}-push-{number}", daemon=True)
            for number in range(self._workers)
        ]
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Waits for running pushes; the queue stays for the next start."""
        with self._changed:
            self._stopping = True
            self._changed.notify_all()
        for thread in self._threads:
            thread.join(self._policy.timeout + 1)

    def send(self, endpoint: str, headers: Mapping[str, str], body: Mapping[str, Any], *, event: bool) -> None:
        """Queues a push. `event`: faults that drop, duplicate or reorder events apply to it."""
        if self._blacklist and self._blacklist.contains(endpoint):
            self._count("blacklisted")
            return
        fault = self._faults.take(self._policy.service, "Push", events=True) if event else None
        if fault and fault.fault == "drop":
            self._count("dropped")
            return
        copies = 2 if fault and fault.fault == "duplicate" else 1
        delay = fault.seconds if fault and fault.fault == "reorder" else 0.0
        for _ in range(copies):
            push: Document = {"id": uuid.uuid4().hex, "endpoint": endpoint, "headers": dict(headers), "tries": 0}
            push["body"] = json.dumps(body, ensure_ascii=False)
            with self._changed:
                self._records.put(push)
                self._enqueue(push, delay)

    def counts(self) -> dict[str, int]:
        """The number of pushes by result; `waiting`: those in the queue."""
        with self._changed:
            return {"waiting": len(self._records), **self._counts}

    def _enqueue(self, push: Document, seconds: float) -> None:
        heapq.heappush(self._queue, (self._clock() + seconds, push["place"], push["id"]))
        self._changed.notify()

    def deliver_next(self) -> bool:
        """Attempts one push that is due; False if none is."""
        with self._changed:
            push = self._due()
        if push is None:
            return False
        self._attempt(push)
        return True

    def _work(self) -> None:
        while (push := self._next()) is not None:
            self._attempt(push)

    def _attempt(self, push: Document) -> None:
        status = self._deliver(push["endpoint"], push["body"].encode(), push["headers"], self._policy.timeout)
        self._faults.count(self._policy.service, "Push")
        self._finish(push, status)

    def _next(self) -> Document | None:
        """Waits for the next due push; None after `stop`."""
        with self._changed:
            while not self._stopping:
                if push := self._due():
                    return push
                self._changed.wait(self._queue[0][0] - self._clock() if self._queue else None)
        return None

    def _due(self) -> Document | None:
        while self._queue and self._queue[0][0] <= self._clock():
            if push := self._records.get(heapq.heappop(self._queue)[2]):
                return push
        return None

    def _finish(self, push: Document, status: int | None) -> None:
        push["tries"] += 1
        failed = self._policy.is_retried(status)
        with self._changed:
            if failed and push["tries"] < self._policy.attempts:
                self._records.put(push)
                self._enqueue(push, self._policy.interval)
                self._counts["retried"] += 1
                return
            self._records.delete(push["id"])
            if self._blacklist:
                self._blacklist.record_result(push["endpoint"], failed=failed)
            self._counts["given_up" if failed else "delivered" if status and status < 300 else "refused"] += 1

    def _count(self, result: str) -> None:
        with self._changed:
            self._counts[result] += 1
