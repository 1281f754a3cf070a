"""The ports: what the core asks of the world. Adapters: obs, ims, ledger, queues, notices; tests hand in fakes.

Nothing in the core reads a clock, sleeps, draws a random number or opens a connection but through these.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal, Protocol

from imagedrop.store import ObjectChanged as ObjectChanged
from imagedrop.store import ObjectsRefused as ObjectsRefused
from imagedrop.store import ObjectsUnavailable as ObjectsUnavailable

if TYPE_CHECKING:
    from imagedrop.domain.drop import Drop


class Clock(Protocol):
    def __call__(self) -> datetime:
        """Now, aware, UTC."""


class Sleep(Protocol):
    def __call__(self, seconds: float) -> None: ...


class Together(Protocol):
    def __call__(self, calls: Sequence[Callable[[], bytes]]) -> Sequence[bytes]:
        """Makes independent calls, at once where it can; their answers, in their order. Raises what the first to fail
        raises."""


def one_by_one(calls: Sequence[Callable[[], bytes]]) -> Sequence[bytes]:
    return [call() for call in calls]


class Random(Protocol):
    """`random.Random` is one."""

    def random(self) -> float:
        """In [0, 1)."""


# --- OBS ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ObjectHead:
    """An object as HEAD or LIST shows it. `etag` without quotes; `last_modified` UTC, `2026-11-24T13:00:00Z`, whole
    seconds (LIST has more digits than HEAD: both are cut to the same)."""

    key: str
    etag: str
    size: int
    last_modified: str
    storage_class: str | None = None  # None: not said, which OBS means as STANDARD
    encryption: str | None = None  # x-amz-server-side-encryption
    content_encoding: str | None = None


@dataclass(frozen=True, slots=True)
class Listing:
    """One LIST page (at most 1,000 keys); `after` is where the next begins, None at the end."""

    objects: Sequence[ObjectHead]
    after: str | None


class Objects(Protocol):
    """OBS. Every method may raise ObjectsUnavailable or ObjectsRefused."""

    def head(self, bucket: str, key: str) -> ObjectHead | None: ...

    def get(self, bucket: str, key: str, *, limit: int) -> tuple[ObjectHead, bytes] | None:
        """The object's head and its first `limit` bytes; None where there is none."""

    def read(self, bucket: str, key: str, etag: str, offset: int, length: int) -> bytes:
        """`length` bytes at `offset` of the object with this ETag. Raises ObjectChanged."""

    def put(self, bucket: str, key: str, body: bytes, content_type: str = "application/json") -> None: ...

    def delete(self, bucket: str, key: str) -> None: ...

    def list(self, bucket: str, prefix: str = "", after: str | None = None) -> Listing: ...

    def storage_class(self, bucket: str) -> str | None:
        """The bucket's storage class, `STANDARD` and so on; None where OBS does not say."""

    def region(self, bucket: str) -> str | None: ...


# --- IMS ---------------------------------------------------------------------------------------------------------

# How an IMS error is to be taken (facts: error codes of IMS and of the API gateway).
#   refused: definite and permanent, for what the drop asks       busy: definite, try again later (429, IMG.0060)
#   held: definite, an operator must act (quota, balance, role)   unknown: it may have been accepted: look it up
#   undelivered: it surely never arrived: send it again
ErrorClass = Literal["refused", "busy", "held", "unknown", "undelivered"]


class ImsError(Exception):
    """IMS did not do it. `code`: IMS's, the gateway's (`IMG.0056`, `APIGW.0308`) or the kind of connection failure."""

    def __init__(self, kind: ErrorClass, code: str, message: str, request_id: str | None = None) -> None:
        super().__init__(f"{code}: {message}")
        self.kind, self.code, self.message, self.request_id = kind, code, message, request_id


@dataclass(frozen=True, slots=True)
class Job:
    """An IMS job. `image_ids`: from entities and from sub-jobs, system image first where that can be told."""

    job_id: str
    status: Literal["INIT", "RUNNING", "SUCCESS", "FAIL"]
    image_ids: Sequence[str] = ()
    error_code: str | None = None
    fail_reason: str | None = None


@dataclass(frozen=True, slots=True)
class Image:
    """A private image as ListImages shows it. `tags` as key -> value; `origin` is `file,<bucket>:<key>`."""

    id: str
    name: str
    status: str
    min_disk: int
    created_at: str
    tags: Mapping[str, str] = field(default_factory=dict)
    origin: str | None = None
    data_disk: bool = False


class Images(Protocol):
    """IMS. Every method may raise ImsError; for those that only read, `unknown` means as much as `busy`."""

    def create(self, body: Mapping[str, Any]) -> str:
        """CreateImage; the job id. Never retried inside."""

    def job(self, job_id: str) -> Job | None:
        """None: IMS knows no such job."""

    def by_ids(self, image_ids: Sequence[str]) -> Sequence[Image]: ...

    def by_tag(self, key: str, value: str) -> Sequence[Image]: ...

    def by_name(self, name: str) -> Sequence[Image]: ...


