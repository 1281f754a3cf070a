"""Passes every written row and every notice to the checks, and every message to the history."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from imagedrop.domain import object_keys
from imagedrop.domain.drop import Drop
from imagedrop.ports import QueueName

if TYPE_CHECKING:
    from tests.simulation.histories import History


def install(history: History) -> None:
    _observe_ledger(history)
    _observe_queues(history)
    _observe_bucket(history)
    _observe_channels(history)


def _observe_ledger(history: History) -> None:
    ledger, checks = history.ports.ledger, history.checks
    write, delete, list_open = ledger._write, ledger.delete, ledger.open

    def observed_write(drop: Drop) -> Drop:
        saved = write(drop)
        history.situations.row_written(checks.record.rows.get(drop.drop_id), saved, history.workers.current)
        checks.row_written(saved, history.workers.current)
        history.functions.idle_sweeps = 0
        return saved

    def observed_delete(drop: Drop) -> None:
        try:
            delete(drop)
        finally:  # a call that fails may still have taken effect
            if drop.drop_id not in ledger._rows:
                checks.record.rows.pop(drop.drop_id, None)

    def delayed_open(*arguments: Any, **more: Any) -> Iterator[Drop]:
        """The index of open rows lags behind the table."""
        worker = history.workers.current
        for row in list_open(*arguments, **more):
            if worker is None or not history.faults.occurs(worker, f"lag {row.drop_id}", history.rates.index_lag):
                yield row

    ledger.delete = observed_delete  # type: ignore[method-assign]
    ledger._write = observed_write  # type: ignore[method-assign]
    ledger.open = delayed_open  # type: ignore[method-assign]


def _observe_queues(history: History) -> None:
    queues = history.ports.queues
    put, send_many = queues._put, queues.send_many

    def observed_put(queue: QueueName, body: Mapping[str, Any], delay: int) -> None:
        put(queue, body, delay)
        history.sent.append((queue, dict(body)))
        queues.messages(queue)[-1].visible_at += history.order.random() * 0.5

    def partial_send(queue: QueueName, bodies: Sequence[Mapping[str, Any]]) -> Sequence[int]:
        """SQS may accept a part of a batch."""
        worker = history.workers.current
        refused = [
            number
            for number in range(len(bodies))
            if worker is not None and history.faults.occurs(worker, f"refused {number}", history.rates.error)
        ]
        if refused:
            history.count_fault()
        send_many(queue, [body for number, body in enumerate(bodies) if number not in refused])
        return refused

    queues._put = observed_put  # type: ignore[method-assign]
    queues.send_many = partial_send  # type: ignore[method-assign]


def _observe_bucket(history: History) -> None:
    objects, checks = history.ports.objects, history.checks
    upload, delete = objects.upload, objects.delete

    def observed_upload(bucket: str, key: str, body: Any, **more: Any) -> Any:
        if key.endswith(object_keys.RESULT_SUFFIX):
            checks.notified("result", json.loads(body), history.workers.current)
        checks.bucket_records.written(key, body)
        return upload(bucket, key, body, **more)

    def observed_delete(bucket: str, key: str) -> None:
        body = objects.body(bucket, key)
        try:
            delete(bucket, key)
        finally:  # a call that fails may still have taken effect
            if body is not None and objects.body(bucket, key) is None:
                checks.bucket_records.deleted(key, body, history.workers.current)

    objects.upload = observed_upload  # type: ignore[method-assign]
    objects.delete = observed_delete  # type: ignore[method-assign]


def _observe_channels(history: History) -> None:
    ports, checks, workers = history.ports, history.checks, history.workers

    def published(message: Any) -> None:
        checks.notified("sns", json.loads(message.body), workers.current)

    def mailed(mail: Any) -> None:
        assert workers.current is not None
        if mail.subject.startswith("Image delayed"):
            checks.delays.told(workers.current)
        elif mail.subject.endswith("without a sidecar"):
            checks.digests.told(mail.text)
        else:
            checks.notified("mail", workers.current.body, workers.current)

    ports.topic.published = _ObservedList(published)
    ports.mail.sent = _ObservedList(mailed)


class _ObservedList(list[Any]):
    def __init__(self, on_append: Callable[[Any], None]) -> None:
        super().__init__()
        self._on_append = on_append

    def append(self, item: Any) -> None:
        super().append(item)
        self._on_append(item)
