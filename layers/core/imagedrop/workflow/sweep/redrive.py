"""Redrives drops that make no progress. After five redrives a drop ends as failed."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from logging import WARNING

from imagedrop.common.timestamps import parse_timestamp, seconds_between
from imagedrop.domain import drop as drops
from imagedrop.domain import transitions
from imagedrop.domain.drop import Drop, Versions
from imagedrop.observability import log_drop
from imagedrop.ports import Conflict, ObjectHead, Ports, QueuedDrop
from imagedrop.workflow import completion, dispatch
from imagedrop.workflow.bucket_records import file_versions
from imagedrop.workflow.isolation import isolated
from imagedrop.workflow.sweep.seen_files import SeenFiles

MAX_REDRIVES = 5


def redrive_if_stalled(ports: Ports, seen: SeenFiles, row: Drop) -> bool:
    """True if the drop was redriven. Raises only OutOfTime, so that the other drops have their redrive too."""
    with isolated(ports, row.drop_id, "redrive failed"), suppress(Conflict):  # a conflict: the drop makes progress
        return _redrive_waiting(ports, seen, row) if row.stage == "waiting" else _redrive_idle(ports, row)
    return False


def redrive_overdue(ports: Ports, queued: Sequence[QueuedDrop]) -> int:
    """Redrives queued drops that are past their deadline. Until then, a drop that waits for a slot is not stalled."""
    now, overdue = ports.clock(), list[Drop]()
    for drop in queued:
        if now >= parse_timestamp(drop.deadline_at):
            with isolated(ports, drop.drop_id, "redrive failed"):
                if (row := ports.ledger.get(drop.drop_id)) is not None:
                    _limit_queue_time(ports, row)
                    overdue.append(row)
    messages = [{"drop_id": row.drop_id, "attempt": row.attempt} for row in overdue if row.queued_since is not None]
    if messages:
        ports.queues.send_many("registrations", messages)
    return len(overdue)


def _limit_queue_time(ports: Ports, row: Drop) -> None:
    """If an older version has queued the row, its deadline is that of the attempt."""
    if row.open_index_partition == "queued" and row.queued_since is None:
        with suppress(Conflict):  # another worker has admitted it
            ports.ledger.save(transitions.limit_queue_time(row, ports.settings.queue_deadline))


def _redrive_idle(ports: Ports, row: Drop) -> bool:
    """For a drop that waits for no file."""
    now = ports.clock()
    due = max(filter(None, (row.updated_at, row.next_at)))
    if seconds_between(due, now) < ports.settings.stall_after:
        return False
    if row.stage == "accepted" and not row.admission and now < parse_timestamp(row.deadline_at):
        # No message: it gets one when it is admitted.
        ports.ledger.save(transitions.queue(row, now, ports.settings.queue_deadline))
        return True
    if row.redrives >= MAX_REDRIVES:
        ports.meter.count("SweepGaveUp")
        if not row.ended:  # an ended one is redriven without limit, until its owner is notified
            text = f"The drop made no progress as `{row.stage}`, although it was redriven {row.redrives} times."
            completion.fail(ports, row, "internal", text)
            return True
    generation = row.generation + (row.stage == "importing")
    redriven = ports.ledger.save(row.updated(now, redrives=row.redrives + 1, generation=generation))
    ports.meter.count("Redriven")
    log_drop("redriven", redriven, level=WARNING, redrives=redriven.redrives)
    dispatch.send_next(ports, redriven)
    return True


def _redrive_waiting(ports: Ports, seen: SeenFiles, row: Drop) -> bool:
    """Has a waiting drop validated if its files have changed, its key may be free, or its deadline has passed."""
    current = _current_versions(ports, seen, row)
    image = current.get(row.key)
    if row.etag is not None and row.key in current and (image is None or image.etag != row.etag):
        _discard_replaced(ports, row)
        return True
    if row.blocked_by is not None or any(current.get(key, version) != version for key, version in row.versions.items()):
        dispatch.revalidate(ports, row)
        return True
    if not row.missing:  # a worker is validating it, or has crashed
        return _redrive_idle(ports, row)
    if overdue := seconds_between(row.deadline_at, ports.clock()) >= 0:
        dispatch.revalidate(ports, row)
    return overdue


def _current_versions(ports: Ports, seen: SeenFiles, row: Drop) -> Versions:
    """From the listing, as far as this round has come, and by HEAD of the files that no listing shows: bucket or prefix
    may have been set anew."""
    unlisted = [key for key in {row.key, *row.versions} if not _is_listed(ports, row, key)]
    return seen.of(row) | file_versions.current_versions(ports.objects, row.bucket, unlisted)


def _is_listed(ports: Ports, row: Drop, key: str) -> bool:
    return row.bucket == ports.settings.drop_bucket and key.startswith(ports.settings.drop_prefix)


def _discard_replaced(ports: Ports, row: Drop) -> None:
    """The image of a waiting drop is gone. What has its key now is another drop, or nothing."""
    head = ports.objects.head(row.bucket, row.key)  # the listing may be older than the row
    if head is None or (head.etag != row.etag and (_is_listed(ports, row, row.key) or _has_row(ports, row, head))):
        completion.discard_waiting(ports, row)
    dispatch.revalidate(ports, row)


def _has_row(ports: Ports, row: Drop, head: ObjectHead) -> bool:
    """True if the new content of the key is a drop already. Outside the listing nothing else would lead to it."""
    return ports.ledger.get(drops.drop_id(row.bucket, row.key, head.etag)) is not None
