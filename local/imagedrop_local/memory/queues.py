"""SQS in memory: visibility by the clock, receive counts, dead letters, and the events that Lambda makes."""

from __future__ import annotations

import itertools
import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from imagedrop.ports import QueueName
from imagedrop_local.memory.fake_clock import SettableClock
from imagedrop_local.memory.scripted_faults import ScriptedFaults


@dataclass
class Message:
    """`receipt` changes at every receive. `visible_at`, `sent_at`: seconds since the epoch."""

    id: str
    body: str
    sent_at: float
    visible_at: float
    receive_count: int = 0
    receipt: str = field(default="", compare=False)

    def json(self) -> dict[str, Any]:
        body: dict[str, Any] = json.loads(self.body)
        return body


class MemoryQueues(ScriptedFaults):
    """`max_receives`: how often a message is received before it goes to `dead`; for all queues, or per queue."""

    def __init__(self, clock: SettableClock, *, max_receives: int | Mapping[QueueName, int] = 1000) -> None:
        super().__init__()
        self._clock, self._max_receives = clock, max_receives
        self._numbers = itertools.count(1)
        self._messages: defaultdict[QueueName, dict[str, Message]] = defaultdict(dict)
        self.dead: defaultdict[QueueName, list[Message]] = defaultdict(list)
        self.visibility_changes: list[tuple[QueueName, int]] = []

    def messages(self, queue: QueueName) -> list[Message]:
        """All messages, visible or not, oldest first."""
        return list(self._messages[queue].values())

    def bodies(self, queue: QueueName) -> list[dict[str, Any]]:
        return [message.json() for message in self.messages(queue)]

    def wipe(self) -> None:
        """Deletes every message."""
        self._messages.clear()

    def next_at(self) -> float | None:
        """When the next message becomes visible, in seconds since the epoch."""
        waiting = [message.visible_at for queue in self._messages.values() for message in queue.values()]
        return min(waiting, default=None)

    def receive(self, queue: QueueName, limit: int = 10, visibility: float = 360) -> list[Message]:
        """Receives the visible messages; after `max_receives` a message goes to `dead` instead."""
        now = self._clock.seconds()
        max_receives = self._max_receives if isinstance(self._max_receives, int) else self._max_receives[queue]
        received: list[Message] = []
        for message in self.messages(queue):
            if message.visible_at > now or len(received) == limit:
                continue
            if message.receive_count >= max_receives:
                self.dead[queue].append(self._messages[queue].pop(message.id))
                continue
            message.receive_count += 1
            message.receipt = f"{message.id}#{message.receive_count}"
            message.visible_at = now + visibility
            received.append(message)
        return received

    def delete(self, queue: QueueName, ids: Iterable[str]) -> None:
        for message_id in ids:
            self._messages[queue].pop(message_id, None)

    def event(self, queue: QueueName, limit: int = 10, visibility: float = 360) -> dict[str, Any]:
        """Receives messages, as the event that Lambda passes to the function."""
        return {"Records": [_record(queue, message) for message in self.receive(queue, limit, visibility)]}

    def apply_response(self, queue: QueueName, event: Mapping[str, Any], response: Mapping[str, Any]) -> None:
        """Does what Lambda does with the function's response: deletes all messages but `batchItemFailures`."""
        failed = {item["itemIdentifier"] for item in response["batchItemFailures"]}
        self.delete(queue, (record["messageId"] for record in event["Records"] if record["messageId"] not in failed))

    # --- the port

    def send(self, queue: QueueName, body: Mapping[str, Any], delay: int = 0) -> None:
        if not 0 <= delay <= 900:
            raise ValueError(f"a delay of {delay} s; SQS takes 0 to 900")
        with self._call("send"):
            self._put(queue, body, delay)

    def send_many(self, queue: QueueName, bodies: Sequence[Mapping[str, Any]]) -> Sequence[int]:
        with self._call("send_many"):
            for body in bodies:
                self._put(queue, body, 0)
            return []

    def change_visibility(self, queue: QueueName, receipt: str, seconds: int) -> None:
        with self._call("change_visibility"):
            self._change_visibility(queue, receipt, max(0, min(43_200, seconds)))

    def change_visibility_of_batch(self, queue: QueueName, receipts: Sequence[str], seconds: int) -> None:
        with self._call("change_visibility_of_batch"):
            for receipt in receipts:
                self._change_visibility(queue, receipt, seconds)

    def _change_visibility(self, queue: QueueName, receipt: str, seconds: int) -> None:
        self.visibility_changes.append((queue, seconds))
        message = self._messages[queue].get(receipt.partition("#")[0])
        if message is not None and message.receipt == receipt:
            message.visible_at = self._clock.seconds() + seconds

    def _put(self, queue: QueueName, body: Mapping[str, Any], delay: int) -> None:
        now = self._clock.seconds()
        message = Message(f"message-{next(self._numbers):06d}", json.dumps(body), now, now + delay)
        self._messages[queue][message.id] = message


def _record(queue: QueueName, message: Message) -> dict[str, Any]:
    return {
        "messageId": message.id,
        "receiptHandle": message.receipt,
        "body": message.body,
        "attributes": {
            "ApproximateReceiveCount": str(message.receive_count),
            "SentTimestamp": str(int(message.sent_at * 1000)),
            "SenderId": "AIDA000000000000",
            "ApproximateFirstReceiveTimestamp": str(int(message.sent_at * 1000)),
        },
        "messageAttributes": {},
        "md5OfBody": "",
        "eventSource": "aws:sqs",
        "eventSourceARN": f"arn:aws:sqs:us-east-1:000000000000:{queue}",
        "awsRegion": "us-east-1",
    }
