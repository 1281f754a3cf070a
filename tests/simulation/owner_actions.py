"""Performs the drawn actions: uploads, deletions, repeated or unreadable messages, emptied queues, a ledger that is
lost or restored from a backup, a second installation."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from random import Random
from typing import TYPE_CHECKING, Any

from imagedrop.domain.drop import LIVE
from imagedrop.ports import QueueName
from imagedrop_local.memory import memory_ports
from tests.simulation import event_delivery
from tests.simulation.console_actions import ConsoleActions
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

# Changes of a row: the ledger of another installation knows nothing of the calls of this one.
NOT_SENT: dict[str, Any] = {
    "sent_at": None,
    "calls": 0,
    "sends": 0,
    "job_id": None,
    "images": (),
    "next_at": None,
}


class Owners(ConsoleActions):
    def __init__(self, history: History) -> None:
        super().__init__(history)
        self._backup: Mapping[str, Any] | None = None

    def perform(self, action: Action, random: Random) -> None:
        getattr(self, "_" + action.what.replace(" ", "_"))(action, random)

    def _put(self, action: Action, random: Random) -> None:
        self._send_event(action.key, self.upload(action.key, action.content), random)

    def upload(self, key: str, content: str) -> str:
        """Without an event. Returns the ETag."""
        etag, body = contents()[content]
        head = self._ports.objects.upload(BUCKET, key, body, etag=etag)
        self._versions[key].append((head, body))
        self._history.checks.record.uploaded(key, etag)
        return etag

    def _delete(self, action: Action, random: Random) -> None:
        self._ports.objects.delete(BUCKET, action.key)
        self._versions[action.key].append(None)
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
        self._history.checks.record.ledger_replaced({})
        self._history.count_fault()

    def _back_up_ledger(self, action: Action, random: Random) -> None:
        self._backup = self._ports.ledger.backup()

    def _restore_ledger(self, action: Action, random: Random) -> None:
        """What was written since the backup is gone."""
        if self._backup is not None:
            self._ports.ledger.restore(self._backup)
            rows = {row.drop_id: row for row in self._ports.ledger.rows()}
            self._history.checks.record.ledger_replaced(rows)
            self._history.count_fault()

    def _other_installation(self, action: Action, random: Random) -> None:
        """A second installation on the same bucket and project, by mistake, tries to register the drops of this key.
        There may be two of them if the ledger was lost; then each is in a ledger of its own."""
        settings = self._ports.settings.model_copy(update={"installation": "other"})
        for row in self._ports.ledger.rows_of_key(BUCKET, action.key):
            if row.stage in LIVE:
                others = memory_ports(settings, clock=self._ports.clock, objects=self._ports.objects)
                accepted = row.model_copy(update={**NOT_SENT, "stage": "accepted", "revision": 0})
                others.ledger.accept(accepted)
                others.queues.send("registrations", {"drop_id": row.drop_id, "attempt": row.attempt})
                self._history.functions.register_elsewhere(replace(others, images=self._ports.images), row)
