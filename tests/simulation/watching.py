"""The checks see every row as it is written and every notice as it goes out; the history sees every message."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from imagedrop import names
from imagedrop.drop import Drop
from imagedrop.ports import QueueName

if TYPE_CHECKING:
    from simulation.histories import History


def watch(history: History) -> None:
    ports, checks, weather = history.ports, history.checks, history.weather
    write, delete = ports.ledger._write, ports.ledger.delete
    put, place = ports.queues._put, ports.objects.place

    def written(drop: Drop) -> Drop:
        saved = write(drop)
        checks.written(saved)
        history.idle = 0
        return saved

    def queued(queue: QueueName, body: Mapping[str, Any], delay: int) -> None:
        put(queue, body, delay)
        history.sent.append((queue, dict(body)))
        ports.queues.messages(queue)[-1].visible_at += history.random.random() * 0.5

    def placed(bucket: str, key: str, body: Any, **more: Any) -> Any:
        if key.endswith(names.RESULT_SUFFIX):
            checks.tell("result", json.loads(body))
        return place(bucket, key, body, **more)

    def deleted(drop: Drop) -> None:
        try:
            delete(drop)
        finally:  # it may take effect and fail all the same
            if drop.drop_id not in ports.ledger._rows:
                checks.rows.pop(drop.drop_id, None)

    ports.ledger.delete = deleted  # type: ignore[method-assign]
    ports.ledger._write = written  # type: ignore[method-assign]
    ports.queues._put = queued  # type: ignore[method-assign]
    ports.objects.place = placed  # type: ignore[method-assign]
    ports.topic.published = _Seen(lambda one: checks.tell("sns", json.loads(one.body)))
    ports.mail.sent = _Seen(lambda one: checks.tell("mail", weather.running[-1].body))


class _Seen(list[Any]):
    def __init__(self, see: Callable[[Any], None]) -> None:
        super().__init__()
        self._see = see

    def append(self, one: Any) -> None:
        super().append(one)
        self._see(one)
