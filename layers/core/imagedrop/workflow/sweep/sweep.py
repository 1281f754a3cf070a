"""The sweep: finds and continues whatever an event, a queue or a crash lost, from bucket and ledger alone.

It costs one LIST page per 1,000 keys, and no call at all for a drop that has ended: the key of an end marker says which
versions of which files that drop has read. Open rows without progress are redriven.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence, Set
from dataclasses import asdict, dataclass
from logging import WARNING

from imagedrop.common.timestamps import format_timestamp
from imagedrop.domain import object_keys
from imagedrop.domain.drop import Drop
from imagedrop.observability import log_drop, log_fields
from imagedrop.ports import Conflict, ObjectHead, Ports, QueuedDrop
from imagedrop.workflow import admission, dispatch, recovery
from imagedrop.workflow.bucket_records import claims, installation
from imagedrop.workflow.bucket_records.installation import OtherInstallation
from imagedrop.workflow.sweep.bucket_inventory import BucketInventory
from imagedrop.workflow.sweep.late_drops import report_late_drops
from imagedrop.workflow.sweep.redrive import redrive_if_stalled, redrive_overdue

MAX_FOUND = 1_000  # enqueued in one round at most: if there are more, their own events are still in the queue
CURSOR = "sweep"  # the ledger's note of where listing goes on
AFTER_FOLDER = object_keys.FOLDER + "~"  # sorts after every key in the folder


@dataclass
class Round:
    """What one round of the sweep did; the function's response."""

    listed: int = 0
    open: int = 0
    revived: int = 0  # rows recovered from their claims
    found: int = 0  # drops enqueued
    driven: int = 0  # redriven
    late: int = 0  # messages to notify about open drops that take long
    called: int = 0  # queued drops that were admitted
    whole: bool = True  # False: the next round goes on listing where this one stopped

    def public(self) -> dict[str, int | bool]:
        return asdict(self)


def sweep(ports: Ports, time_left: Callable[[], float]) -> Round:
    """One round. `time_left`: seconds for listing; without any left, the next round goes on from there."""
    inventory, counts = BucketInventory(ports.settings, ports.settings.drop_bucket), Round()
    if not installation.may_work_on(ports, inventory.bucket):
        return counts
    _list(ports, inventory, time_left, counts)
    rows = {row.drop_id: row for row in ports.ledger.open(queued=False)}
    queued = ports.ledger.queued()
    counts.open = len(rows) + len(queued)
    counts.revived = _revive(ports, inventory, rows, {drop.drop_id for drop in queued})
    counts.found = _find(ports, inventory, rows, queued)
    counts.driven = sum(redrive_if_stalled(ports, inventory, row) for row in rows.values())
    counts.driven += redrive_overdue(ports, queued)
    counts.late = report_late_drops(ports, rows.values(), queued)
    counts.called = admission.admit_next(ports) if counts.open else 0
    return counts


def _list(ports: Ports, inventory: BucketInventory, time_left: Callable[[], float], counts: Round) -> None:
    """Lists the end markers and claims always, and as much of the rest as there is time for."""
    for head in _pages(ports, inventory.bucket, object_keys.FOLDER, None, lambda: float("inf")):
        inventory.add(head)
    cursor = (ports.ledger.load(CURSOR) or {}).get("after")
    last = None
    for head in _pages(ports, inventory.bucket, inventory.settings.drop_prefix, cursor, time_left):
        last = head.key
        if not last.startswith(object_keys.FOLDER):
            inventory.add(head)
    counts.listed, counts.whole = len(inventory.versions), cursor is None and time_left() > 0
    if not counts.whole:
        ports.ledger.store(CURSOR, {"after": last if time_left() <= 0 else None, "at": format_timestamp(ports.clock())})


def _pages(
    ports: Ports, bucket: str, prefix: str, after: str | None, time_left: Callable[[], float]
) -> Iterator[ObjectHead]:
    while True:
        page = ports.objects.list(bucket, prefix, after)
        yield from page.objects
        after = page.after
        if after is None or time_left() <= 0:
            return
        if prefix == "" and after.startswith(object_keys.FOLDER):  # listed before
            after = AFTER_FOLDER


def _revive(ports: Ports, inventory: BucketInventory, rows: dict[str, Drop], queued: Set[str]) -> int:
    """Recovers rows that the ledger has lost, from their claims, and adds them to `rows`. Returns how many."""
    revived = 0
    for drop_id in sorted(inventory.claims - rows.keys() - queued):
        with log_fields(drop_id=drop_id):
            if (row := _recover(ports, inventory.bucket, drop_id)) is not None:
                rows[drop_id] = row
                revived += 1
    return revived


def _recover(ports: Ports, bucket: str, drop_id: str) -> Drop | None:
    known = ports.ledger.get(drop_id)
    if known is not None and known.open:
        return None
    try:
        claimed = claims.read_own_claim(ports.objects, bucket, drop_id, ports.settings.installation)
        if known is not None and (claimed is None or _is_over(known, claimed)):
            claims.delete_claim(ports.objects, known)  # a slow worker wrote it after the drop had ended
            return None
        if claimed is None:
            return None
        row = recovery.recover(ports, claimed.bucket, claimed.key, drop_id, over=known)
    except Conflict:
        return None  # another worker was faster
    except OtherInstallation as error:
        installation.report(ports, error)
        return None
    if row is not None:
        log_drop("recovered from its claim", row, level=WARNING)
        if row.ended:  # for a live one, `recover` has sent the message
            dispatch.send_next(ports, row)
    return row


def _is_over(known: Drop, claimed: Drop) -> bool:
    """False if the row is older than the claim, because a backup of the ledger was restored."""
    return claimed.attempt < known.attempt or (claimed.attempt == known.attempt and known.ended)


def _find(ports: Ports, inventory: BucketInventory, rows: dict[str, Drop], queued: Sequence[QueuedDrop]) -> int:
    """Enqueues drops without a row, and ended ones whose files have changed. Returns how many."""
    open_drops: list[Drop | QueuedDrop] = [*rows.values(), *queued]
    open_keys = {drop.key for drop in open_drops}
    open_parts = {key for drop in open_drops for key in drop.parts}
    digests_read = inventory.digests_read()
    found = [
        {"bucket": inventory.bucket, "key": image_key}
        for image_key in inventory.image_keys()
        if image_key not in open_keys
        and not inventory.has_ended(image_key)
        and not inventory.is_part_or_read_sidecar(image_key, open_parts, digests_read)
    ]
    if len(found) > MAX_FOUND:  # from a random start: drops that never get a row must not block the others
        start = int(ports.random.random() * len(found))
        found = (found[start:] + found[:start])[:MAX_FOUND]
    if found:
        ports.queues.send_many("drops", found)
    return len(found)
