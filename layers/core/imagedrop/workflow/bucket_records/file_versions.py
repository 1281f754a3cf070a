"""Versions of files in the bucket: ETag and LastModified, and a short digest of both."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable

from imagedrop.domain.drop import FileVersion, Versions
from imagedrop.ports import ObjectHead, Objects


def version_of(head: ObjectHead | None) -> FileVersion | None:
    return FileVersion(etag=head.etag, last_modified=head.last_modified) if head else None


def version_digest(key: str, version: FileVersion | None) -> str:
    """13 characters. `v` and a digest of key and version, or `a` (absent) and a digest of the key."""
    text = "\0".join((key, version.etag, version.last_modified)) if version else key
    raw = hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()[:9]
    return ("v" if version else "a") + base64.urlsafe_b64encode(raw).decode()


def current_versions(objects: Objects, bucket: str, keys: Iterable[str]) -> Versions:
    return {key: version_of(objects.head(bucket, key)) for key in keys}
