"""Delivery: pushes wait in a queue that survives a restart, and are tried until somebody takes them or refuses them.

SMN FAQ: 5 s for an answer, six more tries on 5xx or where nothing answers, none on 4xx; then it is silently given up.
"""

from __future__ import annotations

import heapq
import json
import threading
import time
import uuid
from collections import Counter
from collections.abc import Mapping
from typing import Any

from imagedrop_local.faults import Faults
from imagedrop_local.records import Document, Records
from imagedrop_local.smn.post import post
from imagedrop_local.smn.switches import SmnSwitches

TRIES = 7


class Courier:
    """Worker threads over one queue. Thread-safe."""

    def __init__(self, records: Records, switches: SmnSwitches, faults: Faults, workers: int = 4) -> None:
        self._records, self._switches, self._faults, self._workers = records, switches, faults, workers
        self._changed = threading.Condition()
        self._queue: list[tuple[float, int, str]] = []
        self._threads: list[threading.Thread] = []
        self._stopping = False
        self._counts: Counter[str] = Counter()
        with self._changed:
            for push in records:
                self._wait(push, 0)

    def start(self) -> None:
        self._stopping = False
        self._threads = [
            threading.Thread(target=self._work, name=f"sim-smn-push-{number}", daemon=True)
            for number in range(self._workers)
        ]
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Lets pushes under way end; what waits stays for the next start."""
        with self._changed:
            self._stopping = True
            self._changed.notify_all()
        for thread in self._threads:
            thread.join(self._switches.smn_push_timeout + 1)

    def send(self, endpoint: str, headers: Mapping[str, str], body: Mapping[str, Any], *, event: bool) -> None:
        """Takes a push on. `event`: faults that lose, double or hold back events may strike it."""
        fault = self._faults.strike("smn", "Push", events=True) if event else None
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
                self._wait(push, delay)

    def tally(self) -> dict[str, int]:
        """Pushes by what became of them; `waiting`: nothing yet."""
        with self._changed:
            return {"waiting": len(self._records), **self._counts}

    def _wait(self, push: Document, seconds: float) -> None:
        heapq.heappush(self._queue, (time.monotonic() + seconds, push["place"], push["id"]))
        self._changed.notify()

    def _work(self) -> None:
        while (push := self._next()) is not None:
            status = post(push["endpoint"], push["body"].encode(), push["headers"], self._switches.smn_push_timeout)
            self._faults.count("smn", "Push")
            self._settle(push, status)

    def _next(self) -> Document | None:
        """The next push that is due, waited for; None when the courier stops."""
        with self._changed:
            while not self._stopping:
                left = self._queue[0][0] - time.monotonic() if self._queue else None
                if left is None or left > 0:
                    self._changed.wait(left)
                elif push := self._records.get(heapq.heappop(self._queue)[2]):
                    return push
        return None

    def _settle(self, push: Document, status: int | None) -> None:
        push["tries"] += 1
        again = status is None or status >= 500
        with self._changed:
            if again and push["tries"] < TRIES:
                self._records.put(push)
                self._wait(push, self._switches.smn_retry_interval)
                self._counts["retried"] += 1
                return
            self._records.delete(push["id"])
            self._counts["given_up" if again else "delivered" if status and status < 300 else "refused"] += 1

    def _count(self, what: str) -> None:
        with self._changed:
            self._counts[what] += 1
