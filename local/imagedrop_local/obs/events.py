"""From what happened to an object to messages at SMN: matching rules, faults on the way, a thread that sends."""

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
    """Hears of the store's changes and publishes them. Delivery is at most once, unordered where a fault says so; what
    is not yet sent when the process dies is lost, as OBS may lose it."""

    def __init__(self, store: Store, shape: envelopes.EventFormat, faults: Faults, publisher: Publisher) -> None:
        self._store, self._shape, self._faults, self._publish = store, shape, faults, publisher
        self._pending: queue.Queue[tuple[str, str] | None] = queue.Queue()
        self._held: list[tuple[str, str]] = []
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
                self.send(rule.topic, envelopes.message(self._shape, event, rule))

    def send(self, topic: str, message: str) -> None:
        """Sends soon, from another thread, with the faults that are set for it."""
        self._pending.put((topic, message))

    def _run(self) -> None:
        while True:
            wait = 0.2 if self._held else None
            try:
                one = self._pending.get(timeout=wait)
            except queue.Empty:
                self._release()  # nothing overtook it
                continue
            if one is None:
                self._release()
                return
            self._forward(*one)

    def _forward(self, topic: str, message: str) -> None:
        fault = self._fault()
        kind = fault.fault if fault else ""
        self.counts[kind or "sent"] += 1
        if kind == "reorder":
            self._held.append((topic, message))
            return
        for _ in range({"drop": 0, "duplicate": 2}.get(kind, 1)):
            self._deliver(topic, message)
        self._release()

    def _fault(self) -> Fault | None:
        return self._faults.take("obs", "Event", events=True) or self._faults.take("smn", "Event", events=True)

    def _release(self) -> None:
        """Those that were held back, last first."""
        while self._held:
            self._deliver(*self._held.pop())

    def _deliver(self, topic: str, message: str) -> None:
        try:
            self._publish(topic, message)
        except Exception:  # noqa: BLE001 - whatever is wrong with the topic, OBS does not stop
            self.counts["refused"] += 1
