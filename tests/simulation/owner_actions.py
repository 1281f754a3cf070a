"""What owners and the world do in the middle of everything: uploads, deletions, lost tables, old messages."""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING, Any

from imagedrop.ports import QueueName
from tests.simulation import event_delivery
from tests.simulation.fault_rates import HOUR
from tests.simulation.workload import Act, contents
from tests.support.world import BUCKET, HANDLERS

if TYPE_CHECKING:
    from tests.simulation.histories import History

# Messages that nobody can make anything of, as a slip of a hand or another version may send them.
JUNK: tuple[dict[str, Any], ...] = (
    {},
    {"drop_id": "", "attempt": 1},
    {"drop_id": "x", "attempt": "many"},
    {"Records": [{"eventSource": "OBS"}]},
    {"bucket": BUCKET},
)


class Owners:
    def __init__(self, history: History) -> None:
        self._history, self._ports, self._side = history, history.ports, history.side

    def act(self, act: Act, random: Random) -> None:
        getattr(self, "_" + act.what.replace(" ", "_"))(act, random)

    def _put(self, act: Act, random: Random) -> None:
        etag, body = contents()[act.content]
        self._ports.objects.upload(BUCKET, act.key, body, etag=etag)
        self._history.checks.images.placed(act.key, etag)
        self._tell_of(act.key, etag, random)

    def _delete(self, act: Act, random: Random) -> None:
        self._ports.objects.delete(BUCKET, act.key)
        self._history.checks.images.placed(act.key, "")

    def _tell_of(self, key: str, etag: str, random: Random) -> None:
        """The event: lost, doubled or late, as the climate is."""
        climate, history = self._history.climate, self._history
        if random.random() < climate.lost:
            return
        now = self._ports.clock()
        event = event_delivery.push(random, climate.switches, key, etag, now, sign=climate.signed)
        for _ in range(1 + (random.random() < climate.doubled)):
            late = random.random() < climate.late
            history.schedule.later(
                random.random() * (HOUR / 2 if late else 5), lambda: history.functions.push(key, event)
            )

    def _send(self, queue: QueueName, body: dict[str, Any]) -> None:
        self._ports.queues._put(queue, body, 0)

    def _redrive(self, act: Act, random: Random) -> None:
        for row in self._ports.ledger.rows_of_key(BUCKET, act.key):
            self._history.checks.book.redriven.add((act.key, row.attempt))
            self._send("drops", {"bucket": BUCKET, "key": act.key, "after_attempt": row.attempt})

    def _remove(self, act: Act, random: Random) -> None:
        """Somebody deletes the images of a registered drop."""
        for row in self._ports.ledger.rows_of_key(BUCKET, act.key):
            for image in row.images if row.stage == "registered" else ():
                self._side.remove(image.id)

    def _replay(self, act: Act, random: Random) -> None:
        """A message comes again that was over long ago."""
        if self._history.sent:
            self._send(*random.choice(self._history.sent))

    def _poison(self, act: Act, random: Random) -> None:
        self._send(random.choice(tuple(HANDLERS)), random.choice(JUNK))

    def _wipe_queues(self, act: Act, random: Random) -> None:
        self._ports.queues.wipe()
        self._history.mishap()

    def _wipe_ledger(self, act: Act, random: Random) -> None:
        self._ports.ledger.wipe()
        self._history.checks.book.wiped()
        self._history.mishap()
