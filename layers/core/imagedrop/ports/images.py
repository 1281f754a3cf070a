"""The port to IMS."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

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
