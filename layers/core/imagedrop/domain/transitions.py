"""The transitions of a drop from stage to stage. No I/O.

    waiting      its files are not all there    -> accepted, rejected, failed
    accepted     valid; IMS has no request      -> submitting, importing (an image was found), rejected, failed
    submitting   CreateImage is being called    -> importing, accepted (IMS has no request), rejected, failed
    importing    IMS runs the job               -> registered, failed, accepted (restart the job once)
    registered, rejected, failed                -> waiting, as a new attempt: its files changed, or it is redriven

While IMS has no request, a drop begins a new attempt, too, when a file other than its image changes. A registered drop
that is dropped again keeps its image: see `answer_with_image`.

Every function returns the changed row. The caller saves it; the ledger refuses that if another worker was faster.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from imagedrop.common.timestamps import add_seconds, format_timestamp, seconds_between
from imagedrop.domain import drop as drops
from imagedrop.domain.drop import (
    CHANNELS,
    OBJECT_REPLACED,
    Channel,
    ChannelDelivery,
    Drop,
    DropImage,
    Held,
    Reason,
    Versions,
    WrongStage,
)
from imagedrop.findings import Finding


def new_drop(bucket: str, key: str, etag: str | None, now: datetime, pairing_deadline: float) -> Drop:
    at = format_timestamp(now)
    return Drop(
        drop_id=drops.drop_id(bucket, key, etag) if etag is not None else drops.waiting_id(bucket, key),
        bucket=bucket,
        key=key,
        etag=etag,
        received_at=at,
        updated_at=at,
        deadline_at=add_seconds(at, pairing_deadline),
    )


def new_attempt(drop: Drop, now: datetime, pairing_deadline: float) -> Drop:
    """A fresh row: attempt and generation one higher; revision kept; `disowned_images` kept, and the images of a
    replaced file added. Raises WrongStage unless the drop has ended or no request was sent to IMS."""
    not_sent = drop.stage in ("accepted", "submitting") and drop.sent_at is None
    if not drop.ended and not not_sent:
        raise WrongStage(f"drop {drop.drop_id}: no new attempt while {drop.stage}")
    later = {"attempt": drop.attempt + 1, "disowned_images": disowned_for_later(drop)}
    return start_over(drop.model_copy(update=later), now, pairing_deadline)


def start_over(drop: Drop, now: datetime, pairing_deadline: float) -> Drop:
    """A fresh row with this row's attempt number and `disowned_images`; generation one higher; revision kept."""
    fresh = new_drop(drop.bucket, drop.key, drop.etag, now, pairing_deadline)
    return fresh.model_copy(
        update={
            "attempt": drop.attempt,
            "revision": drop.revision,
            "generation": drop.generation + 1,
            "disowned_images": drop.disowned_images,
        }
    )


def disowned_for_later(drop: Drop) -> tuple[str, ...]:
    """The images that no later attempt of this drop may adopt: also its own, if a file was replaced meanwhile."""
    replaced = drop.reason is not None and drop.reason.code == OBJECT_REPLACED
    return (*drop.disowned_images, *(image.id for image in drop.images if replaced))


def answer_with_image(drop: Drop, now: datetime, versions: Versions, finding: Finding) -> Drop:
    """A registered drop was dropped again: a new attempt that has ended already, with the existing image."""
    if drop.stage != "registered":
        raise WrongStage(f"drop {drop.drop_id} is {drop.stage}, not registered")
    return drop.updated(
        now,
        attempt=drop.attempt + 1,
        versions=versions,
        findings=(finding.stored(),),
        ended_at=format_timestamp(now),
        deliveries=_pending_deliveries(),
        end_marked=False,
    )


def wait(
    drop: Drop, now: datetime, *, versions: Versions, missing: tuple[str, ...], blocked_by: str | None = None
) -> Drop:
    redrives = drop.redrives if versions == drop.versions else 0
    return drop.updated(
        now, stage="waiting", versions=versions, missing=missing, blocked_by=blocked_by, redrives=redrives
    )


def park(drop: Drop, now: datetime) -> Drop:
    return drop.updated(now, stage="waiting", missing=(), blocked_by=None, parked=True)


def unpark(drop: Drop, now: datetime, pairing_deadline: float) -> Drop:
    """There is an image again: it waits for its other files as a new one does."""
    return drop.updated(now, deadline_at=add_seconds(format_timestamp(now), pairing_deadline))


