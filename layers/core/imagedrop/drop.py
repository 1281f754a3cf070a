"""A drop: its id, its row in the ledger, and the stages that it may go through. Pure.

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

import base64
import hashlib
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

from imagedrop.findings import Finding
from imagedrop.names import sidecar_key
from imagedrop.times import later, moment, stamp
from imagedrop.vocabulary import Language

Stage = Literal["waiting", "accepted", "submitting", "importing", "registered", "rejected", "failed"]
ENDED: frozenset[Stage] = frozenset({"registered", "rejected", "failed"})
LIVE: frozenset[Stage] = frozenset({"accepted", "submitting", "importing"})
NEXT: Mapping[Stage, frozenset[Stage]] = {
    "waiting": frozenset({"waiting", "accepted", "rejected", "failed"}),
    "accepted": frozenset({"accepted", "submitting", "importing", "rejected", "failed"}),
    "submitting": frozenset({"submitting", "accepted", "importing", "rejected", "failed"}),
    "importing": frozenset({"importing", "accepted", "registered", "failed"}),
    # Nothing leaves an end but `again`, which makes a new attempt.
    "registered": frozenset(),
    "rejected": frozenset(),
    "failed": frozenset(),
}

Place = Literal["working", "queued", "other"]  # in the ledger's index: with IMS, in line for it, or neither

REPLACED = "object.replaced"  # the reason of an attempt whose files changed under it

Channel = Literal["result", "sns", "mail"]
CHANNELS: tuple[Channel, ...] = ("result", "sns", "mail")
ToldState = Literal["pending", "sending", "done", "skipped", "refused"]


class Row(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")  # an older version may read a newer one's row


class FileVersion(Row):
    etag: str
    last_modified: str


Versions = dict[str, FileVersion | None]  # key -> version; None: it was looked for and not there


class Owner(Row):
    email: str
    name: str | None = None
    language: Language = "en"


class Reason(Row):
    """Why a drop ended as it did, beyond its findings. `code` is IMS's or ours (`object.replaced`)."""

    code: str
    message: str


class Held(Row):
    """Waiting for an operator; the stage stays."""

    code: str
    message: str
    since: str


class DropImage(Row):
    role: Literal["system", "data"]
    id: str
    name: str | None = None
    min_disk: int | None = None
    file: str | None = None


class Told(Row):
    """How far a channel of the notice is. `at`: when it was claimed or finished."""

    state: ToldState = "pending"
    at: str | None = None
    note: str | None = None


class WrongStage(Exception):
    """A stage does not follow another. A bug, never bad input."""


