"""Reads that lag behind the writes: listings of the bucket, and the index of open rows."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from imagedrop.ports import Listing, ObjectHead, QueuedDrop

if TYPE_CHECKING:
    from tests.simulation.histories import History

LONGEST_LAG = 20.0  # s


def install(history: History) -> None:
    if history.rates.list_lag:
        _delay_listings(history)
    if history.rates.index_lag:
        _delay_index(history)


def _delay_listings(history: History) -> None:
    """Some listings show keys as they were seconds ago."""
    objects = history.ports.objects
    upload, delete, list_page = objects.upload, objects.delete, objects.list
    changes: deque[tuple[float, str, ObjectHead | None]] = deque(maxlen=50)  # time, key, head before

    def remember(bucket: str, key: str) -> None:
        found = objects._bucket(bucket).objects.get(key)
        changes.append((history.clock.at, key, found[0] if found else None))

    def recorded_upload(bucket: str, key: str, *arguments: Any, **more: Any) -> Any:
        remember(bucket, key)
        return upload(bucket, key, *arguments, **more)

    def recorded_delete(bucket: str, key: str) -> None:
        remember(bucket, key)
        delete(bucket, key)

    def late_list(bucket: str, prefix: str = "", after: str | None = None) -> Listing:
        page, worker = list_page(bucket, prefix, after), history.workers.current
        if worker is None or not history.faults.occurs(worker, f"list {after}", history.rates.list_lag):
            return page
        history.count_fault()
        since = history.clock.at - worker.random.random() * LONGEST_LAG
        heads: dict[str, ObjectHead | None] = {head.key: head for head in page.objects}
        heads |= {
            key: before
            for at, key, before in reversed(changes)
            if at > since and key.startswith(prefix) and (after or "") < key <= (page.after or "\U0010ffff")
        }
        history.log(f"a listing of {prefix!r} lags")
        shown = sorted(filter(None, heads.values()), key=lambda head: head.key.encode())
        return Listing(shown, page.after)

    objects.upload = recorded_upload  # type: ignore[method-assign]
    objects.delete = recorded_delete  # type: ignore[method-assign]
    objects.list = late_list  # type: ignore[method-assign]


def _delay_index(history: History) -> None:
    """Queries of the index miss new rows, or show rows that have just left. (`observers` delays `open`.)"""
    ledger = history.ports.ledger
    tasks_in_progress, list_queued = ledger.tasks_in_progress, ledger.queued
    tasks: deque[Mapping[str, int]] = deque([{}], maxlen=2)  # the last two answers
    queued: deque[Sequence[QueuedDrop]] = deque([[]], maxlen=2)

    def lags() -> bool:
        worker = history.workers.current
        return worker is not None and history.faults.occurs(worker, "index", history.rates.index_lag)

    def late_tasks() -> Mapping[str, int]:
        tasks.append(tasks_in_progress())
        return tasks[0] if lags() else tasks[-1]

    def late_queued(limit: int | None = None) -> Sequence[QueuedDrop]:
        queued.append(list_queued(limit))
        return queued[0][:limit] if lags() else queued[-1]

    ledger.tasks_in_progress = late_tasks  # type: ignore[method-assign]
    ledger.queued = late_queued  # type: ignore[method-assign]
