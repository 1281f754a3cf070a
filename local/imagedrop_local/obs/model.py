"""The data types of the store: buckets, objects, pages, events, errors."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

StorageClass = Literal["STANDARD", "WARM", "COLD", "DEEP_ARCHIVE"]


class StoreError(Exception):
    """`code` is an OBS error code: NoSuchBucket, NoSuchKey, InvalidBucketName, NoSuchUpload, BadDigest, ..."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(f"{code}: {message}")
        self.code, self.message = code, message


class EventRule(BaseModel):
    """One event rule of a bucket. `events` in OBS's spelling, `ObjectCreated:*`, without `s3:`."""

    model_config = ConfigDict(frozen=True)

    id: str
    topic: str
    events: tuple[str, ...]
    prefix: str = ""
    suffix: str = ""


class BucketInfo(BaseModel):
    """A bucket. A folder made with mkdir has the store's region and STANDARD."""

    model_config = ConfigDict(frozen=True)

    name: str
    region: str
    storage_class: StorageClass = "STANDARD"
    created_at: datetime
    rules: tuple[EventRule, ...] = ()
    policy: str = Field("", description="JSON; empty: the bucket has none")


class Attributes(BaseModel):
    """What a PUT sets besides the content. `storage_class` None: the bucket's."""

    model_config = ConfigDict(frozen=True)

    content_type: str = "binary/octet-stream"
    content_encoding: str | None = None
    storage_class: StorageClass | None = None
    encryption: str | None = Field(None, description="`kms`; the bytes on disk are never encrypted")
    encryption_key: str | None = None
    metadata: dict[str, str] = {}
    headers: dict[str, str] = Field({}, description="Cache-Control, Content-Disposition, Content-Language, Expires")


@dataclass(frozen=True)
class StoredObject:
    """An object. `etag` without quotes, `last_modified` in UTC, `path`: the file with its content."""

    bucket: str
    key: str
    etag: str
    size: int
    last_modified: datetime
    storage_class: StorageClass
    attributes: Attributes
    path: Path

    @property
    def encryption(self) -> str | None:
        return self.attributes.encryption


@dataclass(frozen=True)
class Page:
    """One page of a listing. `prefixes`: common prefixes. `after`: start of the next page, None at the end."""

    objects: Sequence[StoredObject]
    prefixes: Sequence[str]
    after: str | None


@dataclass(frozen=True)
class Cause:
    """The call that changed an object. `how`: the last part of the event name (`Put`, `Copy`, ...)."""

    how: str = "Put"
    request_id: str = ""
    source_ip: str = "127.0.0.1"


@dataclass(frozen=True)
class ObjectEvent:
    """A change of an object. `name` in OBS's spelling: `ObjectCreated:Put`, `ObjectRemoved:Delete`."""

    name: str
    bucket: str
    key: str
    etag: str
    size: int
    when: datetime
    cause: Cause
