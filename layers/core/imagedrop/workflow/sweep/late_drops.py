"""Finds open drops whose owners have to be told that they are late, and sends a message to notify for each."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from imagedrop.common.timestamps import format_timestamp, seconds_between
from imagedrop.domain import lateness
from imagedrop.domain.drop import Drop
from imagedrop.observability import LOG
from imagedrop.ports import Ports, QueuedDrop
from imagedrop.workflow import late_notice, mailing
from imagedrop.workflow.isolation import isolated

NOTE = "late"  # the ledger's note of the last queued drop whose owner was told
READ_IN_ONE_ROUND = 200  # rows of queued drops
REPEAT_AFTER = 3600.0  # s after a lease; until then the queue repeats the message of a mail that could not be sent


def report_late_drops(ports: Ports, rows: Iterable[Drop], queued: Sequence[QueuedDrop]) -> int:
    """`rows`: the open drops that are not queued. Returns how many messages it sent. Never raises, because the other
    steps of the sweep are more important."""
    try:
        late = [row for row in [*rows, *_long_queued(ports, queued)] if _has_to_be_told(ports, row)]
        if late:
            ports.queues.send_many("notices", [{"drop_id": row.drop_id, "attempt": row.attempt} for row in late])
        return len(late)
    except Exception:
        ports.meter.count("DriveFailed")
        LOG.exception("late drops not reported")
        return 0


def _has_to_be_told(ports: Ports, row: Drop) -> bool:
    now = ports.clock()
    late = late_notice.find_late(ports, row)
    if late is None:
        return False
    delivery = lateness.delivery(row, late.reason)
    return delivery.at is None or seconds_between(delivery.at, now) >= REPEAT_AFTER + mailing.lease(delivery)


def _long_queued(ports: Ports, queued: Sequence[QueuedDrop]) -> list[Drop]:
    """The rows of drops that have waited long in the queue and whose owners have not been told.

    The index does not say who was told. So a note has the place up to which all were told, in the order in which they
    were first queued, and the rows after it are read, a few in each round."""
    now, settings = ports.clock(), ports.settings
    # A queued drop has the deadline `queue_deadline` after it was first queued.
    long_ago = format_timestamp(now + timedelta(seconds=settings.queue_deadline - lateness.QUEUED_LONG))
    waiting = sorted((drop.deadline_at, drop.drop_id) for drop in queued if drop.deadline_at <= long_ago)
    if not waiting:
        return []
    note = ports.ledger.load(NOTE) or {}
    told = tuple(note.get("told", ())) if note.get("queue_deadline") == settings.queue_deadline else ()
    return _untold(ports, [place for place in waiting if place > told][:READ_IN_ONE_ROUND], now)


def _untold(ports: Ports, places: Sequence[tuple[str, str]], now: datetime) -> list[Drop]:
    """Moves the note to the last place before the first row that is returned."""
    rows, told = list[Drop](), None
    for place in places:
        row = _get_readable(ports, place[1])
        if row is not None and _is_untold(row):
            rows.append(row)
        elif not rows:
            told = place
    if told:
        value = {"told": told, "queue_deadline": ports.settings.queue_deadline, "at": format_timestamp(now)}
        ports.ledger.store(NOTE, value)
    return rows


def _get_readable(ports: Ports, drop_id: str) -> Drop | None:
    with isolated(ports, drop_id, "its row cannot be read"):
        return ports.ledger.get(drop_id)
    return None


def _is_untold(row: Drop) -> bool:
    return row.open_index_partition == "queued" and lateness.delivery(row, "queued").state not in lateness.TOLD
