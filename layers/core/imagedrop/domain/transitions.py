"""From stage to stage. Pure.

              ┌────────────── sidecar changed ───────────────┐
              ▼                                              │
    ──▶ waiting ──▶ accepted ──▶ submitting ──▶ importing ──▶ registered
          │ ▲          │ ▲           │ │            │
          │ │          │ └─ surely ──┘ │            ├─ a job that may be started once more goes back to accepted
          │ │          │  not taken    │            ▼
          │ │          └───────────────┴─────────▶ rejected, failed
          │ └── dropped again: a new attempt ─────── │
          └──────────────────────────────────────────┘

Every function takes a row and returns the row as it is to be written; the ledger writes it only if nobody else has.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from imagedrop.common.timestamps import add_seconds, format_timestamp
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
    """The next attempt of a drop: everything of the last one is forgotten but that it was, and which images nobody can
    vouch for. Only of one that has ended, or that was accepted and whose files have changed before IMS was asked."""
    unasked = drop.stage in ("accepted", "submitting") and drop.sent_at is None
    if not drop.ended and not unasked:
        raise WrongStage(f"{drop.stage} -> a new attempt ({drop.drop_id})")
    fresh = new_drop(drop.bucket, drop.key, drop.etag, now, pairing_deadline)
    replaced = drop.reason is not None and drop.reason.code == OBJECT_REPLACED
    doubtful = (*drop.disowned_images, *(image.id for image in drop.images if replaced))
    return fresh.model_copy(
        update={
            "attempt": drop.attempt + 1,
            "revision": drop.revision,
            "generation": drop.generation + 1,
            "disowned_images": doubtful,
        }
    )


def answer_with_image(drop: Drop, now: datetime, versions: Versions, finding: Finding) -> Drop:
    """A registered drop that was dropped again: an attempt that ends at once, with the image that there is."""
    if drop.stage != "registered":
        raise WrongStage(f"{drop.stage} is answered with an image ({drop.drop_id})")
    told: dict[Channel, ChannelDelivery] = {channel: ChannelDelivery() for channel in CHANNELS}
    return drop.updated(
        now,
        attempt=drop.attempt + 1,
        versions=versions,
        findings=(finding.stored(),),
        ended_at=format_timestamp(now),
        deliveries=told,
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


def accept(drop: Drop, now: datetime, attempt_deadline: float, **found: Any) -> Drop:
    """`found`: versions, owner, sidecar, size, facts, findings, request."""
    deadline = add_seconds(format_timestamp(now), attempt_deadline)
    return drop.updated(now, stage="accepted", missing=(), blocked_by=None, deadline_at=deadline, redrives=0, **found)


def queue(drop: Drop, now: datetime) -> Drop:
    """To the end of the line for IMS. Only of one that IMS surely does not know."""
    return drop.updated(now, stage="accepted", admission="queued", redrives=0, next_at=None)


def admit(drop: Drop, now: datetime) -> Drop:
    """Its turn has come; it counts among IMS's tasks from here on."""
    return drop.updated(now, admission="called", held=None, redrives=0, next_at=None)


def begin_submit(drop: Drop, now: datetime) -> Drop:
    """About to call IMS; nothing is sent yet."""
    return drop.updated(now, stage="submitting", admission="called", sent_at=None, held=None, redrives=0)


def mark_sent(drop: Drop, now: datetime, answer_within: float) -> Drop:
    """From here on the outcome is unknown until it is known. Until the caller has its answer, or is dead, nobody else
    looks: a row that is written meanwhile would cost the job's id."""
    at = format_timestamp(now)
    return drop.updated(now, sent_at=at, sends=drop.sends + 1, next_at=add_seconds(at, answer_within))


def return_to_accepted(
    drop: Drop, now: datetime, wait_seconds: float, held: Held | None = None, admission: Literal["", "called"] = ""
) -> Drop:
    """IMS surely has not taken it: it may be sent again; called: without going back to the end of the line."""
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
    at = format_timestamp(now)
    return drop.updated(
        now,
        stage="importing",
        job_id=job_id,
        images=images,
        job_started_at=at,
        looks=drop.looks if job_id else (),
        held=None,
        redrives=0,
        tries=0,
        next_at=add_seconds(at, first),
    )


def end(
    drop: Drop, now: datetime, stage: Literal["registered", "rejected", "failed"], reason: Reason | None, **more: Any
) -> Drop:
    told: dict[Channel, ChannelDelivery] = {channel: ChannelDelivery() for channel in CHANNELS}
    return drop.updated(
        now,
        stage=stage,
        reason=reason,
        ended_at=format_timestamp(now),
        held=None,
        blocked_by=None,
        redrives=0,
        next_at=None,
        deliveries=told,
        end_marked=False,
        **more,
    )


def restart_job(drop: Drop, now: datetime) -> Drop:
    """A job that failed for a passing reason: the same attempt asks once more."""
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
