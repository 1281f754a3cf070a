"""Performs the drawn actions: uploads, deletions, repeated or unreadable messages, emptied queues and a lost ledger."""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING, Any

from imagedrop.ports import QueueName
from tests.simulation import event_delivery
from tests.simulation.fault_rates import HOUR
from tests.simulation.workload import Action, contents
from tests.support.world import BUCKET, HANDLERS

if TYPE_CHECKING:
    from tests.simulation.histories import History

# Messages that no handler can read, as sent by mistake or by another version.
UNREADABLE: tuple[dict[str, Any], ...] = (
    {},
    {"drop_id": "", "attempt": 1},
    {"drop_id": "x", "attempt": "many"},
    {"Records": [{"eventSource": "OBS"}]},
    {"bucket": BUCKET},
)


class Owners:
    def __init__(self, history: History) -> None:
        self._history, self._ports, self._ims = history, history.ports, history.ims

    def perform(self, action: Action, random: Random) -> None:
        getattr(self, "_" + action.what.replace(" ", "_"))(action, random)

    def _put(self, action: Action, random: Random) -> None:
        etag, body = contents()[action.content]
        self._ports.objects.upload(BUCKET, action.key, body, etag=etag)
        self._history.checks.record.uploaded(action.key, etag)
        self._send_event(action.key, etag, random)

    def _delete(self, action: Action, random: Random) -> None:
        self._ports.objects.delete(BUCKET, action.key)
        self._history.checks.record.uploaded(action.key, "")

    def _send_event(self, key: str, etag: str, random: Random) -> None:
        """It may be lost, doubled or late."""
        rates, history = self._history.rates, self._history
        if random.random() < rates.event_lost:
            return
        now = self._ports.clock()
        event = event_delivery.push(random, rates.switches, key, etag, now, sign=rates.signed_pushes)
        for _ in range(1 + (random.random() < rates.event_doubled)):
            late = random.random() < rates.event_late
            delay = random.random() * (HOUR / 2 if late else 5)
            history.schedule.run_later(delay, lambda: history.functions.push(key, event))

    def _send(self, queue: QueueName, body: dict[str, Any]) -> None:
        self._ports.queues._put(queue, body, 0)

    def _redrive(self, action: Action, random: Random) -> None:
        for row in self._ports.ledger.rows_of_key(BUCKET, action.key):
            self._history.checks.record.redriven.add((action.key, row.attempt))
            self._send("drops", {"bucket": BUCKET, "key": action.key, "after_attempt": row.attempt})

    def _remove(self, action: Action, random: Random) -> None:
        """Deletes the images of a registered drop."""
        for row in self._ports.ledger.rows_of_key(BUCKET, action.key):
            for image in row.images if row.stage == "registered" else ():
                self._ims.delete_image(image.id)

    def _replay(self, action: Action, random: Random) -> None:
        """An old message arrives again."""
        if self._history.sent:
            self._send(*random.choice(self._history.sent))

    def _poison(self, action: Action, random: Random) -> None:
        self._send(random.choice(tuple(HANDLERS)), random.choice(UNREADABLE))

    def _wipe_queues(self, action: Action, random: Random) -> None:
        self._ports.queues.wipe()
        self._history.count_fault()

    def _wipe_ledger(self, action: Action, random: Random) -> None:
        self._ports.ledger.wipe()
        self._history.checks.record.ledger_wiped()
        self._history.count_fault()
