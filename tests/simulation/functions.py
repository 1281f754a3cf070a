"""The functions as Lambda and SQS run them: one worker a call, messages in no order, answers that may get lost."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from imagedrop.domain.drop import LIVE
from imagedrop.ports import QueueName
from imagedrop_local.memory.queues import Message
from imagedrop_local.project_paths import function
from tests.simulation import event_delivery
from tests.simulation.schedule import NEVER
from tests.simulation.simulated_stack import CONCURRENCY, LIMITS
from tests.simulation.workers import Crash, Worker
from tests.support.world import HANDLERS

if TYPE_CHECKING:
    from tests.simulation.histories import History

QUIET_EVERY, SWEEP_LIMIT, INTAKE_LIMIT = 3600.0, 300.0, 15.0  # s
TWINS = 2  # of one message, at most: each lives as long as what it is about


class Functions:
    """`idle`: how many rounds of the sweep in the calm have found nothing to do."""

    def __init__(self, history: History) -> None:
        self._history, self._ports, self._schedule = history, history.ports, history.schedule
        self._labels: Counter[str] = Counter()
        self.sweep_at = history.order.random() * history.climate.sweep_every
        self.idle, self.deliveries = 0, 0

    # --- intake

    def push(self, key: str, event: dict[str, Any], tries: int = 1) -> None:
        """SMN brings an event; where it gets no answer, or a 5xx, it comes again."""
        history, answered = self._history, list[bool]()

        def run() -> None:
            answer = function("intake").handle(event, self._ports, event_delivery.CHECKS)
            if answer["statusCode"] != 200:
                history.say(f"{answer['statusCode']} {answer['body']}")
            answered.append(answer["statusCode"] < 500)

        def after() -> None:
            if not any(answered) and tries < event_delivery.TRIES:
                wait = history.climate.switches["smn_retry_interval"]
                self._schedule.later(wait, lambda: self.push(key, event, tries + 1))

        self._invoke("intake", {"key": key}, INTAKE_LIMIT, run, after)

    # --- the functions behind queues

    def message_at(self) -> float:
        """When the next message can be given to a worker."""
        messages = self._ports.queues._messages
        waiting = [one.visible_at for queue in self._free() for one in messages[queue].values()]
        return self._schedule.since_start(min(waiting)) if waiting else NEVER

    def deliver(self) -> None:
        """One of the messages that can be seen, whichever: SQS keeps no order."""
        history, now, queues = self._history, self._schedule.clock.at, self._ports.queues
        seen = [(queue, one) for queue in self._free() for one in queues.messages(queue) if one.visible_at <= now]
        if not seen:  # by less than the clock can tell
            self._schedule.clock.advance(0.001)
            return
        queue, chosen = seen[history.order.randrange(len(seen))]
        mine = queues._messages[queue]
        queues._messages[queue] = {chosen.id: mine.pop(chosen.id), **mine}
        batch, visibility, limit = LIMITS[queue]
        event = queues.event(queue, batch, visibility)
        self.deliveries += 1
        if not event["Records"]:
            history.say(f"{queue}: {_shown(chosen.json())} goes to the dead letters")
            return
        self._twin(queue, chosen, mine)
        name = HANDLERS[queue]
        history.say(f"{name} gets {_shown(chosen.json())}, {chosen.receive_count}. time")
        self._invoke(name, chosen.json(), limit, lambda: self._handle(queue, name, event))

    def _free(self) -> list[QueueName]:
        busy = self._history.workers.busy
        return [queue for queue, name in HANDLERS.items() if busy(name) < CONCURRENCY[queue]]

    def _twin(self, queue: QueueName, chosen: Message, others: dict[str, Message]) -> None:
        """A second worker gets the message too."""
        history = self._history
        alike = sum(one.body == chosen.body for one in others.values())
        if not history.weather.calm and history.order.random() < history.climate.twin and alike < TWINS:
            self._ports.queues._put(queue, chosen.json(), 0)

    def _handle(self, queue: QueueName, name: str, event: dict[str, Any]) -> None:
        history = self._history
        answer = function(name).handle(event, self._ports)
        if history.weather.calm or history.order.random() >= history.climate.error:
            self._ports.queues.apply_response(queue, event, answer)
        else:
            history.mishap()

    # --- the sweep

    def sweep_now(self) -> None:
        self.sweep_at = self._schedule.now()

    def sweep_within(self, seconds: float) -> None:
        self.sweep_at = min(self.sweep_at, self._schedule.now() + seconds)

    def sweep(self) -> None:
        self.sweep_at = self._schedule.now() + self._history.climate.sweep_every
        self._invoke("sweep", {}, SWEEP_LIMIT, self._swept)

    def _swept(self) -> None:
        history = self._history
        done = function("sweep").handle(self._ports, lambda: 600.0)
        moved = sum(int(count) for what, count in done.items() if what not in ("listed", "open", "whole"))
        if moved:
            history.say(f"sweep: {done}")
        self.idle = 0 if moved or not history.weather.calm else self.idle + 1
        rows = history.checks.book.rows.values()
        if not moved and not any(row.stage in LIVE or row.ended for row in rows if row.open):
            self.sweep_at = max(self.sweep_at, self._schedule.now() + QUIET_EVERY)

    # --- each of them

    def _invoke(
        self,
        name: str,
        body: dict[str, Any],
        limit: float,
        run: Callable[[], None],
        after: Callable[[], None] = lambda: None,
    ) -> None:
        history = self._history
        what = f"{name} {str(body.get('drop_id', body.get('key', '')))[:12]} {body.get('attempt', '')}".strip()
        self._labels[what] += 1
        label = f"{what} ({self._labels[what]})"
        dies_at, mishaps = self._schedule.clock.at + limit, history.checks.book.mishaps
        worker = Worker(name, body, label, dies_at, history.chance(label), mishaps)

        def whole() -> None:
            try:
                history.checks.images.begins(worker)
                run()
            except Crash:
                pass
            except Exception as error:  # noqa: BLE001 - as Lambda does: it is reported and forgotten
                history.failed(error)
            finally:
                after()

        history.workers.start(worker, whole)


def _shown(body: dict[str, Any]) -> str:
    return " ".join(f"{name} {str(value)[:6] if name == 'drop_id' else value}" for name, value in body.items())
