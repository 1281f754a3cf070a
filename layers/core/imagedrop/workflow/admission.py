"""Turns with IMS, which makes only so many images at once (`ims_tasks`). Who finds no room stands in the ledger's line,
where waiting costs nothing, and is called when one before it is through.

Nothing is kept but the rows themselves, counted anew each time: there is no counter to repair. The count lags a little,
and two may count at once; what is asked for too much IMS refuses (IMG.0060), and it is asked again.
"""

from __future__ import annotations

from imagedrop.domain import transitions
from imagedrop.domain.drop import Drop
from imagedrop.observability import log_drop
from imagedrop.ports import Conflict, Ports


def fits(taken: int, tasks: int, most: int) -> bool:
    """A drop that takes more than there ever is goes alone."""
    return not taken or taken + tasks <= most


def admit(ports: Ports, row: Drop) -> bool:
    """True if the row may ask IMS now. Else it is in line, and is called. Raises Conflict."""
    if row.admission == "called":
        return not row.held or not _yields_slot(ports, row)
    room = fits(_tasks_in_use(ports, row), row.tasks, ports.settings.ims_tasks)
    if room and not ports.ledger.queued(1):
        return True
    log_drop("in line for IMS", ports.ledger.save(transitions.queue(row, ports.clock())))
    if room:
        admit_next(ports)
    return False


def _yields_slot(ports: Ports, row: Drop) -> bool:
    """One that only an operator can help has had its turn, if others wait: perhaps it is alone in this."""
    if not ports.ledger.queued(1):
        return False
    ports.ledger.save(transitions.queue(row, ports.clock()))
    admit_next(ports, row)
    return True


def free_slot(ports: Ports, before: Drop) -> None:
    """The row as it was `before` IMS was done with it: if it had a place, that is the next one's."""
    if before.open_index_partition == "working":
        admit_next(ports, before)


def admit_next(ports: Ports, leaving: Drop | None = None) -> int:
    """Calls whoever is first in line, as far as there is room; how many. What a crash leaves undone the sweep does."""
    most, taken, called = ports.settings.ims_tasks, _tasks_in_use(ports, leaving), []
    if taken >= most:
        return 0
    for one in ports.ledger.queued(most - taken):
        if not fits(taken, one.tasks, most):
            break  # nobody overtakes it, or it would wait for ever
        taken += one.tasks  # whoever has called it
        if row := _admit_one(ports, one.drop_id):
            called.append({"drop_id": row.drop_id, "attempt": row.attempt})
    if called:
        ports.queues.send_many("registrations", called)
    return len(called)


def _admit_one(ports: Ports, drop_id: str) -> Drop | None:
    """None: somebody was faster."""
    row = ports.ledger.get(drop_id)
    if row is None or row.open_index_partition != "queued":
        return None
    try:
        return ports.ledger.save(transitions.admit(row, ports.clock()))
    except Conflict:
        return None


def _tasks_in_use(ports: Ports, but: Drop | None) -> int:
    """IMS's tasks that are taken, without those of one row: the index may not know yet where that is."""
    return sum(
        tasks for drop_id, tasks in ports.ledger.tasks_in_progress().items() if but is None or drop_id != but.drop_id
    )
