"""A row that the ledger has lost, rebuilt from what the bucket says."""

from __future__ import annotations

from imagedrop.common.timestamps import format_timestamp
from imagedrop.domain.drop import CHANNELS, ChannelDelivery, Drop, Owner
from imagedrop.ports import KeyTaken, Ports
from imagedrop.workflow import dispatch
from imagedrop.workflow.bucket_records import claims, end_markers, results


def recover(ports: Ports, bucket: str, image_key: str, drop_id: str, owner: Owner | None = None) -> Drop | None:
    """The row of this drop, saved again: ended if its result file says so, live if it is claimed. None: neither. A
    claim outlives the end until that is told. `owner`: whom to tell where no claim says it; a result file does not."""
    claimed = claims.read_claim(ports.objects, bucket, drop_id)
    ended = results.read_result(ports.objects, bucket, image_key, drop_id)
    if ended is None or (claimed is not None and claimed.attempt > ended.attempt):
        return revive(ports, claimed) if claimed is not None else None
    ended = ended.updated(ports.clock(), owner=claimed.owner if claimed is not None else owner)
    if ports.objects.head(bucket, end_markers.end_marker_key(ended)) is not None:
        told = {channel: ChannelDelivery(state="done", at=ended.ended_at) for channel in CHANNELS}
        ended = ended.model_copy(update={"deliveries": told, "end_marked": True})
    return ports.ledger.save(ended)


def revive(ports: Ports, claimed: Drop) -> Drop:
    """A claimed row, live again. It may be older than what became of it: its messages count no more, and it is looked
    at soon. Raises Conflict where somebody else was faster."""
    now = ports.clock()
    row = claimed.updated(
        now, generation=claimed.generation + 1, admission="", next_at=format_timestamp(now), redrives=0
    )
    try:
        row = ports.ledger.accept(row)
    except KeyTaken:  # newer content is at work already; this one still has to be followed to its end
        row = ports.ledger.save(row)
    dispatch.send_next(ports, row)
    return row
