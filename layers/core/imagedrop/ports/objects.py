"""The port to OBS."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from imagedrop.ports.images import ErrorClass


class ObjectChanged(Exception):
    """The object has another ETag than expected (412 on If-Match), or it is gone."""


class ObjectsUnavailable(Exception):
    """OBS failed or did not answer, also after the retries inside the call: try again later. `kind`: as of ImsError,
    `busy`, `unknown` or `undelivered`."""

    def __init__(self, message: str = "", kind: ErrorClass = "unknown") -> None:
        super().__init__(message)
        self.kind = kind


class ObjectsRefused(Exception):
    """OBS refuses access (403, wrong region, no such bucket): an operator must act. `code`: of OBS."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(f"{code}: {message}")
        self.code, self.message = code, message


@dataclass(frozen=True, slots=True)
class ObjectHead:
    """An object as HEAD or LIST returns it. `etag` without quotes; `last_modified` UTC, `2026-11-24T13:00:00Z`, in
    whole seconds (LIST returns more digits than HEAD, which are cut off)."""

    key: str
    etag: str
    size: int
    last_modified: str
    storage_class: str | None = None  # None: not stated, which means STANDARD
    encryption: str | None = None  # x-amz-server-side-encryption
    content_encoding: str | None = None


@dataclass(frozen=True, slots=True)
class Listing:
    """One LIST page (at most 1,000 keys). `after`: the key after which the next page begins; None: it was the last."""

    objects: Sequence[ObjectHead]
    after: str | None


class Objects(Protocol):
    """OBS. Every method may raise ObjectsUnavailable or ObjectsRefused."""

    def head(self, bucket: str, key: str) -> ObjectHead | None: ...

    def get(self, bucket: str, key: str, *, limit: int) -> tuple[ObjectHead, bytes] | None:
        """The object's head and its first `limit` bytes; None: there is no object."""

    def read(self, bucket: str, key: str, etag: str, offset: int, length: int) -> bytes:
        """`length` bytes at `offset` of the object with this ETag. Raises ObjectChanged."""

    def put(self, bucket: str, key: str, body: bytes, content_type: str = "application/json") -> None: ...

    def delete(self, bucket: str, key: str) -> None: ...

    def list(self, bucket: str, prefix: str = "", after: str | None = None) -> Listing: ...

    def storage_class(self, bucket: str) -> str | None:
        """The bucket's storage class, for example `STANDARD`; None: OBS does not state it."""

    def region(self, bucket: str) -> str | None: ...
