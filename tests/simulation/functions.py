"""The functions as Lambda and SQS run them: a worker for each call, messages in random order, lost responses."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from imagedrop.domain.drop import LIVE, Drop
from imagedrop.ports import Ports, QueueName
from imagedrop_local.memory import MemoryPorts
from imagedrop_local.memory.queues import Message
from imagedrop_local.project_paths import function
from tests.simulation import event_delivery
from tests.simulation.schedule import NEVER
from tests.simulation.simulated_stack import CONCURRENCY, LIMITS
from tests.simulation.workers import Crash, Worker
from tests.support.world import HANDLERS

if TYPE_CHECKING:
    from tests.simulation.histories import History

IDLE_SWEEP_EVERY, SWEEP_LIMIT, INTAKE_LIMIT = 3600.0, 300.0, 10.0  # s
LISTING_CUT = 0.1  # of the pages that a sweep lists while there are faults
MAX_DUPLICATES = 2  # of one message: each lives as long as its drop


class Functions:
    """`idle_sweeps`: sweeps in a row that found nothing to do after faults had stopped."""

    def __init__(self, history: History) -> None:
        self._history, self._ports, self._schedule = history, history.ports, history.schedule
        self.handler_ports: Ports = history.ports
        self._labels: Counter[str] = Counter()
        self.sweep_at = history.order.random() * history.rates.sweep_every
        self.idle_sweeps, self.deliveries = 0, 0
        self._cuts = history.random("cuts of listings")

    # --- intake

    def push(self, key: str, event: dict[str, Any], tries: int = 1) -> None:
        """SMN pushes an event, and again if it gets no response or a 5xx."""
        history, accepted = self._history, list[bool]()

        def run() -> None:
            response = function("intake").handle(event, self.handler_ports, event_delivery.CHECKS)
            if response["statusCode"] != 200:
                history.log(f"{response['statusCode']} {response['body']}")
            accepted.append(response["statusCode"] < 500)

        def after() -> None:
            if not any(accepted) and tries < event_delivery.TRIES:
                wait = history.rates.switches["smn_retry_interval"]
                self._schedule.run_later(wait, lambda: self.push(key, event, tries + 1))

        self._invoke("intake", {"key": key}, INTAKE_LIMIT, run, after)

    # --- the functions behind queues

    def next_message_at(self) -> float:
        """When the next message can be delivered."""
        messages = self._ports.queues._messages
        times = [message.visible_at for queue in self._free_queues() for message in messages[queue].values()]
        return self._schedule.since_start(min(times)) if times else NEVER

    def deliver(self) -> None:
        """Delivers a random visible message, because SQS keeps no order."""
        history, now, queues = self._history, self._schedule.clock.at, self._ports.queues
        visible = [
            (queue, message)
            for queue in self._free_queues()
            for message in queues.messages(queue)
            if message.visible_at <= now
        ]
        if not visible:  # because of a rounding error
            self._schedule.clock.advance(0.001)
            return
        queue, chosen = visible[history.order.randrange(len(visible))]
        messages = queues._messages[queue]
        queues._messages[queue] = {chosen.id: messages.pop(chosen.id), **messages}
        batch, visibility, limit = LIMITS[queue]
        event = queues.event(queue, batch, visibility)
        self.deliveries += 1
        if not event["Records"]:
            history.log(f"{queue}: {_describe(chosen.json())} moves to the dead-letter queue")
            return
        self._duplicate(queue, chosen, messages)
        name = HANDLERS[queue]
        history.log(f"{name} gets {_describe(chosen.json())}, receive {chosen.receive_count}")
        self._invoke(name, chosen.json(), limit, lambda: self._handle(queue, name, event))

    def _free_queues(self) -> list[QueueName]:
        busy = self._history.workers.busy
        return [queue for queue, name in HANDLERS.items() if busy(name) < CONCURRENCY[queue]]

    def _duplicate(self, queue: QueueName, chosen: Message, others: dict[str, Message]) -> None:
        """Sometimes a second worker gets the message too."""
        history = self._history
        equal = sum(message.body == chosen.body for message in others.values())
        if (
            not history.faults.stopped
            and history.order.random() < history.rates.message_doubled
            and equal < MAX_DUPLICATES
        ):
            history.log(f"{queue}: {_describe(chosen.json())} is also given to another worker")
            self._ports.queues._put(queue, chosen.json(), 0)

    def _handle(self, queue: QueueName, name: str, event: dict[str, Any]) -> None:
        history = self._history
        response = function(name).handle(event, self.handler_ports)
        if history.faults.stopped or history.order.random() >= history.rates.error:
            self._ports.queues.apply_response(queue, event, response)
        else:
            history.count_fault()

    def register_elsewhere(self, ports: MemoryPorts, row: Drop) -> None:
        """Runs register of another installation, which has a message for this drop."""
        event = ports.queues.event("registrations")
        body = {"drop_id": row.drop_id, "attempt": row.attempt}
        limit = LIMITS["registrations"][2]
        self._invoke("register elsewhere", body, limit, lambda: function("register").handle(event, ports))

    # --- the sweep

    def sweep_now(self) -> None:
        self.sweep_at = self._schedule.now()

    def sweep_within(self, seconds: float) -> None:
        self.sweep_at = min(self.sweep_at, self._schedule.now() + seconds)

    def sweep(self) -> None:
        self.sweep_at = self._schedule.now() + self._history.rates.sweep_every
        self._invoke("sweep", {}, SWEEP_LIMIT, self._run_sweep)

    def _run_sweep(self) -> None:
        history = self._history
        counts = function("sweep").handle(self.handler_ports, self._listing_time)
        moved = sum(int(count) for name, count in counts.items() if name not in ("listed", "open", "older", "whole"))
        if moved:
            history.log(f"sweep: {counts}")
        idle = history.faults.stopped and not moved and counts["whole"]
        self.idle_sweeps = self.idle_sweeps + 1 if idle else 0
        rows = history.checks.record.rows.values()
        if not moved and not any(row.stage in LIVE or row.ended for row in rows if row.open):
            self.sweep_at = max(self.sweep_at, self._schedule.now() + IDLE_SWEEP_EVERY)

    def _listing_time(self) -> float:
        """What is left, asked after each page. Without any, the next sweep goes on from there."""
        cut = not self._history.faults.stopped and self._cuts.random() < LISTING_CUT
        return 0.0 if cut else 600.0

    # --- any of them

    def _invoke(
        self,
        name: str,
        body: dict[str, Any],
        limit: float,
        run: Callable[[], object],
        after: Callable[[], None] = lambda: None,
    ) -> None:
        history = self._history
        call = f"{name} {str(body.get('drop_id', body.get('key', '')))[:12]} {body.get('attempt', '')}".strip()
        self._labels[call] += 1
        label = f"{call} ({self._labels[call]})"  # seeds the worker's faults
        began_at, fault_count = self._schedule.clock.at, history.checks.record.fault_count
        worker = Worker(name, body, label, began_at + limit, history.random(label), began_at, fault_count)

        def run_call() -> None:
            try:
                history.checks.images.worker_starts(worker)
                run()
            except Crash:
                pass
            except Exception as error:  # noqa: BLE001 - Lambda reports any error too
                history.failed(error)
            finally:
                after()

        history.workers.start(worker, run_call)


def _describe(body: dict[str, Any]) -> str:
    return " ".join(f"{name} {str(value)[:6] if name == 'drop_id' else value}" for name, value in body.items())
