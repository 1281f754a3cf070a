"""Checks the objects of a create call before it is accepted (IMS API: image_url; IMS: constraints)."""

from __future__ import annotations

import re
from dataclasses import dataclass

from imagedrop_local.ims.create_requests import ImageFile
from imagedrop_local.ims.error_codes import api_error
from imagedrop_local.ims.switches import ImsSwitches
from imagedrop_local.obs.model import StoredObject, StoreError
from imagedrop_local.obs.store import Store

GIB = 1 << 30
MAX_PARSED_FILE, MAX_QUICK_FILE = 128, 1024  # GB of the file


@dataclass(frozen=True)
class Source:
    """An object at the time the call was accepted."""

    bucket: str
    key: str
    etag: str
    size: int


def bytes_per_gb(switches: ImsSwitches) -> int:
    """Bytes in what IMS calls a GB."""
    return GIB if switches.ims_gb == "GiB" else 10**9


class Sources:
    def __init__(self, store: Store, region: str, switches: ImsSwitches) -> None:
        self._store, self._region, self._switches = store, region, switches

    def find(self, file: ImageFile) -> Source:
        """The object behind `image_url`. Raises ApiError: IMG.0057 0058 0059 0069 0074 0075 0109 0175."""
        bucket, _, key = file.url.partition(":")
        self._check_bucket(bucket)
        self._check_key(key)
        stored = head(self._store, bucket, key)
        if stored is None or stored.size == 0:
            raise api_error("IMG.0057", file.url)
        if stored.storage_class != "STANDARD":
            raise api_error("IMG.0057", f"{file.url} has storage class {stored.storage_class}, not Standard")
        if stored.encryption not in (None, "kms", "aws:kms"):
            raise api_error("IMG.0057", f"{file.url} is not encrypted with SSE-KMS")
        largest = MAX_QUICK_FILE if file.quick else MAX_PARSED_FILE
        if stored.size > largest * bytes_per_gb(self._switches):
            raise api_error("IMG.0059", f"{stored.size} bytes, at most {largest} GB")
        return Source(bucket, key, stored.etag, stored.size)

    def _check_bucket(self, name: str) -> None:
        if not re.fullmatch(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]", name):
            raise api_error("IMG.0109", repr(name))
        bucket = self._store.bucket(name)
        if bucket is None:
            raise api_error("IMG.0069", name)
        if bucket.region != self._region:
            raise api_error("IMG.0058", f"{name} is in {bucket.region}, the image would be in {self._region}")
        if bucket.storage_class != "STANDARD":
            raise api_error("IMG.0057", f"{name} has storage class {bucket.storage_class}, not Standard")

    def _check_key(self, key: str) -> None:
        if " " in key:
            raise api_error("IMG.0175", repr(key))
        if len(key.rsplit("/", 1)[-1]) > 128:
            raise api_error("IMG.0074", repr(key))
        if self._switches.ims_strict_keys and not re.fullmatch(r"[A-Za-z0-9._/-]+", key):
            raise api_error("IMG.0075", repr(key))


def head(store: Store, bucket: str, key: str) -> StoredObject | None:
    """The object; None if it does not exist or the key is invalid."""
    try:
        return store.head(bucket, key)
    except StoreError:
        return None
