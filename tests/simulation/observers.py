"""The checks see every row as it is written and every notice as it goes out; the history sees every message."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from imagedrop.domain import object_keys
from imagedrop.domain.drop import Drop
from imagedrop.ports import QueueName

if TYPE_CHECKING:
    from tests.simulation.histories import History


def watch(history: History) -> None:
    _ledger(history)
    _queues(history)
    _channels(history)


def _ledger(history: History) -> None:
    ledger, checks = history.ports.ledger, history.checks
    write, delete, opened = ledger._write, ledger.delete, ledger.open

    def written(drop: Drop) -> Drop:
        saved = write(drop)
        checks.written(saved, history.workers.current)
        history.functions.idle = 0
        return saved

    def deleted(drop: Drop) -> None:
        try:
            delete(drop)
        finally:  # it may take effect and fail all the same
            if drop.drop_id not in ledger._rows:
                checks.book.rows.pop(drop.drop_id, None)

    def lagging(*arguments: Any, **more: Any) -> Iterator[Drop]:
        """The index of open rows lags behind the table."""
        worker = history.workers.current
        for row in opened(*arguments, **more):
            if worker is None or not history.weather.strikes(worker, f"lag {row.drop_id}", history.climate.lag):
                yield row

    ledger.delete = deleted  # type: ignore[method-assign]
    ledger._write = written  # type: ignore[method-assign]
    ledger.open = lagging  # type: ignore[method-assign]


def _queues(history: History) -> None:
    queues = history.ports.queues
    put, many = queues._put, queues.send_many

    def queued(queue: QueueName, body: Mapping[str, Any], delay: int) -> None:
        put(queue, body, delay)
        history.sent.append((queue, dict(body)))
        queues.messages(queue)[-1].visible_at += history.order.random() * 0.5

    def in_part(queue: QueueName, bodies: Sequence[Mapping[str, Any]]) -> Sequence[int]:
        """SQS may take some of a batch only."""
        worker = history.workers.current
        left = [
            number
            for number in range(len(bodies))
            if worker is not None and history.weather.strikes(worker, f"not taken {number}", history.climate.error)
        ]
        if left:
            history.mishap()
        many(queue, [body for number, body in enumerate(bodies) if number not in left])
        return left

    queues._put = queued  # type: ignore[method-assign]
    queues.send_many = in_part  # type: ignore[method-assign]


def _channels(history: History) -> None:
    ports, checks, workers = history.ports, history.checks, history.workers
    place = ports.objects.upload

    def placed(bucket: str, key: str, body: Any, **more: Any) -> Any:
        if key.endswith(object_keys.RESULT_SUFFIX):
            checks.tell("result", json.loads(body), workers.current)
        return place(bucket, key, body, **more)

    def mailed(_: Any) -> None:
        assert workers.current is not None
        checks.tell("mail", workers.current.body, workers.current)

    ports.objects.upload = placed  # type: ignore[method-assign]
    ports.topic.published = _Seen(lambda one: checks.tell("sns", json.loads(one.body), workers.current))
    ports.mail.sent = _Seen(mailed)


class _Seen(list[Any]):
    def __init__(self, see: Callable[[Any], None]) -> None:
        super().__init__()
        self._see = see

    def append(self, one: Any) -> None:
        super().append(one)
        self._see(one)
