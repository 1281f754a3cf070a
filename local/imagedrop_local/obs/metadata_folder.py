"""The metadata folder `.obs`: what a bucket's folder cannot hold, kept over restarts.

    .obs/<bucket>/bucket.json                              region, storage class, event rules
    .obs/<bucket>/objects/<ab>/<digest>.<size>.<ns>.json   attributes of the version with this size and mtime
    .obs/<bucket>/odd/<digest>/{key,data}                  objects whose keys cannot be paths
    .obs/<bucket>/uploads/<id>/                            multipart uploads
    .obs/drafts/                                           files that are being written

A record's name contains size and mtime of its version, so it can be written before the file is renamed to its path: a
crash between the two leaves the old object intact.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

from pydantic import BaseModel

from imagedrop_local.obs import file_writes
from imagedrop_local.obs.keys import digest
from imagedrop_local.obs.model import Attributes, BucketInfo


class ObjectRecord(BaseModel):
    """A version of an object that was written through the API."""

    key: str
    etag: str
    attributes: Attributes


class MetadataFolder:
    """Reads and writes `<root>/.obs`."""

    def __init__(self, root: Path) -> None:
        self._root = root / ".obs"
        self.temporary = self._root / "drafts"
        self._read = lru_cache(maxsize=50_000)(_read_record)

    def uploads(self, bucket: str) -> Path:
        return self._root / bucket / "uploads"

    def load_bucket(self, bucket: str) -> BucketInfo | None:
        try:
            return BucketInfo.model_validate_json((self._root / bucket / "bucket.json").read_bytes())
        except FileNotFoundError:
            return None

    def save_bucket(self, info: BucketInfo) -> None:
        file_writes.save(self._root / info.name / "bucket.json", info.model_dump_json(indent=1))

    def delete_bucket(self, bucket: str) -> None:
        file_writes.remove_tree(self._root / bucket)

    def load(self, bucket: str, key: str, size: int, stamp: int) -> ObjectRecord | None:
        try:
            record = self._read(self._record(bucket, key, size, stamp))
        except FileNotFoundError:
            return None
        return record if record.key == key else None

    def save(self, bucket: str, record: ObjectRecord, size: int, stamp: int) -> None:
        file_writes.save(self._record(bucket, record.key, size, stamp), record.model_dump_json(exclude_defaults=True))

    def delete(self, bucket: str, key: str, size: int, stamp: int) -> None:
        self._record(bucket, key, size, stamp).unlink(missing_ok=True)

    def non_path_data(self, bucket: str, key: str) -> Path:
        """The file of an object whose key cannot be a path."""
        return self._root / bucket / "odd" / digest(key) / "data"

    def save_non_path_key(self, bucket: str, key: str) -> None:
        file_writes.save(self.non_path_data(bucket, key).with_name("key"), key)

    def remove_non_path(self, bucket: str, key: str) -> None:
        file_writes.remove_tree(self.non_path_data(bucket, key).parent)

    def non_path_keys(self, bucket: str) -> Iterator[str]:
        for path in (self._root / bucket / "odd").glob("*/key"):
            if path.with_name("data").exists():
                yield path.read_text("utf-8")

    def _record(self, bucket: str, key: str, size: int, stamp: int) -> Path:
        name = digest(key)
        return self._root / bucket / "objects" / name[:2] / f"{name}.{size}.{stamp}.json"


def _read_record(path: Path) -> ObjectRecord:
    return ObjectRecord.model_validate_json(path.read_bytes())
