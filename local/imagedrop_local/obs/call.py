"""One request as the handlers see it, and the names of the calls (as the S3 SDK has them)."""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from imagedrop_local.http import Request
from imagedrop_local.obs.dialect import Dialect
from imagedrop_local.obs.model import Cause, StoreError
from imagedrop_local.obs.signature import UNSIGNED

# Sub-resource in the query -> call, for each method: on a bucket, and on an object.
BUCKET_CALLS = {
    "HEAD": {"apiversion": "GetApiVersion", "": "HeadBucket"},
    "GET": {
        "location": "GetBucketLocation",
        "storagePolicy": "GetBucketStoragePolicy",
        "storageClass": "GetBucketStoragePolicy",
        "notification": "GetBucketNotificationConfiguration",
        "versioning": "GetBucketVersioning",
        "uploads": "ListMultipartUploads",
        "list-type": "ListObjectsV2",
        "": "ListObjects",
    },
    "PUT": {
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
# Sub-resources that OBS has and this simulator has not: refused, never taken for the plain call.
_UNKNOWN = """
    acl append cors customdomain encryption inventory lifecycle logging metadata modify object-lock policy quota rename
    replication restore retention storageinfo tagging torrent truncate versionId versions website x-image-process
"""
UNSUPPORTED_SUBRESOURCES = frozenset(_UNKNOWN.split())


def call_name(request: Request, bucket: str, key: str) -> str:
    """`Unknown` for what the simulator does not do."""
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
        """The header of this name in the request's dialect: `copy-source`."""
        return self.request.headers.get(self.dialect.header(name))

    def cause(self, how: str) -> Cause:
        return Cause(how, self.request_id, self.request.client)

    def int_param(self, name: str, default: int, highest: int) -> int:
        """A number in the query. Out of range: the default, as OBS says of max-keys. Raises InvalidArgument."""
        shown = self.query.get(name) or str(default)
        if not shown.removeprefix("-").isdecimal() or len(shown) > 12:
            raise StoreError("InvalidArgument", f"{name} is a number, not {shown!r}")
        return int(shown) if 0 < int(shown) <= highest else default

    def body(self) -> Iterable[bytes]:
        """The body; after its last piece its hash is checked against the signed one (XAmzContentSHA256Mismatch)."""
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
        """A small body, checked against its hash and its Content-MD5."""
        if self.request.length > limit:
            raise StoreError("EntityTooLarge", f"{self.request.length} bytes, at most {limit}")
        body = b"".join(self.body())
        self.md5_check()(hashlib.md5(body, usedforsecurity=False).hexdigest())
        return body

    def md5_check(self) -> Callable[[str], None]:
        """What a body's MD5 (hex) is to be held against: Content-MD5, if it was sent."""
        shown = self.request.headers.get("Content-MD5")
        try:
            wanted = base64.b64decode(shown or "", validate=True).hex()
        except binascii.Error:
            wanted = ""
        if shown is not None and len(wanted) != 32:
            raise StoreError("InvalidDigest", "Content-MD5 is no base64 of an MD5")

        def check(md5: str) -> None:
            if wanted and md5 != wanted:
                raise StoreError("BadDigest", "the body's MD5 is not the one in Content-MD5")

        return check
