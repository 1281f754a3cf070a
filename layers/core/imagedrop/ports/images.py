"""The port to IMS."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

# What an IMS error means for the drop (source: error codes of IMS and of the API gateway).
#   refused      not accepted, and never will be
#   busy         not accepted now; retry later (429, IMG.0060)
#   held         not accepted until an operator acts (quota, balance, permission)
#   unknown      perhaps accepted; look up the image before retrying
#   undelivered  never arrived; retry
ErrorClass = Literal["refused", "busy", "held", "unknown", "undelivered"]


class ImsError(Exception):
    """A call failed. `code`: of IMS (`IMG.0056`), of the gateway (`APIGW.0308`), or the kind of connection failure."""

    def __init__(self, kind: ErrorClass, code: str, message: str, request_id: str | None = None) -> None:
        super().__init__(f"{code}: {message}")
        self.kind, self.code, self.message, self.request_id = kind, code, message, request_id


@dataclass(frozen=True, slots=True)
class Job:
    """An IMS job. `image_ids`: from entities and sub-jobs; the system image comes first if IMS marks it."""

    job_id: str
    status: Literal["INIT", "RUNNING", "SUCCESS", "FAIL"]
    image_ids: Sequence[str] = ()
    error_code: str | None = None
    fail_reason: str | None = None


@dataclass(frozen=True, slots=True)
class Image:
    """A private image as ListImages returns it. `tags`: key -> value. `origin`: `file,<bucket>:<key>`."""

    id: str
    name: str
    status: str
    min_disk: int
    created_at: str
    tags: Mapping[str, str] = field(default_factory=dict)
    origin: str | None = None
    data_disk: bool = False


class Images(Protocol):
    """IMS. Every method may raise ImsError. Of a method that only reads, `unknown` means the same as `busy`."""

    def create(self, body: Mapping[str, Any]) -> str:
        """CreateImage. Returns the job id. Makes one call: retries are the caller's decision."""

    def job(self, job_id: str) -> Job | None:
        """None: IMS has no such job."""

    def by_ids(self, image_ids: Sequence[str]) -> Sequence[Image]: ...

    def by_tag(self, key: str, value: str) -> Sequence[Image]: ...

    def by_name(self, name: str) -> Sequence[Image]: ...
