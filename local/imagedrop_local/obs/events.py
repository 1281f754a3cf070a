"""Turns changes of objects into messages to SMN: applies rules and faults, and sends from its own thread."""

from __future__ import annotations

import queue
import threading
from collections import Counter
from collections.abc import Callable

from imagedrop_local.faults import Fault, Faults
from imagedrop_local.obs import envelopes, event_rules
from imagedrop_local.obs.model import ObjectEvent
from imagedrop_local.obs.store import Store

Publisher = Callable[[str, str], object]  # (topic urn, message)


class EventSender:
    """Publishes the store's changes: at most once, and out of order if a fault says so. Messages that are not sent when
    the process dies are lost, as OBS may lose them."""

    def __init__(self, store: Store, event_format: envelopes.EventFormat, faults: Faults, publisher: Publisher) -> None:
        self._store, self._format, self._faults, self._publish = store, event_format, faults, publisher
        self._pending: queue.Queue[tuple[str, str] | None] = queue.Queue()
        self._delayed: list[tuple[str, str]] = []
        self._thread = threading.Thread(target=self._run, name="obs-events", daemon=True)
        self.counts: Counter[str] = Counter()
        store.add_listener(self.on_object_event)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._pending.put(None)
        if self._thread.is_alive():
            self._thread.join(10)

    def on_object_event(self, event: ObjectEvent) -> None:
        info = self._store.bucket(event.bucket)
        for rule in info.rules if info else ():
            if event_rules.matches(rule, event.name, event.key):
                self.send(rule.topic, envelopes.message(self._format, event, rule))

    def send(self, topic: str, message: str) -> None:
        """Queues the message; the thread sends it and applies faults."""
        self._pending.put((topic, message))

    def _run(self) -> None:
        while True:
            wait = 0.2 if self._delayed else None
            try:
                item = self._pending.get(timeout=wait)
            except queue.Empty:
                self._release()  # no later message came
                continue
            if item is None:
                self._release()
                return
            self._forward(*item)

    def _forward(self, topic: str, message: str) -> None:
        fault = self._fault()
        kind = fault.fault if fault else ""
        self.counts[kind or "sent"] += 1
        if kind == "reorder":
            self._delayed.append((topic, message))
            return
        for _ in range({"drop": 0, "duplicate": 2}.get(kind, 1)):
            self._deliver(topic, message)
        self._release()

    def _fault(self) -> Fault | None:
        return self._faults.take("obs", "Event", events=True) or self._faults.take("smn", "Event", events=True)

    def _release(self) -> None:
        """Sends the delayed messages, last one first."""
        while self._delayed:
            self._deliver(*self._delayed.pop())

    def _deliver(self, topic: str, message: str) -> None:
        try:
            self._publish(topic, message)
        except Exception:  # noqa: BLE001 - the thread must survive any error of the topic
            self.counts["refused"] += 1
