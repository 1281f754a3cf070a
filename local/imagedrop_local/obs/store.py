"""Objects in a folder: `<folder>/<bucket>/<key>`, with more attributes in `<folder>/.obs`.

A file that is copied into a bucket's folder is an object of any size; a deleted file is a deleted object. There is no
index: every call reads the disk. Objects whose keys cannot be paths (`a/../b`, `a//b`, `a/`, `a` beside `a/b`) are in
the metadata folder: no key leaves the bucket's folder, and every key that OBS accepts is accepted.
"""

from __future__ import annotations

import heapq
import os
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

from imagedrop_local.obs import file_writes, walk
from imagedrop_local.obs.bucket_store import BucketStore, now
from imagedrop_local.obs.etags import FileEtags
from imagedrop_local.obs.file_layout import FileLayout
from imagedrop_local.obs.keys import check_key
from imagedrop_local.obs.listing import page
from imagedrop_local.obs.metadata_folder import ObjectRecord
from imagedrop_local.obs.model import (
    Attributes,
    BucketInfo,
    Cause,
    ObjectEvent,
    Page,
    StoredObject,
    StoreError,
)

Listener = Callable[[ObjectEvent], None]


class Store(BucketStore):
    """Thread-safe. Raises StoreError with OBS's codes. Listeners get every change made through this object."""

    def __init__(self, folder: Path, region: str = "cn-north-4", clock: Callable[[], datetime] = now) -> None:
        super().__init__(folder, region, clock)
        self._layout = FileLayout(self.folder, self.metadata)
        file_writes.remove_tree(self.metadata.temporary)
        self._etags = FileEtags()
        self._listeners: list[Listener] = []
        self._last_mtime = 0

    def add_listener(self, callback: Listener) -> None:
        """Calls `callback` after each change, in the thread of the change."""
        self._listeners.append(callback)

    def delete_bucket(self, name: str) -> None:
        """Raises StoreError: NoSuchBucket, BucketNotEmpty."""
        with self._lock:
            self.require_bucket(name)
            if self.list(name, limit=1).objects:
                raise StoreError("BucketNotEmpty", f"{name} still has objects")
            file_writes.remove_tree(self.folder / name)
            self.metadata.delete_bucket(name)

    def head(self, bucket: str, key: str) -> StoredObject | None:
        """None if there is no such object. Raises StoreError for a missing bucket and an invalid key."""
        return self._head(self.require_bucket(bucket), key)

    def _head(self, info: BucketInfo, key: str) -> StoredObject | None:
        with self._lock:  # otherwise record and file may be of different versions
            found = self._layout.find(info.name, key)
            return found and self._stored(info, key, *found)

    def open(self, bucket: str, key: str) -> BinaryIO:
        """The content, also if the object is overwritten while it is read. Raises StoreError: NoSuchKey."""
        return self.open_object(bucket, key)[1]

    def open_object(self, bucket: str, key: str) -> tuple[StoredObject, BinaryIO]:
        """An object and the content of the same version."""
        info = self.require_bucket(bucket)
        with self._lock:
            found = self._layout.find(bucket, key)
            if not found:
                raise StoreError("NoSuchKey", f"there is no object {key!r}")
            file = found[0].open("rb", buffering=0)
            return self._stored(info, key, found[0], os.fstat(file.fileno())), file

    def put(
        self,
        bucket: str,
        key: str,
        body: bytes | Iterable[bytes],
        attributes: Attributes | None = None,
        cause: Cause | None = None,
        check: Callable[[str], None] = lambda md5: None,
    ) -> StoredObject:
        """Stores an object atomically. `check` gets its MD5 (hex) and may raise to refuse it."""
        self.require_bucket(bucket)
        check_key(key)
        with file_writes.temporary_file(self.metadata.temporary) as draft:
            md5, size = file_writes.write(draft, (body,) if isinstance(body, bytes) else body)
            check(md5)
            return self.commit(
                bucket, draft, size, ObjectRecord(key=key, etag=md5, attributes=attributes or Attributes()), cause
            )

    def commit(
        self, bucket: str, draft: BinaryIO, size: int, record: ObjectRecord, cause: Cause | None = None
    ) -> StoredObject:
        """Makes a temporary file the object `record.key`."""
        source = file_writes.path_of(draft)
        with self._lock:
            mtime = self._next_mtime()
            os.utime(source, ns=(mtime, mtime))
            source.chmod(0o644)
            old = self._layout.find(bucket, record.key)
            self.metadata.save(bucket, record, size, mtime)
            new_path = self._layout.new_path(bucket, record.key)
            source.replace(new_path)
            if old:
                self._layout.remove_version(bucket, record.key, *old, new_path=new_path)
            stored = self._stored(self.require_bucket(bucket), record.key, new_path, new_path.stat())
        self.notify(stored, "ObjectCreated", cause or Cause())
        return stored

    def delete(self, bucket: str, key: str, cause: Cause | None = None) -> bool:
        """False if there was no such object; OBS answers 204 in both cases."""
        with self._lock:
            stored = self.head(bucket, key)
            found = self._layout.find(bucket, key)
            if not stored or not found:
                return False
            self._layout.remove_version(bucket, key, *found, new_path=None)
        self.notify(stored, "ObjectRemoved", cause or Cause("Delete"))
        return True

    def list(self, bucket: str, prefix: str = "", after: str = "", delimiter: str = "", limit: int = 1000) -> Page:
        """One page, sorted by the UTF-8 of the keys; `limit` counts objects and common prefixes."""
        info = self.require_bucket(bucket)
        return page(
            self._keys(bucket, prefix, after), lambda key: self._head(info, key), prefix, after, delimiter, limit
        )

    def count(self, bucket: str) -> int:
        """The number of objects in a bucket; opens no file."""
        return sum(1 for _ in self._keys(bucket, "", ""))

    def notify(self, stored: StoredObject, group: str, cause: Cause) -> None:
        """Sends an event to the listeners; `group` is ObjectCreated or ObjectRemoved."""
        event = ObjectEvent(
            f"{group}:{cause.how}", stored.bucket, stored.key, stored.etag, stored.size, self.clock(), cause
        )
        for listener in self._listeners:
            listener(event)

    def was_put(self, stored: StoredObject) -> bool:
        """Whether this version was written through the API, and not copied into the folder."""
        try:
            status = stored.path.stat()
        except FileNotFoundError:
            return False
        return self.metadata.load(stored.bucket, stored.key, status.st_size, status.st_mtime_ns) is not None

    def _keys(self, bucket: str, prefix: str, after: str) -> Iterator[str]:
        non_path = sorted(
            (
                key
                for key in self.metadata.non_path_keys(bucket)
                if key.startswith(prefix) and key.encode() > after.encode()
            ),
            key=str.encode,
        )
        last = None
        for key in heapq.merge(walk.keys(self.folder / bucket, prefix, after), non_path, key=str.encode):
            if key != last:
                yield key
            last = key

    def _stored(self, info: BucketInfo, key: str, path: Path, status: os.stat_result) -> StoredObject:
        record = self.metadata.load(info.name, key, status.st_size, status.st_mtime_ns)
        attributes = record.attributes if record else Attributes()
        return StoredObject(
            bucket=info.name,
            key=key,
            etag=record.etag if record else self._etags.of(path, status),
            size=status.st_size,
            last_modified=datetime.fromtimestamp(status.st_mtime_ns // 1000 / 1e6, UTC),
            storage_class=attributes.storage_class or info.storage_class,
            attributes=attributes,
            path=path,
        )

    def _next_mtime(self) -> int:
        """The time in ns, later than every earlier one: it distinguishes versions of the same size."""
        self._last_mtime = max(self._last_mtime + 1000, int(self.clock().timestamp() * 1e6) * 1000)
        return self._last_mtime
