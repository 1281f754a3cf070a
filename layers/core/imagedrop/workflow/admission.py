"""Decides which drop may call IMS now: IMS runs only `ims_tasks` tasks at a time, and the other drops wait in a queue.

The tasks in use are counted from the rows each time; no counter is stored that could become wrong. The index lags a
little and two workers may count at the same time. If too many call IMS, it answers IMG.0060, and they retry.
"""

from __future__ import annotations

from collections.abc import Iterator

from imagedrop.domain import transitions
from imagedrop.domain.drop import Drop
from imagedrop.observability import log_drop
from imagedrop.ports import Conflict, Ports, QueuedDrop
from imagedrop.workflow.isolation import isolated


def fits(in_use: int, tasks: int, limit: int) -> bool:
    """A drop that needs more tasks than the limit fits when no task is in use."""
    return not in_use or in_use + tasks <= limit


def admit(ports: Ports, row: Drop) -> bool:
    """False: the drop may not call IMS now; it is queued until `admit_next` sends its message. Raises Conflict."""
    if row.admission == "called":
        has_called = row.next_at is not None  # since it was admitted
        return not (row.held and has_called and _yields_slot(ports, row))
    has_slot = fits(_tasks_in_use(ports, row), row.tasks, ports.settings.ims_tasks)
    if has_slot and not ports.ledger.queued(1):
        return True
    log_drop("queued for IMS", _queue(ports, row))
    if has_slot:  # for the drop that has waited longest
        admit_next(ports)
    return False


def _yields_slot(ports: Ports, row: Drop) -> bool:
    """A held drop yields its slot if others wait: its error may concern it alone."""
    if not ports.ledger.queued(1):
        return False
    _queue(ports, row)
    admit_next(ports, row)
    return True


def _queue(ports: Ports, row: Drop) -> Drop:
    return ports.ledger.save(transitions.queue(row, ports.clock(), ports.settings.queue_deadline))


def free_slot(ports: Ports, before: Drop) -> None:
    """`before`: the row as it was before it left IMS. If it had a slot, the next drop gets it."""
    if before.open_index_partition == "working":
        admit_next(ports, before)


def admit_next(ports: Ports, leaving: Drop | None = None) -> int:
    """Admits queued drops, oldest first, while they fit. Returns how many. The sweep finishes what a crash leaves. A
    drop whose row cannot be read or written is passed over, else no other drop would be admitted again."""
    limit, in_use, messages = ports.settings.ims_tasks, _tasks_in_use(ports, leaving), []
    if in_use >= limit:
        return 0
    for queued in _in_order(ports, limit - in_use):
        if not fits(in_use, queued.tasks, limit):
            break  # no smaller drop overtakes it, else it could wait forever
        with isolated(ports, queued.drop_id, "a queued drop could not be admitted"):
            row = _admit_queued(ports, queued.drop_id)
            in_use += queued.tasks  # also if another worker has admitted it
            if row is not None:
                messages.append({"drop_id": row.drop_id, "attempt": row.attempt})
        if in_use >= limit:
            break
    if messages:
        ports.queues.send_many("registrations", messages)
    return len(messages)


def _in_order(ports: Ports, free: int) -> Iterator[QueuedDrop]:
    """The queue. All of it is read only if the first `free` drops do not use the free tasks."""
    known = set[str]()
    for limit in (free, None):
        new = [queued for queued in ports.ledger.queued(limit) if queued.drop_id not in known]
        yield from new
        known.update(queued.drop_id for queued in new)
        if len(known) < free:
            return


def _admit_queued(ports: Ports, drop_id: str) -> Drop | None:
    """None: another worker was faster."""
    row = ports.ledger.get(drop_id)
    if row is None or row.open_index_partition != "queued":
        return None
    try:
        return ports.ledger.save(transitions.admit(row, ports.clock(), ports.settings.attempt_deadline))
    except Conflict:
        return None


def _tasks_in_use(ports: Ports, excluded: Drop | None) -> int:
    """`excluded`: not counted, because the index may not know its latest state yet."""
    in_progress = ports.ledger.tasks_in_progress().items()
    return sum(tasks for drop_id, tasks in in_progress if excluded is None or drop_id != excluded.drop_id)
