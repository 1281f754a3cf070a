"""OBS in memory."""

from __future__ import annotations

import hashlib
from bisect import bisect_left, bisect_right, insort
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import Protocol

from imagedrop.ports import Clock, Listing, ObjectChanged, ObjectHead, ObjectsRefused
from imagedrop_local.memory.scripted_faults import ScriptedFaults


class Content(Protocol):
    """Bytes, or an object that can be sliced like bytes: a memory map, a sparse disk."""

    def __len__(self) -> int: ...

    def __getitem__(self, part: slice, /) -> bytes: ...


@dataclass
class _Bucket:
    storage_class: str | None
    region: str | None
    objects: dict[str, tuple[ObjectHead, Content]] = field(default_factory=dict)
    order: list[bytes] = field(default_factory=list)  # the keys, sorted as OBS lists them


class MemoryObjects(ScriptedFaults):
    """`buckets`: the existing ones; calls on others are refused. `page`: keys per listing."""

    def __init__(self, clock: Clock, *buckets: str, region: str = "cn-north-4", page: int = 1000) -> None:
        super().__init__()
        self._clock, self._region, self.page = clock, region, page
        self._buckets: dict[str, _Bucket] = {}
        for name in buckets:
            self.create_bucket(name)

    def create_bucket(self, bucket: str, storage_class: str | None = "STANDARD", region: str | None = None) -> None:
        """Creates a bucket, or changes the storage class and region of one."""
        old = self._buckets.get(bucket)
        self._buckets[bucket] = _Bucket(storage_class, region or self._region)
        if old:
            self._buckets[bucket].objects, self._buckets[bucket].order = old.objects, old.order

    def upload(
        self,
        bucket: str,
        key: str,
        body: Content,
        *,
        etag: str | None = None,
        storage_class: str | None = None,
        encryption: str | None = None,
        content_encoding: str | None = None,
    ) -> ObjectHead:
        """Uploads an object as another client: no call is counted. The default `etag` is the content's MD5."""
        modified = self._clock().strftime("%Y-%m-%dT%H:%M:%SZ")
        etag = etag or hashlib.md5(body[0 : len(body)], usedforsecurity=False).hexdigest()
        head = ObjectHead(key, etag, len(body), modified, storage_class, encryption, content_encoding)
        held = self._bucket(bucket)
        if key not in held.objects:
            insort(held.order, _encoded(key))
        held.objects[key] = (head, body)
        return head

    def body(self, bucket: str, key: str) -> bytes | None:
        """The content of an object, for assertions."""
        found = self._bucket(bucket).objects.get(key)
        return found[1][0 : found[0].size] if found else None

    def keys(self, bucket: str) -> list[str]:
        return [_key(encoded_key) for encoded_key in self._bucket(bucket).order]

    # --- the port

    def head(self, bucket: str, key: str) -> ObjectHead | None:
        with self._call("head"):
            found = self._bucket(bucket).objects.get(key)
            return found[0] if found else None

    def get(self, bucket: str, key: str, *, limit: int) -> tuple[ObjectHead, bytes] | None:
        with self._call("get"):
            found = self._bucket(bucket).objects.get(key)
            return (found[0], found[1][0:limit]) if found else None

    def read(self, bucket: str, key: str, etag: str, offset: int, length: int) -> bytes:
        with self._call("read"):
            found = self._bucket(bucket).objects.get(key)
            if not found or found[0].etag != etag or offset + length > found[0].size:
                raise ObjectChanged(f"{bucket}/{key} no longer has ETag {etag} and {offset + length} bytes")
            return found[1][offset : offset + length]

    def put(self, bucket: str, key: str, body: bytes, content_type: str = "application/json") -> None:
        with self._call("put"):
            self.upload(bucket, key, body)

    def delete(self, bucket: str, key: str) -> None:
        with self._call("delete"):
            held = self._bucket(bucket)
            if held.objects.pop(key, None) is not None:
                del held.order[bisect_left(held.order, _encoded(key))]

    def list(self, bucket: str, prefix: str = "", after: str | None = None) -> Listing:
        with self._call("list"):
            heads = list(islice(self._from(bucket, prefix, after), self.page + 1))
            shown = heads[: self.page]
            return Listing(shown, shown[-1].key if len(heads) > len(shown) else None)

    def storage_class(self, bucket: str) -> str | None:
        with self._call("storage_class"):
            return self._bucket(bucket).storage_class

    def region(self, bucket: str) -> str | None:
        with self._call("region"):
            return self._bucket(bucket).region

    def _bucket(self, name: str) -> _Bucket:
        if name not in self._buckets:
            raise ObjectsRefused("NoSuchBucket", f"there is no bucket {name}")
        return self._buckets[name]

    def _from(self, bucket: str, prefix: str, after: str | None) -> Iterator[ObjectHead]:
        held = self._bucket(bucket)
        encoded_prefix = _encoded(prefix)
        start = bisect_left(held.order, encoded_prefix)
        if after is not None:
            start = max(start, bisect_right(held.order, _encoded(after)))
        for encoded_key in islice(held.order, start, None):
            if not encoded_key.startswith(encoded_prefix):
                return
            yield held.objects[_key(encoded_key)][0]


def _encoded(key: str) -> bytes:
    return key.encode("utf-8", "surrogatepass")


def _key(order: bytes) -> str:
    return order.decode("utf-8", "surrogatepass")