def accept(drop: Drop, now: datetime, attempt_deadline: float, **found: Any) -> Drop:
    """`found`: the fields versions, sidecar, size, facts, findings and request."""
    deadline = add_seconds(format_timestamp(now), attempt_deadline)
    return drop.updated(now, stage="accepted", missing=(), blocked_by=None, deadline_at=deadline, redrives=0, **found)


def queue(drop: Drop, now: datetime, queue_deadline: float) -> Drop:
    """Puts the drop at the end of the queue for IMS. Only while IMS has no request. Its deadline is now
    `queue_deadline` seconds after it was first queued; `admit` restores that of the attempt."""
    at = format_timestamp(now)
    since = drop.queued_since or at
    return drop.updated(
        now,
        stage="accepted",
        admission="queued",
        queued_since=since,
        attempt_left=-int(seconds_between(drop.deadline_at, now)),
        deadline_at=add_seconds(since, queue_deadline),
        redrives=0,
        next_at=None,
    )


def limit_queue_time(drop: Drop, queue_deadline: float) -> Drop:
    """A row that an older version has queued, with the deadline that `queue` sets. It keeps its place in the queue,
    which follows from `updated_at`."""
    since = drop.updated_at
    return drop.model_copy(update={"queued_since": since, "deadline_at": add_seconds(since, queue_deadline)})


def admit(drop: Drop, now: datetime, attempt_deadline: float) -> Drop:
    """Gives the drop a slot; its tasks count from now on. The attempt has the time left that it had when queued."""
    left = attempt_deadline if drop.attempt_left is None else drop.attempt_left
    return drop.updated(
        now,
        admission="called",
        deadline_at=add_seconds(format_timestamp(now), left),
        attempt_left=None,
        redrives=0,
        next_at=None,
    )


def begin_submit(drop: Drop, now: datetime, answer_within: float) -> Drop:
    """CreateImage is about to be called. Nothing is sent yet. For `answer_within` seconds other workers wait: else one
    could take the claim, which is written before `mark_sent`, for that of a lost call."""
    due = add_seconds(format_timestamp(now), answer_within)
    return drop.updated(now, stage="submitting", admission="called", sent_at=None, redrives=0, next_at=due)


def mark_sent(drop: Drop, now: datetime, answer_within: float) -> Drop:
    """CreateImage is called now. For `answer_within` seconds other workers do not write the row: else saving the job id
    would fail."""
    at = format_timestamp(now)
    return drop.updated(
        now, sent_at=at, calls=drop.calls + 1, sends=drop.sends + 1, next_at=add_seconds(at, answer_within)
    )


def return_to_accepted(
    drop: Drop, now: datetime, wait_seconds: float, held: Held | None = None, admission: Literal["", "called"] = ""
) -> Drop:
    """IMS has no request: it may be sent again after `wait_seconds`. `admission`: "called" keeps the slot."""
    return drop.updated(
        now,
        stage="accepted",
        admission=admission,
        sent_at=None,
        held=held,
        redrives=0,
        tries=drop.tries + 1,
        next_at=add_seconds(format_timestamp(now), wait_seconds),
    )


def begin_import(drop: Drop, now: datetime, *, job_id: str | None, images: tuple[DropImage, ...], first: float) -> Drop:
    """IMS runs the import. `first`: seconds until the first poll. `job_id`: None where only the images are known."""
    at = format_timestamp(now)
    return drop.updated(
        now,
        stage="importing",
        job_id=job_id,
        images=images,
        job_started_at=at,
        images_missing_since=None,
        held=None,
        redrives=0,
        tries=0,
        next_at=add_seconds(at, first),
    )


def end(
    drop: Drop, now: datetime, stage: Literal["registered", "rejected", "failed"], reason: Reason | None, **more: Any
) -> Drop:
    return drop.updated(
        now,
        stage=stage,
        reason=reason,
        ended_at=format_timestamp(now),
        held=None,
        blocked_by=None,
        redrives=0,
        next_at=None,
        deliveries=_pending_deliveries(),
        end_marked=False,
        **more,
    )


def restart_job(drop: Drop, now: datetime) -> Drop:
    """The job failed with a temporary error: the same attempt calls CreateImage again."""
    return drop.updated(
        now,
        stage="accepted",
        admission="called",
        job_id=None,
        images=(),
        sent_at=None,
        generation=drop.generation + 1,
        sends=0,
        restarts=drop.restarts + 1,
        next_at=None,
        redrives=0,
    )


def _pending_deliveries() -> dict[Channel, ChannelDelivery]:
    return {channel: ChannelDelivery() for channel in CHANNELS}