class Drop(Row):
    """One row of the ledger."""

    drop_id: str
    bucket: str
    key: str
    etag: str | None = None
    stage: Stage = "waiting"
    attempt: int = 1
    revision: int = 0
    versions: Versions = {}
    received_at: str
    updated_at: str
    deadline_at: str
    ended_at: str | None = None
    # waiting
    missing: tuple[str, ...] = ()
    behind: str | None = None
    parked: bool = False  # its image has gone: nobody's business until it comes back
    # what was found and asked for
    owner: Owner | None = None
    sidecar: dict[str, Any] | None = None
    size: int | None = None  # bytes of all its images
    facts: dict[str, Any] | None = None
    findings: tuple[dict[str, Any], ...] = ()
    request: dict[str, Any] | None = None
    # registration and polling
    turn: Literal["", "queued", "called"] = ""  # in line for IMS; called: it counts among IMS's tasks
    sent_at: str | None = None  # set just before the call: without it IMS surely knows nothing
    sends: int = 0
    restarts: int = 0  # of jobs that failed for a passing reason
    job_id: str | None = None
    job_started_at: str | None = None
    looks: tuple[int, ...] = ()  # s after that, as planned
    images: tuple[DropImage, ...] = ()
    doubtful: tuple[str, ...] = ()  # images of earlier tries, killed, or made while a file was replaced: never taken
    generation: int = 0
    tries: int = 0  # of the present step; makes its waits grow
    next_at: str | None = None  # when the next step is due, as far as it is known
    held: Held | None = None
    redrives: int = 0
    # the end
    reason: Reason | None = None
    told: dict[Channel, Told] = {}
    sealed: bool = False  # the bucket says, too, that this is over

    @property
    def ended(self) -> bool:
        return self.stage in ENDED

    @property
    def open(self) -> bool:
        """Somebody still has to do something about it."""
        return not self.parked and (not self.ended or not self.sealed)

    @property
    def place(self) -> Place | None:
        """Where it is counted; None: nobody has to do anything about it. One whose outcome is unknown may be with IMS,
        and is not counted: a few lost answers would keep all others waiting."""
        if not self.open:
            return None
        if self.stage == "importing" or (self.stage in LIVE and self.turn == "called"):
            return "working"
        return "queued" if self.stage == "accepted" and self.turn == "queued" else "other"

    @property
    def tasks(self) -> int:
        """How many of IMS's tasks it takes: one for each image that it is to become."""
        return 1 + len((self.request or {}).get("data_images") or ())

    @property
    def parts(self) -> tuple[str, ...]:
        """The keys of its files other than the image and the sidecar."""
        return tuple(key for key in self.versions if key not in (self.key, sidecar_key(self.key)))

    @property
    def all_told(self) -> bool:
        return all(self.told.get(channel, Told()).state in ("done", "skipped", "refused") for channel in CHANNELS)

    def all_findings(self) -> list[Finding]:
        return [Finding.restore(one) for one in self.findings]

    def with_(self, now: datetime, **changes: Any) -> Drop:
        """The row changed and dated. Refuses a stage that does not follow."""
        stage = changes.get("stage", self.stage)
        if "stage" in changes and stage not in NEXT[self.stage]:
            raise WrongStage(f"{self.stage} -> {stage} ({self.drop_id})")
        return self.model_copy(update={"updated_at": stamp(now), "parked": False, **changes})


def drop_id(bucket: str, key: str, etag: str) -> str:
    """43 characters, fit for an IMS tag value. `etag` as HEAD gives it, quotes are taken off."""
    digest = hashlib.sha256("\0".join((bucket, key, etag.strip('"'))).encode("utf-8", "surrogatepass")).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def waiting_id(bucket: str, key: str) -> str:
    """The row of a drop whose image no HEAD has seen yet."""
    return f"waiting:{bucket}/{key}"


def revised(drop: Drop) -> Drop:
    """As the ledger writes it. The revision of a row that was not there is the time, in ms: whoever still holds a row
    of this id that was deleted or lost since does not take the new one for it."""
    revision = drop.revision + 1 if drop.revision else int(moment(drop.updated_at).timestamp() * 1000)
    return drop.model_copy(update={"revision": revision})


def new(bucket: str, key: str, etag: str | None, now: datetime, pairing_deadline: float) -> Drop:
    at = stamp(now)
    return Drop(
        drop_id=drop_id(bucket, key, etag) if etag is not None else waiting_id(bucket, key),
        bucket=bucket,
        key=key,
        etag=etag,
        received_at=at,
        updated_at=at,
        deadline_at=later(at, pairing_deadline),
    )


def again(drop: Drop, now: datetime, pairing_deadline: float) -> Drop:
    """The next attempt of a drop: everything of the last one is forgotten but that it was, and which images nobody can
    vouch for. Only of one that has ended, or that was accepted and whose files have changed before IMS was asked."""
    unasked = drop.stage in ("accepted", "submitting") and drop.sent_at is None
    if not drop.ended and not unasked:
        raise WrongStage(f"{drop.stage} -> a new attempt ({drop.drop_id})")
    fresh = new(drop.bucket, drop.key, drop.etag, now, pairing_deadline)
    replaced = drop.reason is not None and drop.reason.code == REPLACED
    doubtful = (*drop.doubtful, *(image.id for image in drop.images if replaced))
    return fresh.model_copy(
        update={
            "attempt": drop.attempt + 1,
            "revision": drop.revision,
            "generation": drop.generation + 1,
            "doubtful": doubtful,
        }
    )


