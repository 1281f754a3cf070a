"""Multipart uploads: parts in the metadata folder until they become one object (OBS API: multipart upload)."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from pathlib import Path

from pydantic import BaseModel

from imagedrop_local.obs import file_writes
from imagedrop_local.obs.keys import check_key
from imagedrop_local.obs.metadata_folder import ObjectRecord
from imagedrop_local.obs.model import Attributes, Cause, StoredObject, StoreError
from imagedrop_local.obs.store import Store

MAX_PARTS = 10_000
MIN_PART = 100 << 10  # OBS allows 100 KB, S3 5 MiB; the last part may be smaller


class Upload(BaseModel):
    id: str
    key: str
    attributes: Attributes
    initiated: datetime


class Part(BaseModel):
    number: int
    etag: str
    size: int
    last_modified: datetime


class Uploads:
    """Of all buckets of a store. Raises StoreError: NoSuchUpload, InvalidPart, InvalidPartOrder, EntityTooSmall."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def start(self, bucket: str, key: str, attributes: Attributes | None = None) -> Upload:
        self._store.require_bucket(bucket)
        check_key(key)
        upload = Upload(
            id=secrets.token_hex(16),
            key=key,
            attributes=attributes or Attributes(),
            initiated=self._store.clock(),
        )
        file_writes.save(self._folder(bucket, upload.id) / "upload.json", upload.model_dump_json())
        return upload

    def find(self, bucket: str, key: str, upload_id: str) -> Upload:
        self._store.require_bucket(bucket)
        upload = self._load(self._folder(bucket, upload_id)) if upload_id.isalnum() else None
        if upload is None or upload.key != key:
            raise StoreError("NoSuchUpload", f"there is no upload {upload_id!r} of this key")
        return upload

    def of_bucket(self, bucket: str) -> list[Upload]:
        """Sorted by key, then by start time."""
        self._store.require_bucket(bucket)
        root = self._store.metadata.uploads(bucket)
        found = [upload for path in root.glob("*") if (upload := self._load(path))]
        return sorted(found, key=lambda upload: (upload.key.encode(), upload.initiated, upload.id))

    def put(
        self,
        bucket: str,
        key: str,
        upload_id: str,
        number: int,
        body: Iterable[bytes],
        check: Callable[[str], None] = lambda md5: None,
    ) -> Part:
        """Stores a part; replaces one with the same number."""
        self.find(bucket, key, upload_id)
        if not 1 <= number <= MAX_PARTS:
            raise StoreError("InvalidArgument", f"part number {number}: 1 to {MAX_PARTS}")
        folder = self._folder(bucket, upload_id)
        with file_writes.temporary_file(self._store.metadata.temporary) as draft:
            md5, size = file_writes.write(draft, body)
            check(md5)
            part = Part(number=number, etag=md5, size=size, last_modified=self._store.clock())
            self.find(bucket, key, upload_id)  # it may by_number been aborted in the meantime
            file_writes.path_of(draft).replace(folder / f"{number}-{md5}")
        file_writes.save(folder / f"{number}.json", part.model_dump_json())
        return part

    def parts(self, bucket: str, key: str, upload_id: str) -> list[Part]:
        self.find(bucket, key, upload_id)
        found = (path.read_bytes() for path in self._folder(bucket, upload_id).glob("[0-9]*.json"))
        return sorted((Part.model_validate_json(content) for content in found), key=lambda part: part.number)

    def complete(
        self, bucket: str, key: str, upload_id: str, listed: Sequence[tuple[int, str]], cause: Cause | None = None
    ) -> StoredObject:
        """Joins the listed parts (number, ETag). The object's ETag: MD5 of their binary MD5s, then `-N`."""
        upload = self.find(bucket, key, upload_id)
        chosen = _choose(self.parts(bucket, key, upload_id), listed)
        folder = self._folder(bucket, upload_id)
        md5 = hashlib.md5(b"".join(bytes.fromhex(part.etag) for part in chosen), usedforsecurity=False)
        record = ObjectRecord(key=key, etag=f"{md5.hexdigest()}-{len(chosen)}", attributes=upload.attributes)
        with file_writes.temporary_file(self._store.metadata.temporary) as draft:
            size = sum(file_writes.append(draft, folder / f"{part.number}-{part.etag}") for part in chosen)
            draft.flush()
            stored = self._store.commit(bucket, draft, size, record, cause or Cause("CompleteMultipartUpload"))
        file_writes.remove_tree(folder)
        return stored

    def abort(self, bucket: str, key: str, upload_id: str) -> None:
        self.find(bucket, key, upload_id)
        file_writes.remove_tree(self._folder(bucket, upload_id))

    def _folder(self, bucket: str, upload_id: str) -> Path:
        return self._store.metadata.uploads(bucket) / upload_id

    @staticmethod
    def _load(folder: Path) -> Upload | None:
        try:
            return Upload.model_validate_json((folder / "upload.json").read_bytes())
        except (FileNotFoundError, NotADirectoryError):
            return None


def _choose(parts: Sequence[Part], listed: Sequence[tuple[int, str]]) -> list[Part]:
    numbers = [number for number, _ in listed]
    if not numbers or numbers != sorted(set(numbers)):
        raise StoreError("InvalidPartOrder", "list each part once, in order of number")
    by_number = {part.number: part for part in parts}
    chosen = []
    for number, etag in listed:
        part = by_number.get(number)
        if part is None or part.etag != etag.strip('"').lower():
            raise StoreError("InvalidPart", f"part {number} was not uploaded, or not with ETag {etag}")
        chosen.append(part)
    if any(part.size < MIN_PART for part in chosen[:-1]):
        raise StoreError("EntityTooSmall", f"all parts but the last by_number at least {MIN_PART} bytes")
    return chosen
