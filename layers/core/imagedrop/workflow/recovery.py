"""Rebuilds a row that the ledger has lost, from claim and result file. Neither knows all attempts: the number of the
next one comes from the end markers (`with_attempt_number`)."""

from __future__ import annotations

from imagedrop.common.timestamps import format_timestamp
from imagedrop.domain.drop import CHANNELS, ChannelDelivery, Drop, Owner
from imagedrop.ports import KeyTaken, Ports
from imagedrop.workflow import dispatch
from imagedrop.workflow.bucket_records import claims, end_markers, results


def recover(ports: Ports, bucket: str, image_key: str, drop_id: str, owner: Owner | None = None) -> Drop | None:
    """The recovered and saved row: ended if the drop has a result file, live if it has a claim, None if it has neither.

    A claim stays until the end is notified, so the result file counts unless the claim is of a later attempt.
    `owner`: the one to notify if there is no claim; a result file does not name the owner.
    """
    claimed = claims.read_claim(ports.objects, bucket, drop_id)
    ended = results.read_result(ports.objects, bucket, image_key, drop_id)
    if ended is None or (claimed is not None and claimed.attempt > ended.attempt):
        return revive(ports, claimed) if claimed is not None else None
    ended = ended.updated(ports.clock(), owner=claimed.owner if claimed is not None else owner)
    if ports.objects.head(bucket, end_markers.end_marker_key(ended)) is not None:
        deliveries = {channel: ChannelDelivery(state="done", at=ended.ended_at) for channel in CHANNELS}
        ended = ended.model_copy(update={"deliveries": deliveries, "end_marked": True})
    return ports.ledger.save(ended)


def revive(ports: Ports, claimed: Drop) -> Drop:
    """Makes a claimed row live again. Raises Conflict if another worker was faster.

    The claim may be older than the lost row: the next generation makes old messages void, and the drop is due now."""
    now = ports.clock()
    row = claimed.updated(
        now, generation=claimed.generation + 1, admission="", next_at=format_timestamp(now), redrives=0
    )
    try:
        row = ports.ledger.accept(row)
    except KeyTaken:  # newer content has the key; this drop must still be followed to its end
        row = ports.ledger.save(row)
    dispatch.send_next(ports, row)
    return row
