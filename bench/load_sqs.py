"""SQS in virtual time. Batch sizes, concurrency and visibility time-outs are those of template.yaml."""

from __future__ import annotations

import heapq
import itertools
import json
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from samtranslator.yaml_helper import yaml_parse

from imagedrop.ports import QueueName
from imagedrop_local.memory import SettableClock
from imagedrop_local.memory.queues import Message, _record
from imagedrop_local.project_paths import ROOT

NAMES: Mapping[QueueName, str] = {
    "drops": "Validate",
    "registrations": "Register",
    "polls": "Poll",
    "notices": "Notify",
}


class Limits(NamedTuple):
    batch: int
    concurrency: int
    visibility: int  # s


def limits() -> dict[QueueName, Limits]:
    template = yaml_parse((ROOT / "template.yaml").read_text(encoding="utf-8"))
    return {queue: _limits(template, queue, name) for queue, name in NAMES.items()}


def _limits(template: Mapping[str, Any], queue: QueueName, name: str) -> Limits:
    mapping = template["Resources"][f"{name}Mapping"]["Properties"]
    visibility = template["Resources"][f"{queue.title()}Queue"]["Properties"]["VisibilityTimeout"]
    return Limits(mapping["BatchSize"], mapping["ScalingConfig"]["MaximumConcurrency"], visibility)


class LoadQueues:
    """The port, and the deliveries to functions. Calls `visible(queue, at)` with the time when a message is visible."""

    def __init__(self, clock: SettableClock, visible: Callable[[QueueName, float], None]) -> None:
        self._clock, self._visible = clock, visible
        self._ids = itertools.count()
        self._ready: dict[QueueName, list[tuple[float, str]]] = {queue: [] for queue in NAMES}
        self._messages: dict[str, Message] = {}
        self.counts: Counter[str] = Counter()

    def receive(self, queue: QueueName, limit: Limits) -> dict[str, Any]:
        """The event for the function. No records: no message is visible."""
        now, ready, received = self._clock.seconds(), self._ready[queue], list[Message]()
        while ready and ready[0][0] <= now and len(received) < limit.batch:
            at, name = heapq.heappop(ready)
            message = self._messages.get(name)
            if message is None or message.visible_at != at:
                continue  # deleted, or visible at another time
            message.receive_count += 1
            message.receipt = f"{name}#{message.receive_count}"
            self._put(queue, message, now + limit.visibility)
            received.append(message)
        self.counts["received"] += len(received)
        return {"Records": [_record(queue, message) for message in received]}

    def delete_handled(self, event: Mapping[str, Any], response: Mapping[str, Any]) -> None:
        failed = {item["itemIdentifier"] for item in response["batchItemFailures"]}
        for record in event["Records"]:
            if record["messageId"] not in failed:
                del self._messages[record["messageId"]]

    def has_visible(self, queue: QueueName) -> bool:
        ready = self._ready[queue]
        return bool(ready) and ready[0][0] <= self._clock.seconds()

    # --- the port

    def send(self, queue: QueueName, body: Mapping[str, Any], delay: int = 0) -> None:
        now, name = self._clock.seconds(), str(next(self._ids))
        self._messages[name] = message = Message(name, json.dumps(body), now, now)
        self.counts["sent"] += 1
        self._put(queue, message, now + delay)

    def send_many(self, queue: QueueName, bodies: Sequence[Mapping[str, Any]]) -> Sequence[int]:
        for body in bodies:
            self.send(queue, body)
        return []

    def change_visibility(self, queue: QueueName, receipt: str, seconds: int) -> None:
        self._put(queue, self._messages[receipt.partition("#")[0]], self._clock.seconds() + seconds)

    def change_visibility_of_batch(self, queue: QueueName, receipts: Sequence[str], seconds: int) -> None:
        for receipt in receipts:
            self.change_visibility(queue, receipt, seconds)

    def _put(self, queue: QueueName, message: Message, at: float) -> None:
        message.visible_at = at
        heapq.heappush(self._ready[queue], (at, message.id))
        self._visible(queue, at)