def answer(drop: Drop, now: datetime, attempt: int, versions: Versions, finding: Finding) -> Drop:
    """A registered drop that was dropped again: an attempt that ends at once, with the image that there is."""
    if drop.stage != "registered":
        raise WrongStage(f"{drop.stage} is answered with an image ({drop.drop_id})")
    told: dict[Channel, Told] = {channel: Told() for channel in CHANNELS}
    return drop.with_(
        now,
        attempt=attempt,
        versions=versions,
        findings=(finding.stored(),),
        ended_at=stamp(now),
        told=told,
        sealed=False,
    )


def wait(drop: Drop, now: datetime, *, versions: Versions, missing: tuple[str, ...], behind: str | None = None) -> Drop:
    redrives = drop.redrives if versions == drop.versions else 0
    return drop.with_(now, stage="waiting", versions=versions, missing=missing, behind=behind, redrives=redrives)


def park(drop: Drop, now: datetime) -> Drop:
    return drop.with_(now, stage="waiting", missing=(), behind=None, parked=True)


def accept(drop: Drop, now: datetime, attempt_deadline: float, **found: Any) -> Drop:
    """`found`: versions, owner, sidecar, size, facts, findings, request."""
    deadline = later(stamp(now), attempt_deadline)
    return drop.with_(now, stage="accepted", missing=(), behind=None, deadline_at=deadline, redrives=0, **found)


def queue(drop: Drop, now: datetime) -> Drop:
    """To the end of the line for IMS. Only of one that IMS surely does not know."""
    return drop.with_(now, stage="accepted", turn="queued", redrives=0, next_at=None)


def call(drop: Drop, now: datetime) -> Drop:
    """Its turn has come; it counts among IMS's tasks from here on."""
    return drop.with_(now, turn="called", held=None, redrives=0, next_at=None)


def reserve(drop: Drop, now: datetime) -> Drop:
    """About to call IMS; nothing is sent yet."""
    return drop.with_(now, stage="submitting", turn="called", sent_at=None, held=None, redrives=0)


def sending(drop: Drop, now: datetime, answer_within: float) -> Drop:
    """From here on the outcome is unknown until it is known. Until the caller has its answer, or is dead, nobody else
    looks: a row that is written meanwhile would cost the job's id."""
    at = stamp(now)
    return drop.with_(now, sent_at=at, sends=drop.sends + 1, next_at=later(at, answer_within))


def release(
    drop: Drop, now: datetime, wait_seconds: float, held: Held | None = None, turn: Literal["", "called"] = ""
) -> Drop:
    """IMS surely has not taken it: it may be sent again; called: without going back to the end of the line."""
    return drop.with_(
        now,
        stage="accepted",
        turn=turn,
        sent_at=None,
        held=held,
        redrives=0,
        tries=drop.tries + 1,
        next_at=later(stamp(now), wait_seconds),
    )


def importing(drop: Drop, now: datetime, *, job_id: str | None, images: tuple[DropImage, ...], first: float) -> Drop:
    at = stamp(now)
    return drop.with_(
        now,
        stage="importing",
        job_id=job_id,
        images=images,
        job_started_at=at,
        looks=drop.looks if job_id else (),
        held=None,
        redrives=0,
        tries=0,
        next_at=later(at, first),
    )


def end(
    drop: Drop, now: datetime, stage: Literal["registered", "rejected", "failed"], reason: Reason | None, **more: Any
) -> Drop:
    told: dict[Channel, Told] = {channel: Told() for channel in CHANNELS}
    return drop.with_(
        now,
        stage=stage,
        reason=reason,
        ended_at=stamp(now),
        held=None,
        behind=None,
        redrives=0,
        next_at=None,
        told=told,
        sealed=False,
        **more,
    )


def restart_job(drop: Drop, now: datetime) -> Drop:
    """A job that failed for a passing reason: the same attempt asks once more."""
    return drop.with_(
        now,
        stage="accepted",
        turn="called",
        job_id=None,
        images=(),
        sent_at=None,
        generation=drop.generation + 1,
        sends=0,
        restarts=drop.restarts + 1,
        next_at=None,
        redrives=0,
    )
