"""The sweep: finds and continues whatever an event, a queue or a crash lost, from bucket and ledger alone.

It costs one LIST page per 1,000 keys and one write of its place per ten pages, and no other call for a drop that has
ended: the key of an end marker says which versions of which files that drop has read. Open rows without progress are
redriven.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence, Set
from dataclasses import asdict, dataclass
from logging import WARNING

from imagedrop.common.timestamps import seconds_between
from imagedrop.domain.drop import Drop
from imagedrop.observability import LOG, log_drop
from imagedrop.ports import Conflict, OutOfTime, Ports, QueuedDrop
from imagedrop.workflow import admission, digest, recovery
from imagedrop.workflow.bucket_records import claims, installation
from imagedrop.workflow.bucket_records.installation import OtherInstallation
from imagedrop.workflow.isolation import isolated
from imagedrop.workflow.sweep.late_drops import report_late_drops
from imagedrop.workflow.sweep.place import Place
from imagedrop.workflow.sweep.records import list_records
from imagedrop.workflow.sweep.redrive import redrive_if_stalled, redrive_overdue
from imagedrop.workflow.sweep.search import NOTE, OpenDrops, Search
from imagedrop.workflow.sweep.seen_files import SeenFiles

LISTED_WITHIN = 300.0  # s after which LIST has surely an object that was written


@dataclass
class Round:
    """What one round of the sweep did; the function's response."""

    listed: int = 0
    open: int = 0
    revived: int = 0  # rows recovered from their claims
    found: int = 0  # drops enqueued
    older: int = (
        0  # images with sidecars that lay in the bucket before it was taken: `imagedrop adopt` makes them drops
    )
    driven: int = 0  # redriven
    late: int = 0  # messages to notify about open drops that take long
    called: int = 0  # queued drops that were admitted
    whole: bool = True  # False: the next round goes on listing where this one stopped

    def public(self) -> dict[str, int | bool]:
        return asdict(self)


def sweep(ports: Ports, time_left: Callable[[], float]) -> Round:
    """One round. `time_left`: seconds for listing; without any left, the next round goes on from there. Raises what the
    listing has raised after the redrives, which do not need it. Out of time, it leaves the rest to the next round."""
    counts, failure = Round(), None
    rows = {row.drop_id: row for row in ports.ledger.open(queued=False)}
    queued = ports.ledger.queued()
    counts.open = len(rows) + len(queued)
    seen = SeenFiles(ports.settings, rows.values())
    try:
        if not installation.may_work_on(ports, ports.settings.drop_bucket):
            return counts
        _list(ports, rows, queued, seen, time_left, counts)
    except Exception as error:  # noqa: BLE001 - raised below
        failure = error
    try:
        _redrive(ports, rows, queued, seen, counts)
        if failure is not None:
            raise failure
    except OutOfTime as error:
        counts.whole = False
        LOG.warning("the round is out of time", extra={"reason": str(error)})
    return counts


def _redrive(
    ports: Ports, rows: Mapping[str, Drop], queued: Sequence[QueuedDrop], seen: SeenFiles, counts: Round
) -> None:
    for row in rows.values():
        counts.driven += redrive_if_stalled(ports, seen, row)
    counts.driven += redrive_overdue(ports, queued)
    counts.late = report_late_drops(ports, rows.values(), queued)
    counts.called = admission.admit_next(ports) if counts.open else 0


def _list(
    ports: Ports,
    rows: dict[str, Drop],
    queued: Sequence[QueuedDrop],
    seen: SeenFiles,
    time_left: Callable[[], float],
    counts: Round,
) -> None:
    """Lists the records and as many files as there is time for. Adds the rows that it recovers to `rows`."""
    place = Place.load(ports.ledger.load(NOTE))
    is_first = place.is_first
    if place.after is None:
        place.unpaired = digest.begin(ports)
    claimed, ended = list_records(ports, place, time_left)
    _restore_claims(ports, claimed, rows.values())
    counts.revived = _revive(ports, claimed, rows, {drop.drop_id for drop in queued})
    of_bucket = [row for row in rows.values() if row.bucket == ports.settings.drop_bucket]
    oldest = installation.oldest_drop(ports.objects, ports.settings.drop_bucket)
    search = Search(ports, place, ended, OpenDrops.of([*of_bucket, *queued]), seen, oldest)
    counts.whole = search.run(time_left) and is_first and place.end_folder is None
    counts.listed, counts.found, counts.older = search.listed, search.found, search.older


def _restore_claims(ports: Ports, claimed: Set[str], rows: Iterable[Drop]) -> None:
    """Writes claims again that are missing while IMS may have a request: a slow worker of an earlier attempt, or a
    person, has deleted them."""
    for listed in rows:
        if _should_have_claim(ports, listed) and listed.drop_id not in claimed:
            with isolated(ports, listed.drop_id, "its missing claim could not be written"):
                row = ports.ledger.get(listed.drop_id)  # the listing is older
                if row is not None and _should_have_claim(ports, row):
                    log_drop("its claim was missing", row, level=WARNING)
                    claims.write_claim(ports.objects, row, ports.settings.installation)


def _should_have_claim(ports: Ports, row: Drop) -> bool:
    """False also for a call of the last minutes: LIST may not have its claim yet."""
    called = row.stage == "importing" or (row.stage == "submitting" and row.sent_at is not None)
    settled = seconds_between(row.sent_at or row.updated_at, ports.clock()) >= LISTED_WITHIN
    return called and settled and row.bucket == ports.settings.drop_bucket


def _revive(ports: Ports, claimed: Set[str], rows: dict[str, Drop], queued: Set[str]) -> int:
    """Recovers rows that the ledger has lost, from their claims, and adds them to `rows`. Returns how many."""
    revived = 0
    for drop_id in sorted(claimed - rows.keys() - queued):
        with isolated(ports, drop_id, "its row could not be recovered from its claim"):
            if (row := _recover(ports, ports.settings.drop_bucket, drop_id)) is not None:
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
    return row


def _is_over(known: Drop, claimed: Drop) -> bool:
    """False if the row is older than the claim, because a backup of the ledger was restored."""
    return claimed.attempt < known.attempt or (claimed.attempt == known.attempt and known.ended)
