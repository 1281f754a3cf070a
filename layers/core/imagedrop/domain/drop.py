"""A drop: its id, its row in the ledger, and which stage may follow which (`transitions` makes the changes). No I/O."""

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
    # A drop leaves these stages only by `transitions.new_attempt`.
    "registered": frozenset(),
    "rejected": frozenset(),
    "failed": frozenset(),
}

# Of the ledger's index `open`. working: IMS has it, or it may ask IMS; queued: it waits for a free slot.
OpenIndexPartition = Literal["working", "queued", "other"]

OBJECT_REPLACED = "object.replaced"  # reason code of an attempt that failed because its files changed

Channel = Literal["result", "sns", "mail"]
CHANNELS: tuple[Channel, ...] = ("result", "sns", "mail")
LateReason = Literal["queued", "held", "unanswered", "importing"]  # see lateness
DeliveryState = Literal["pending", "sending", "done", "skipped", "refused"]


class Row(BaseModel):
    """A stored model. A field whose stored name differs from its Python name carries the stored name as alias."""

    # `ignore`: the row may be of a newer version.
    model_config = ConfigDict(frozen=True, extra="ignore", populate_by_name=True, serialize_by_alias=True)

    def model_copy(self, *, update: Mapping[str, Any] | None = None, deep: bool = False) -> Self:
        """As pydantic's, but raises TypeError for an unknown field: pydantic would ignore it."""
        if unknown := set(update or ()) - type(self).model_fields.keys():
            raise TypeError(f"{type(self).__name__} has no field {', '.join(sorted(unknown))}")
        return super().model_copy(update=update, deep=deep)


def added_later() -> Any:
    """A field that older versions do not have. It is written only if it is set, so older rows stay as they are."""
    return Field(None, exclude_if=lambda value: value is None)


class FileVersion(Row):
    etag: str
    last_modified: str


Versions = dict[str, FileVersion | None]  # key -> version; None: there was no such object


class Owner(Row):
    email: str
    name: str | None = None
    language: Language = "en"


class Reason(Row):
    """Why a drop was rejected or failed. `code`: of IMS, of a finding, or ours (`object.replaced`)."""

    code: str
    message: str


class Held(Row):
    """An error that only an operator can resolve. The drop keeps its stage and retries."""

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
    """Delivery of the notice by one channel. `at`: when the state began; `sending` without it: what was sent surely did
    not get through. `repeats`: how often it was sent again after an unknown outcome."""

    state: DeliveryState = "pending"
    at: str | None = None
    note: str | None = None
    repeats: int = Field(0, exclude_if=lambda repeats: not repeats)


class WrongStage(Exception):
    """The new stage may not follow the present one. A bug, never bad input."""


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
    parked: bool = False  # its image was deleted: ignored until there is an image again
    # what validate found
    owner: Owner | None = None
    sidecar: dict[str, Any] | None = None
    size: int | None = None  # bytes, of the image and its data images
    facts: dict[str, Any] | None = None
    findings: tuple[dict[str, Any], ...] = ()
    request: StoredRequest | None = None
    # registration and polling
    admission: Literal["", "queued", "called"] = Field("", alias="turn")  # waits for a slot of IMS; has one
    queued_since: str | None = added_later()  # when this attempt was first queued
    attempt_left: int | None = added_later()  # s of `attempt_deadline`, which does not run while the drop is queued
    sent_at: str | None = None  # set just before CreateImage is called: without it IMS has had no request
    # Calls of CreateImage in this attempt, also those that IMS has surely not taken.
    calls: int = Field(0, exclude_if=lambda calls: not calls)
    sends: int = 0  # calls of CreateImage that IMS may have taken
    restarts: int = 0  # new jobs after one that failed with a temporary error
    job_id: str | None = None
    job_started_at: str | None = None
    # Seconds after `job_started_at`. Only stored rows and claims of earlier versions have them; nothing uses them.
    planned_polls: tuple[int, ...] = Field((), alias="looks")
    images: tuple[DropImage, ...] = ()
    # Since when IMS does not show images that it has made, or that it showed before.
    images_missing_since: str | None = added_later()
    # Ids of images that are never adopted: they were deleted, or a file was replaced during their import.
    disowned_images: tuple[str, ...] = Field((), alias="doubtful")
    generation: int = 0
    tries: int = 0  # of the present step; its waits grow with them
    next_at: str | None = None  # when the next step is due, if known
    held: Held | None = None
    late: dict[LateReason, ChannelDelivery] | None = added_later()  # mails that told the owner of a delay
    redrives: int = 0
    # the end
    reason: Reason | None = None
    deliveries: dict[Channel, ChannelDelivery] = Field({}, alias="told")
    end_marked: bool = Field(False, alias="sealed")  # the bucket holds the end marker

    @property
    def ended(self) -> bool:
        return self.stage in ENDED

    @property
    def open(self) -> bool:
        """False: nothing is left to do."""
        return not self.parked and (not self.ended or not self.end_marked)

    @property
    def open_index_partition(self) -> OpenIndexPartition | None:
        """None: the row is not open. A drop whose outcome is unknown is `other`, though IMS may be importing it: else a
        few lost answers would block all other drops."""
        if not self.open:
            return None
        if self.stage == "importing" or (self.stage in LIVE and self.admission == "called"):
            return "working"
        return "queued" if self.stage == "accepted" and self.admission == "queued" else "other"

    @property
    def tasks(self) -> int:
        """How many IMS tasks it needs: one for each image."""
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
        return [Finding.restore(finding) for finding in self.findings]

    def updated(self, now: datetime, **changes: Any) -> Drop:
        """A copy with these changes, dated `now` and not parked. Raises WrongStage."""
        stage = changes.get("stage", self.stage)
        if "stage" in changes and stage not in ALLOWED_TRANSITIONS[self.stage]:
            raise WrongStage(f"drop {self.drop_id}: no change from {self.stage} to {stage}")
        return self.model_copy(update={"updated_at": format_timestamp(now), "parked": False, **changes})


def drop_id(bucket: str, key: str, etag: str) -> str:
    """43 characters that an IMS tag value may hold. `etag`: as HEAD answers it, with or without quotes."""
    digest = hashlib.sha256("\0".join((bucket, key, etag.strip('"'))).encode("utf-8", "surrogatepass")).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def waiting_id(bucket: str, key: str) -> str:
    """The id of a drop whose image is not there yet."""
    return f"waiting:{bucket}/{key}"


def with_next_revision(drop: Drop) -> Drop:
    """The row as the ledger writes it. The revision is at least the time in ms. So after a deletion, or after the
    restore of an older ledger, it does not reach a number again that a worker may still hold."""
    revision = max(drop.revision + 1, int(parse_timestamp(drop.updated_at).timestamp() * 1000))
    return drop.model_copy(update={"revision": revision})
