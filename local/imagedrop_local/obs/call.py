"""One request as the handlers get it, and the names of the calls (those of the S3 SDK)."""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from imagedrop_local.http import Request
from imagedrop_local.obs.dialect import Dialect
from imagedrop_local.obs.model import Cause, StoreError
from imagedrop_local.obs.signed_request import UNSIGNED

# By method: sub-resource in the query -> call, for buckets and for objects.
BUCKET_CALLS = {
    "HEAD": {"apiversion": "GetApiVersion", "": "HeadBucket"},
    "GET": {
        "location": "GetBucketLocation",
        "storagePolicy": "GetBucketStoragePolicy",
        "storageClass": "GetBucketStoragePolicy",
        "notification": "GetBucketNotificationConfiguration",
        "versioning": "GetBucketVersioning",
        "policy": "GetBucketPolicy",
        "uploads": "ListMultipartUploads",
        "list-type": "ListObjectsV2",
        "": "ListObjects",
    },
    "PUT": {
        "policy": "PutBucketPolicy",
        "storagePolicy": "PutBucketStoragePolicy",
        "storageClass": "PutBucketStoragePolicy",
        "notification": "PutBucketNotificationConfiguration",
        "": "CreateBucket",
    },
    "POST": {"delete": "DeleteObjects"},
    "DELETE": {"": "DeleteBucket"},
}
OBJECT_CALLS = {
    "HEAD": {"": "HeadObject"},
    "GET": {"uploadId": "ListParts", "": "GetObject"},
    "PUT": {"partNumber": "UploadPart", "": "PutObject"},
    "POST": {"uploads": "CreateMultipartUpload", "uploadId": "CompleteMultipartUpload"},
    "DELETE": {"uploadId": "AbortMultipartUpload", "": "DeleteObject"},
}
# Sub-resources of OBS that the simulator does not support: refused, and not treated as the plain call.
_UNSUPPORTED = """
    acl append cors customdomain encryption inventory lifecycle logging metadata modify object-lock policy quota rename
    replication restore retention storageinfo tagging torrent truncate versionId versions website x-image-process
"""
UNSUPPORTED_SUBRESOURCES = frozenset(_UNSUPPORTED.split())


def call_name(request: Request, bucket: str, key: str) -> str:
    """`Unknown` for a call that the simulator does not support."""
    if not bucket:
        return {"GET": "ListBuckets", "HEAD": "GetApiVersion"}.get(request.method, "Unknown")
    query = request.query
    names = (OBJECT_CALLS if key else BUCKET_CALLS).get(request.method, {})
    found = next((call for part, call in names.items() if part and part in query), None)
    if found is None:
        found = "Unknown" if UNSUPPORTED_SUBRESOURCES & query.keys() else names.get("", "Unknown")
    if found in ("PutObject", "UploadPart") and _copies(request):
        return {"PutObject": "CopyObject", "UploadPart": "UploadPartCopy"}[found]
    return found


def _copies(request: Request) -> bool:
    return "x-amz-copy-source" in request.headers or "x-obs-copy-source" in request.headers


@dataclass(frozen=True)
class Call:
    """A verified request."""

    name: str
    request: Request
    bucket: str
    key: str
    dialect: Dialect
    payload: str
    request_id: str

    @property
    def query(self) -> dict[str, str]:
        return self.request.query

    def dialect_header(self, name: str) -> str | None:
        """The header with this name in the request's dialect, without its prefix: `copy-source`."""
        return self.request.headers.get(self.dialect.header(name))

    def cause(self, how: str) -> Cause:
        return Cause(how, self.request_id, self.request.client)

    def int_param(self, name: str, default: int, highest: int) -> int:
        """A number in the query; the default if out of range (OBS API: max-keys). Raises InvalidArgument."""
        value = self.query.get(name) or str(default)
        if not value.removeprefix("-").isdecimal() or len(value) > 12:
            raise StoreError("InvalidArgument", f"{name} is a number, not {value!r}")
        return int(value) if 0 < int(value) <= highest else default

    def body(self) -> Iterable[bytes]:
        """The body in pieces. Raises XAmzContentSHA256Mismatch after the last one if the hash is not the signed one."""
        if self.payload == UNSIGNED or self.payload.startswith("STREAMING-"):
            yield from self.request.chunks()
            return
        sha256 = hashlib.sha256()
        for piece in self.request.chunks():
            sha256.update(piece)
            yield piece
        if sha256.hexdigest() != self.payload:
            raise StoreError("XAmzContentSHA256Mismatch", "the body's hash is not the one in x-amz-content-sha256")

    def small_body(self, limit: int) -> bytes:
        """A body in memory, checked against its signed hash and its Content-MD5."""
        if self.request.length > limit:
            raise StoreError("EntityTooLarge", f"{self.request.length} bytes, at most {limit}")
        body = b"".join(self.body())
        self.md5_check()(hashlib.md5(body, usedforsecurity=False).hexdigest())
        return body

    def md5_check(self) -> Callable[[str], None]:
        """A function that compares a body's MD5 (hex) with Content-MD5, if it was sent. Raises InvalidDigest."""
        value = self.request.headers.get("Content-MD5")
        try:
            expected = base64.b64decode(value or "", validate=True).hex()
        except binascii.Error:
            expected = ""
        if value is not None and len(expected) != 32:
            raise StoreError("InvalidDigest", "Content-MD5 is not the base64 of an MD5")

        def check(md5: str) -> None:
            if expected and md5 != expected:
                raise StoreError("BadDigest", "the body's MD5 is not the one in Content-MD5")

        return check
