"""What owners and the world do in the middle of everything: uploads, deletions, lost tables, old messages."""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING, Any

from imagedrop.ports import QueueName
from simulation.climate import HOUR
from simulation.workload import Act, contents
from support.world import BUCKET

if TYPE_CHECKING:
    from simulation.histories import History


class Owners:
    def __init__(self, history: History, random: Random) -> None:
        self._history, self._random = history, random
        self._ports, self._images = history.ports, history.images

    def act(self, act: Act) -> None:
        getattr(self, "_" + act.what.replace(" ", "_"))(act)

    def _put(self, act: Act) -> None:
        etag, body = contents()[act.content]
        self._ports.objects.place(BUCKET, act.key, body, etag=etag)
        self._images.placed(act.key, etag)
        self._tell_of(act.key)

    def _delete(self, act: Act) -> None:
        self._ports.objects.delete(BUCKET, act.key)
        self._images.placed(act.key, "")

    def _tell_of(self, key: str) -> None:
        """The event: lost, doubled or late, as the climate is."""
        random, climate = self._random, self._history.climate
        if random.random() < climate.lost:
            return
        for _ in range(1 + (random.random() < climate.doubled)):
            late = random.random() < climate.late
            event = {"bucket": BUCKET, "key": key}
            self._history.later(random.random() * (HOUR if late else 5), lambda event=event: self._send("drops", event))  # type: ignore[misc]

    def _send(self, queue: QueueName, body: dict[str, Any]) -> None:
        self._ports.queues._put(queue, body, 0)

    def _redrive(self, act: Act) -> None:
        for row in self._ports.ledger.of_key(BUCKET, act.key):
            self._history.checks.redriven.add((act.key, row.attempt))
            self._send("drops", {"bucket": BUCKET, "key": act.key, "after_attempt": row.attempt})

    def _remove(self, act: Act) -> None:
        """Somebody deletes the images of a registered drop."""
        for row in self._ports.ledger.of_key(BUCKET, act.key):
            for image in row.images if row.stage == "registered" else ():
                self._images.remove(image.id)

    def _replay(self, act: Act) -> None:
        """A message comes again that was over long ago."""
        if self._history.sent:
            queue, body = self._random.choice(self._history.sent)
            self._send(queue, body)

    def _wipe_queues(self, act: Act) -> None:
        self._ports.queues.wipe()

    def _wipe_ledger(self, act: Act) -> None:
        self._ports.ledger.wipe()
        self._history.checks.wiped()