# --- the ledger and the queues -----------------------------------------------------------------------------------


class Conflict(Exception):
    """The row was written by somebody else since it was read: read it again and decide anew."""


class KeyTaken(Exception):
    """Another drop is live for this bucket and key."""

    def __init__(self, holder: str) -> None:
        super().__init__(holder)
        self.holder = holder  # its drop id


@dataclass(frozen=True, slots=True)
class Queued:
    """A drop that is in line for IMS, so far as anybody needs to know who does not read its row."""

    drop_id: str
    key: str
    parts: tuple[str, ...]  # keys of its files other than image and sidecar
    tasks: int  # of IMS's, that it will take
    deadline_at: str


class Ledger(Protocol):
    """One row a drop, written whole and only if its revision is still the one that was read."""

    def get(self, drop_id: str) -> Drop | None:
        """Strongly consistent."""

    def save(self, drop: Drop) -> Drop:
        """Writes it as `drop.revised` says (revision 0: there must be no row); returns it. Raises Conflict."""

    def delete(self, drop: Drop) -> None:
        """Raises Conflict where the row has moved on."""

    def accept(self, drop: Drop, over: Drop | None = None) -> Drop:
        """`save`, and in the same transaction makes this the live drop of its bucket and key. Raises Conflict, or
        KeyTaken where another drop holds the key; `over` is that drop's row as it was read, found to be live no more:
        the key is taken from it, unless it has moved on since (KeyTaken again)."""

    def unlock(self, drop: Drop) -> None:
        """Lets go of the key, if this drop holds it."""

    def open(self, *, queued: bool = True) -> Iterable[Drop]:
        """Every row that has not ended or whose owner has not been told everything yet, oldest first. `queued`: those
        that are in line for IMS, too."""

    def working(self) -> Mapping[str, int]:
        """Drop id -> tasks of IMS, of every row whose place is `working`. This and `queued` may lag a little behind the
        rows."""

    def queued(self, limit: int | None = None) -> Sequence[Queued]:
        """The line for IMS, or its first `limit`: whoever has been there longest first."""

    def of_key(self, bucket: str, key: str) -> Iterable[Drop]:
        """Every row of this key, whatever content it was for."""

    def name_part(self, bucket: str, part: str, image_key: str) -> None:
        """Records that the sidecar of `image_key` names the file `part` (a data or bitmap file)."""

    def part_of(self, bucket: str, part: str) -> Sequence[str]:
        """The image keys whose sidecars name this file."""

    def load(self, name: str) -> dict[str, Any] | None:
        """A note: the sweep's cursor, a push that was taken, what jobs took ..."""

    def store(self, name: str, value: Mapping[str, Any], until: datetime | None = None) -> None:
        """... which may be forgotten from `until` on, though it need not be."""

    def count(self, name: str, most: int, until: datetime) -> bool:
        """Adds one to a counter of its own kind of name, unless it has come to `most`: whether it has added. Atomic;
        may be forgotten from `until` on, like a note."""


class PutBack(Exception):
    """Raised by what handles a message: not yet, have it again in `seconds`."""

    def __init__(self, seconds: float) -> None:
        super().__init__(f"again in {seconds:.0f} s")
        self.seconds = seconds


QueueName = Literal["drops", "registrations", "polls", "notices"]


class Queues(Protocol):
    def send(self, queue: QueueName, body: Mapping[str, Any], delay: int = 0) -> None:
        """`delay` in whole seconds, at most 900."""

    def send_many(self, queue: QueueName, bodies: Sequence[Mapping[str, Any]]) -> Sequence[int]:
        """Sends them all, ten a call; the positions of those that were not taken."""

    def put_back(self, queue: QueueName, receipt: str, seconds: int) -> None:
        """Makes the message visible again after `seconds` (ChangeMessageVisibility)."""


class Topic(Protocol):
    def publish(self, subject: str, body: str, attributes: Mapping[str, str]) -> None: ...


class MailRefused(Exception):
    """The mail service refuses this mail for good: trying again cannot help."""


class Mail(Protocol):
    def send(self, to: str, subject: str, text: str, html: str) -> None:
        """Raises MailRefused, or any other exception for what may pass."""


class Meter(Protocol):
    """Counts that alarms watch (CloudWatch metrics through the log)."""

    def count(self, name: str, value: int = 1) -> None: ...


@dataclass(frozen=True)
class Ports:
    """Everything that a handler needs, handed in. `settings` is imagedrop.settings.Settings."""

    settings: Any
    objects: Objects
    images: Images
    ledger: Ledger
    queues: Queues
    topic: Topic
    mail: Mail
    meter: Meter
    clock: Clock
    random: Random
    sleep: Sleep
    together: Together = one_by_one
