"""A drop: its id, its row in the ledger, and which stage may follow which (`stages` takes it there). Pure."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field

from imagedrop.common.timestamps import format_timestamp, parse_timestamp
from imagedrop.common.vocabulary import Language
from imagedrop.domain.create_image_request import DataImageRequest, StoredRequest
from imagedrop.domain.object_keys import sidecar_key
from imagedrop.findings import Finding

Stage = Literal["waiting", "accepted", "submitting", "importing", "registered", "rejected", "failed"]
ENDED: frozenset[Stage] = frozenset({"registered", "rejected", "failed"})
LIVE: frozenset[Stage] = frozenset({"accepted", "submitting", "importing"})
ALLOWED_TRANSITIONS: Mapping[Stage, frozenset[Stage]] = {
    "waiting": frozenset({"waiting", "accepted", "rejected", "failed"}),
    "accepted": frozenset({"accepted", "submitting", "importing", "rejected", "failed"}),
    "submitting": frozenset({"submitting", "accepted", "importing", "rejected", "failed"}),
    "importing": frozenset({"importing", "accepted", "registered", "failed"}),
    # Nothing leaves an end but `again`, which makes a new attempt.
    "registered": frozenset(),
    "rejected": frozenset(),
    "failed": frozenset(),
}

OpenIndexPartition = Literal[
    "working", "queued", "other"
]  # in the ledger's index: with IMS, in line for it, or neither

OBJECT_REPLACED = "object.replaced"  # the reason of an attempt whose files changed under it

Channel = Literal["result", "sns", "mail"]
CHANNELS: tuple[Channel, ...] = ("result", "sns", "mail")
DeliveryState = Literal["pending", "sending", "done", "skipped", "refused"]


class Row(BaseModel):
    """A stored model. A field whose stored name differs from its Python name carries the stored name as alias."""

    # `ignore`: an older version may read a newer one's row.
    model_config = ConfigDict(frozen=True, extra="ignore", populate_by_name=True, serialize_by_alias=True)

    def model_copy(self, *, update: Mapping[str, Any] | None = None, deep: bool = False) -> Self:
        """As pydantic's, but raises TypeError for a name that is no field: pydantic would lose the value silently."""
        if unknown := set(update or ()) - type(self).model_fields.keys():
            raise TypeError(f"{type(self).__name__} has no field {', '.join(sorted(unknown))}")
        return super().model_copy(update=update, deep=deep)


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


class ChannelDelivery(Row):
    """How far a channel of the notice is. `at`: when it was claimed or finished."""

    state: DeliveryState = "pending"
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
    blocked_by: str | None = Field(None, alias="behind")
    parked: bool = False  # its image has gone: nobody's business until it comes back
    # what was found and asked for
    owner: Owner | None = None
    sidecar: dict[str, Any] | None = None
    size: int | None = None  # bytes of all its images
    facts: dict[str, Any] | None = None
    findings: tuple[dict[str, Any], ...] = ()
    request: StoredRequest | None = None
    # registration and polling
    admission: Literal["", "queued", "called"] = Field(
        "", alias="turn"
    )  # in line for IMS; called: it counts among IMS's tasks
    sent_at: str | None = None  # set just before the call: without it IMS surely knows nothing
    sends: int = 0
    restarts: int = 0  # of jobs that failed for a passing reason
    job_id: str | None = None
    job_started_at: str | None = None
    looks: tuple[int, ...] = ()  # s after that, as planned
    images: tuple[DropImage, ...] = ()
    disowned_images: tuple[str, ...] = Field(
        (), alias="doubtful"
    )  # images of earlier tries, killed, or made while a file was replaced: never taken
    generation: int = 0
    tries: int = 0  # of the present step; makes its waits grow
    next_at: str | None = None  # when the next step is due, as far as it is known
    held: Held | None = None
    redrives: int = 0
    # the end
    reason: Reason | None = None
    deliveries: dict[Channel, ChannelDelivery] = Field({}, alias="told")
    end_marked: bool = Field(False, alias="sealed")  # the bucket says, too, that this is over

    @property
    def ended(self) -> bool:
        return self.stage in ENDED

    @property
    def open(self) -> bool:
        """Somebody still has to do something about it."""
        return not self.parked and (not self.ended or not self.end_marked)

    @property
    def open_index_partition(self) -> OpenIndexPartition | None:
        """Where it is counted; None: nobody has to do anything about it. One whose outcome is unknown may be with IMS,
        and is not counted: a few lost answers would keep all others waiting."""
        if not self.open:
            return None
        if self.stage == "importing" or (self.stage in LIVE and self.admission == "called"):
            return "working"
        return "queued" if self.stage == "accepted" and self.admission == "queued" else "other"

    @property
    def tasks(self) -> int:
        """How many of IMS's tasks it takes: one for each image that it is to become."""
        return 1 + len(self.data_images)

    @property
    def data_images(self) -> list[DataImageRequest]:
        return (self.request.get("data_images") or []) if self.request else []

    @property
    def parts(self) -> tuple[str, ...]:
        """The keys of its files other than the image and the sidecar."""
        return tuple(key for key in self.versions if key not in (self.key, sidecar_key(self.key)))

    @property
    def all_delivered(self) -> bool:
        return all(
            self.deliveries.get(channel, ChannelDelivery()).state in ("done", "skipped", "refused")
            for channel in CHANNELS
        )

    def all_findings(self) -> list[Finding]:
        return [Finding.restore(one) for one in self.findings]

    def updated(self, now: datetime, **changes: Any) -> Drop:
        """The row changed and dated. Refuses a stage that does not follow."""
        stage = changes.get("stage", self.stage)
        if "stage" in changes and stage not in ALLOWED_TRANSITIONS[self.stage]:
            raise WrongStage(f"{self.stage} -> {stage} ({self.drop_id})")
        return self.model_copy(update={"updated_at": format_timestamp(now), "parked": False, **changes})


def drop_id(bucket: str, key: str, etag: str) -> str:
    """43 characters, fit for an IMS tag value. `etag` as HEAD gives it, quotes are taken off."""
    digest = hashlib.sha256("\0".join((bucket, key, etag.strip('"'))).encode("utf-8", "surrogatepass")).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def waiting_id(bucket: str, key: str) -> str:
    """The row of a drop whose image no HEAD has seen yet."""
    return f"waiting:{bucket}/{key}"


def with_next_revision(drop: Drop) -> Drop:
    """As the ledger writes it. The revision of a row that was not there is the time, in ms: whoever still holds a row
    of this id that was deleted or lost since does not take the new one for it."""
    revision = drop.revision + 1 if drop.revision else int(parse_timestamp(drop.updated_at).timestamp() * 1000)
    return drop.model_copy(update={"revision": revision})
