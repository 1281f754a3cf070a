"""Driving what stands still: a drop goes on, or is given up after five times."""

from __future__ import annotations

from collections.abc import Sequence
from logging import WARNING

from imagedrop.common.timestamps import parse_timestamp, seconds_between
from imagedrop.domain import transitions
from imagedrop.domain.drop import Drop, Versions
from imagedrop.observability import LOG, log_drop
from imagedrop.ports import Conflict, Ports, QueuedDrop
from imagedrop.workflow import completion, dispatch
from imagedrop.workflow.sweep.bucket_inventory import BucketInventory

GIVE_UP_AFTER = 5


def redrive_if_stalled(ports: Ports, inventory: BucketInventory, row: Drop) -> bool:
    """One drop that cannot be driven never keeps the sweep from the others."""
    try:
        return _drive(ports, inventory, row)
    except Conflict:
        return False  # it moved: then it does not stand still
    except Exception:
        ports.meter.count("DriveFailed")
        LOG.exception("a drop could not be driven", extra={"drop_id": row.drop_id})
        return False


def redrive_overdue(ports: Ports, line: Sequence[QueuedDrop]) -> int:
    """To wait for one's turn is no standing still, unless it takes longer than the attempt may last."""
    now = ports.clock()
    overdue = [one.drop_id for one in line if now >= parse_timestamp(one.deadline_at)]
    rows = [row for row in map(ports.ledger.get, overdue) if row is not None]
    if rows:
        ports.queues.send_many("registrations", [{"drop_id": row.drop_id, "attempt": row.attempt} for row in rows])
    return len(rows)


def _drive(ports: Ports, inventory: BucketInventory, row: Drop) -> bool:
    """Sends the row on if it stands still; True if it did."""
    return _drive_waiting(ports, inventory, row) if row.stage == "waiting" else _drive_still(ports, row)


def _drive_still(ports: Ports, row: Drop) -> bool:
    now = ports.clock()
    due = max(filter(None, (row.updated_at, row.next_at)))
    if seconds_between(due, now) < ports.settings.stall_after:
        return False
    if row.stage == "accepted" and not row.admission and now < parse_timestamp(row.deadline_at):
        ports.ledger.save(transitions.queue(row, now))  # called from there, it needs no message of its own
        return True
    if row.redrives >= GIVE_UP_AFTER:
        ports.meter.count("SweepGaveUp")
        if not row.ended:  # an owner who was not told is never given up
            text = f"The drop stood still as `{row.stage}` and was driven again {row.redrives} times without progress."
            completion.fail(ports, row, "internal", text)
            return True
    generation = row.generation + (row.stage == "importing")
    driven = ports.ledger.save(row.updated(now, redrives=row.redrives + 1, generation=generation))
    ports.meter.count("Redriven")
    log_drop("driven again", driven, level=WARNING, redrives=driven.redrives)
    dispatch.send_next(ports, driven)
    return True


def _drive_waiting(ports: Ports, inventory: BucketInventory, row: Drop) -> bool:
    """Looked at again when its deadline is past, when a file of it has changed or come, or when its key is free. One
    that misses nothing is being judged, or was."""
    here: Versions = {key: inventory.versions.get(key) for key in row.versions}
    image = here.get(row.key)
    if row.etag is not None and (image is None or image.etag != row.etag):
        _supersede(ports, row)
        return True
    if here != row.versions or row.blocked_by is not None:
        dispatch.revalidate(ports, row)
        return True
    if not row.missing:
        return _drive_still(ports, row)
    if overdue := seconds_between(row.deadline_at, ports.clock()) >= 0:
        dispatch.revalidate(ports, row)
    return overdue


def _supersede(ports: Ports, row: Drop) -> None:
    """It waited for its parts, and its image is gone: what lies there now is another drop, or none."""
    head = ports.objects.head(row.bucket, row.key)  # the listing may be older than the row
    if head is None or head.etag != row.etag:
        completion.discard_waiting(ports, row)
    dispatch.revalidate(ports, row)
