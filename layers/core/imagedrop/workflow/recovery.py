"""Makes a row from claim and result file where the ledger has lost it, or has an older one than the bucket: a backup
was restored. Neither object knows all attempts: the number of the next one, and the images that they have disowned,
come from the end markers (`with_ends`)."""

from __future__ import annotations

from logging import WARNING

from imagedrop.common.timestamps import add_seconds, format_timestamp
from imagedrop.domain import transitions
from imagedrop.domain.drop import CHANNELS, Channel, ChannelDelivery, Drop, Owner
from imagedrop.observability import log_drop
from imagedrop.ports import Conflict, KeyTaken, Ports
from imagedrop.workflow import admission, dispatch
from imagedrop.workflow.bucket_records import claims, end_markers, results


def recover(
    ports: Ports,
    bucket: str,
    image_key: str,
    drop_id: str,
    owner: Owner | None = None,
    over: Drop | None = None,
    last_ended: int = 0,
) -> Drop | None:
    """The recovered and saved row: ended if the drop has a result file, live if it has a claim, None if it has neither.
    Sends the message that continues it.

    A claim stays until the end is notified, so the result file counts unless the claim is of a later attempt.
    `owner`: the one to notify if there is no claim; a result file does not name the owner. `over`: the older row that
    the recovered one replaces. `last_ended`: the last attempt that has an end marker. The claim of such an attempt does
    not count: the sweep has written it again from an older row. Raises OtherInstallation, and Conflict if another
    worker was faster.
    """
    claimed = claims.read_own_claim(ports.objects, bucket, drop_id, ports.settings.installation)
    owner = claimed.owner if claimed is not None else owner
    if claimed is not None and claimed.attempt <= last_ended:
        claimed = None
    ended = results.read_result(ports.objects, bucket, image_key, drop_id)
    if over is not None and ended is not None and ended.attempt < over.attempt:
        ended = None
    if ended is None or (claimed is not None and claimed.attempt > ended.attempt):
        return revive(ports, claimed, over) if claimed is not None else None
    ended = ended.updated(ports.clock(), owner=owner, revision=over.revision if over is not None else 0)
    if ports.objects.head(bucket, end_markers.end_marker_key(ended)) is not None:
        ended = ended.model_copy(update={"deliveries": delivered(ended), "end_marked": True})
    recovered = ports.ledger.save(ended)
    if not recovered.end_marked:
        dispatch.send_next(ports, recovered)
    return recovered


def delivered(row: Drop) -> dict[Channel, ChannelDelivery]:
    """The deliveries of an end that was notified on all channels."""
    return {channel: ChannelDelivery(state="done", at=row.ended_at) for channel in CHANNELS}


def revive(ports: Ports, claimed: Drop, over: Drop | None = None) -> Drop:
    """Makes a claimed row live again, in place of the row `over`. Raises Conflict if another worker was faster.

    The claim may be older than the lost row: the next generation makes old messages void, and the drop is due now."""
    now = ports.clock()
    told = over.late if over is not None and over.attempt == claimed.attempt else None
    row = claimed.updated(
        now,
        late={**(claimed.late or {}), **(told or {})} or None,
        revision=over.revision if over is not None else 0,
        generation=max(claimed.generation, over.generation if over is not None else 0) + 1,
        admission="",
        deadline_at=_deadline(ports, claimed, over),
        next_at=format_timestamp(now),
        redrives=0,
    )
    try:
        row = ports.ledger.accept(row)
    except KeyTaken:  # newer content has the key; this drop must still be followed to its end
        row = ports.ledger.save(row)
    dispatch.send_next(ports, row)
    return row


def _deadline(ports: Ports, claimed: Drop, over: Drop | None) -> str:
    """Of a revived row. The claim does not say how long the drop has been queued since: if IMS has no request, the
    deadline starts again; else that of the row `over` counts too."""
    if claimed.stage == "accepted":
        return add_seconds(format_timestamp(ports.clock()), ports.settings.attempt_deadline)
    if over is None or over.attempt != claimed.attempt or over.open_index_partition == "queued":
        return claimed.deadline_at
    return max(claimed.deadline_at, over.deadline_at)


def catch_up(ports: Ports, row: Drop) -> bool:
    """Before CreateImage is called, its image is searched for, or a replaced file ends the drop. True: the bucket knows
    more than the row, which is replaced: it is validated again if its attempt has ended and nothing says how. Raises
    OtherInstallation, and Conflict if another worker was faster."""
    claimed = claims.read_own_claim(ports.objects, row.bucket, row.drop_id, ports.settings.installation)
    if claimed is not None and claims.is_ahead(claimed, row):
        log_drop("the claim tells of a call that the ledger does not know", row, level=WARNING)
        revive(ports, claimed, row)
        return True
    if (informed := with_ends(ports, row)) == row:
        return False
    has_ended = informed.attempt != row.attempt
    if has_ended:
        log_drop("its attempt has ended, and nothing says how", row, level=WARNING)
        informed = transitions.start_over(informed, ports.clock(), ports.settings.pairing_deadline)
    dispatch.send_next(ports, ports.ledger.save(informed))
    if has_ended:
        admission.free_slot(ports, row)
    return True


def with_ends(ports: Ports, row: Drop) -> Drop:
    """The row with an attempt number that no attempt of its drop has ended with, and the images that they have
    disowned. If the result file says how the drop ended, the row is older than the bucket: it is replaced by that end.
    Raises Conflict then, or if another worker was faster."""
    informed = end_markers.with_ends(ports.objects, row)
    if informed.attempt == row.attempt:
        return informed
    known = recover(ports, row.bucket, row.key, row.drop_id, row.owner, row, last_ended=informed.attempt - 1)
    if known is None:
        return informed
    raise Conflict(row.drop_id)
