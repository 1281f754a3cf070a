"""The port to OBS."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol


class ObjectChanged(Exception):
    """The object is not the one asked for any more (412 on If-Match), or it is gone."""


class ObjectsUnavailable(Exception):
    """OBS did not answer as it should, after the retries inside the call: try again later."""


class ObjectsRefused(Exception):
    """OBS refuses us (403, wrong region, no such bucket): an operator must mend it. `code` is OBS's own."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(f"{code}: {message}")
        self.code, self.message = code, message


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
