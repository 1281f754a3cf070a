"""Why an open drop takes longer than its owner expects. No I/O."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from imagedrop.common.timestamps import seconds_between
from imagedrop.domain.drop import LIVE, ChannelDelivery, Drop, LateReason

# s after which the owner is told
QUEUED_LONG = 4 * 3600.0
HELD_LONG = 3600.0
UNANSWERED_LONG = 1800.0

TOLD = ("done", "skipped", "refused")


@dataclass(frozen=True)
class Late:
    """`since`: when the drop began to wait for what the reason says."""

    reason: LateReason
    since: str


def untold(row: Drop, now: datetime, importing_long: float) -> Late | None:
    """The first reason for which the drop is late and its owner has not been told. None: there is none.
    `importing_long`: s after which an import of this drop takes long."""
    for late, after in waits(row, importing_long):
        if seconds_between(late.since, now) >= after and delivery(row, late.reason).state not in TOLD:
            return late
    return None


def delivery(row: Drop, reason: LateReason) -> ChannelDelivery:
    return (row.late or {}).get(reason, ChannelDelivery())


def waits(row: Drop, importing_long: float) -> Iterator[tuple[Late, float]]:
    """What the drop waits for, and after how many s it is late because of that."""
    if row.open_index_partition == "queued":  # what held it may have passed: only its next call can tell
        yield Late("queued", row.queued_since or row.updated_at), QUEUED_LONG
    elif row.held is not None and row.stage in LIVE:
        yield Late("held", row.held.since), HELD_LONG
    if row.stage == "submitting" and row.sent_at is not None:
        yield Late("unanswered", row.sent_at), UNANSWERED_LONG
    if row.stage == "importing" and row.job_started_at is not None:
        yield Late("importing", row.job_started_at), importing_long
