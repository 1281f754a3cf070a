"""The bucket in memory, as the IMS simulator reads it."""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import BinaryIO

from imagedrop_local.memory import MemoryObjects
from tests.support import signed_requests


@dataclass
class Properties:
    """Of a bucket or an object."""

    region: str = signed_requests.REGION
    storage_class: str = "STANDARD"
    etag: str = ""
    size: int = 0
    encryption: str | None = None


class FakeObjects:
    """What the IMS simulator needs of `imagedrop_local.obs.store.Store`."""

    def __init__(self, objects: MemoryObjects) -> None:
        self._objects = objects

    def bucket(self, name: str) -> Properties | None:
        return Properties() if name in self._objects._buckets else None

    def head(self, bucket: str, key: str) -> Properties | None:
        found = self._objects._bucket(bucket).objects.get(key)
        return Properties(etag=found[0].etag, size=found[0].size) if found else None

    def open(self, bucket: str, key: str) -> BinaryIO:
        body = self._objects.body(bucket, key)
        assert body is not None
        return io.BytesIO(body)
