"""Buckets as folders: `<folder>/<bucket>`, with region, storage class and event rules in the metadata folder."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from imagedrop.domain.object_keys import is_bucket
from imagedrop_local.obs.metadata_folder import MetadataFolder
from imagedrop_local.obs.model import BucketInfo, StorageClass, StoreError


def now() -> datetime:
    return datetime.now(UTC)


class BucketStore:
    """Thread-safe. Raises StoreError with OBS's codes."""

    def __init__(self, folder: Path, region: str, clock: Callable[[], datetime]) -> None:
        self.folder, self.region, self.clock = Path(folder), region, clock
        self.folder.mkdir(parents=True, exist_ok=True)
        self.metadata = MetadataFolder(self.folder)
        self._lock = threading.RLock()

    def buckets(self) -> list[BucketInfo]:
        names = sorted(path.name for path in self.folder.iterdir() if is_bucket(path.name))
        return [info for name in names if (info := self.bucket(name))]

    def bucket(self, name: str) -> BucketInfo | None:
        path = self.folder / name
        if not is_bucket(name) or path.is_symlink() or not path.is_dir():
            return None
        made = datetime.fromtimestamp(path.stat().st_ctime, UTC)
        return self.metadata.load_bucket(name) or BucketInfo(name=name, region=self.region, created_at=made)

    def create_bucket(
        self, name: str, region: str | None = None, storage_class: StorageClass = "STANDARD"
    ) -> BucketInfo:
        """Raises StoreError: InvalidBucketName, BucketAlreadyOwnedByYou (if region or storage class differ)."""
        if not is_bucket(name):
            raise StoreError("InvalidBucketName", f"{name!r} is not a bucket name: 3 to 63 of a-z, 0-9, - and .")
        info = BucketInfo(name=name, region=region or self.region, storage_class=storage_class, created_at=self.clock())
        with self._lock:
            known = self.bucket(name)
            if known and (known.region, known.storage_class) != (info.region, info.storage_class):
                raise StoreError("BucketAlreadyOwnedByYou", f"{name} already belongs to you, in {known.region}")
            (self.folder / name).mkdir(exist_ok=True)
            return known or self.change_bucket(info)

    def change_bucket(self, info: BucketInfo) -> BucketInfo:
        """Writes region, storage class and event rules of a bucket."""
        self.metadata.save_bucket(info)
        return info

    def require_bucket(self, name: str) -> BucketInfo:
        """The bucket; raises StoreError: NoSuchBucket."""
        if info := self.bucket(name):
            return info
        raise StoreError("NoSuchBucket", f"there is no bucket {name!r}")
