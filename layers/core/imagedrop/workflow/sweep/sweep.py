"""The sweep: whatever an event, a queue or a crash lost is found again, from bucket, claims and ledger alone.

One LIST page per 1,000 keys, and nothing else for what has ended: a seal's name says which versions of which files an
end has read. Then every open row that has stood still for too long is driven again, and given up after five times.

    inventory   pure: what the listing says      driving   what stands still      sweep   one round, as time allows
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence, Set
from dataclasses import asdict, dataclass
from logging import WARNING

from imagedrop.common.timestamps import format_timestamp
from imagedrop.domain import object_keys
from imagedrop.domain.drop import Drop
from imagedrop.observability import log_drop
from imagedrop.ports import Conflict, ObjectHead, Ports, QueuedDrop
from imagedrop.settings import Settings
from imagedrop.workflow import admission, dispatch, recovery
from imagedrop.workflow.bucket_records import claims
from imagedrop.workflow.sweep.bucket_inventory import BucketInventory
from imagedrop.workflow.sweep.redrive import GIVE_UP_AFTER, redrive_if_stalled, redrive_overdue

__all__ = ["GIVE_UP_AFTER", "MOST_FOUND", "BucketInventory", "Round", "sweep"]

MOST_FOUND = 1_000  # a round: where so many are new, the queue is full of their events
CURSOR = "sweep"
BEHIND_OURS = object_keys.FOLDER + "~"  # nothing of ours sorts behind it


@dataclass
class Round:
    """What one round of the sweep did."""

    listed: int = 0
    open: int = 0
    revived: int = 0
    found: int = 0
    driven: int = 0
    called: int = 0  # from the line for IMS
    whole: bool = True  # False: the next round goes on listing where this one ended

    def public(self) -> dict[str, int | bool]:
        return asdict(self)


def sweep(ports: Ports, time_left: Callable[[], float]) -> Round:
    """One round. `time_left` in seconds; where it runs short the next round goes on from there."""
    settings: Settings = ports.settings
    inventory, done = BucketInventory(settings, settings.drop_bucket), Round()
    _list(ports, inventory, time_left, done)
    rows = {row.drop_id: row for row in ports.ledger.open(queued=False)}
    line = ports.ledger.queued()
    done.open = len(rows) + len(line)
    done.revived = _revive(ports, inventory, rows, {one.drop_id for one in line})
    done.found = _find(ports, inventory, rows, line)
    done.driven = sum(redrive_if_stalled(ports, inventory, row) for row in rows.values())
    done.driven += redrive_overdue(ports, line)
    done.called = admission.admit_next(ports) if done.open else 0
    return done


def _list(ports: Ports, inventory: BucketInventory, time_left: Callable[[], float], done: Round) -> None:
    """The whole bucket, or as much as there is time for; the seals, which sort first, always."""
    for head in _pages(ports, inventory.bucket, object_keys.FOLDER, None, lambda: 600.0):
        inventory.add(head)
    cursor = (ports.ledger.load(CURSOR) or {}).get("after")
    last = None
    for head in _pages(ports, inventory.bucket, inventory.settings.drop_prefix, cursor, time_left):
        last = head.key
        if not last.startswith(object_keys.FOLDER):
            inventory.add(head)
    done.listed, done.whole = len(inventory.versions), cursor is None and time_left() > 0
    if not done.whole:
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
        if prefix == "" and after.startswith(object_keys.FOLDER):
            after = BEHIND_OURS


def _revive(ports: Ports, inventory: BucketInventory, rows: dict[str, Drop], line: Set[str]) -> int:
    """Claims whose rows the ledger has lost."""
    revived = 0
    for drop_id in sorted(inventory.claims - rows.keys() - line):
        known = ports.ledger.get(drop_id)
        if known is not None:
            if not known.open:
                claims.delete_claim(ports.objects, known)  # a slow worker claimed what was over
            continue
        claimed = claims.read_claim(ports.objects, inventory.bucket, drop_id)
        if claimed is None:
            continue
        try:
            row = recovery.recover(ports, claimed.bucket, claimed.key, drop_id)
        except Conflict:
            continue  # somebody else was faster
        if row is not None:
            rows[drop_id] = row
            revived += 1
            log_drop("brought back from its claim", row, level=WARNING)
            if row.ended:  # a live one has been handed on
                dispatch.send_next(ports, row)
    return revived


def _find(ports: Ports, inventory: BucketInventory, rows: dict[str, Drop], line: Sequence[QueuedDrop]) -> int:
    """Drops that nobody has seen, and ended ones whose files have changed."""
    under_way: list[Drop | QueuedDrop] = [*rows.values(), *line]
    open_keys = {one.key for one in under_way}
    open_parts = {key for one in under_way for key in one.parts}
    ended_parts = inventory.parts()
    found = []
    for image_key in inventory.images():
        if image_key in open_keys or inventory.over(image_key):
            continue
        if not inventory.belongs(image_key, open_parts, ended_parts):
            found.append({"bucket": inventory.bucket, "key": image_key})
    if len(found) > MOST_FOUND:  # from anywhere, so that those that are never settled keep nobody back
        start = int(ports.random.random() * len(found))
        found = (found[start:] + found[:start])[:MOST_FOUND]
    if found:
        ports.queues.send_many("drops", found)
    return len(found)
