"""Objects in OBS, through its S3 interface (OBS: S3 API reference).

OBS answers a range past the end with 200 and the whole object. So responses are compared with the requested range.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Container, Mapping
from contextlib import closing
from datetime import UTC
from typing import Any, TypeVar

from botocore.exceptions import ClientError

from imagedrop.adapters.calls import Calls
from imagedrop.adapters.obs.errors import KEYS_REFUSED, is_missing, raise_if_changed, translate_errors
from imagedrop.adapters.time_limits import OBS
from imagedrop.ports import ErrorClass, Listing, ObjectChanged, ObjectHead, ObjectsRefused, ObjectsUnavailable

PAGE = 1000
READS: frozenset[ErrorClass] = frozenset({"busy", "undelivered", "unknown"})
WRITES: frozenset[ErrorClass] = frozenset({"busy", "undelivered"})

T = TypeVar("T")


class ObsObjects:
    """`renew` reads the keys again after a refusal and returns whether they have changed. Thread-safe."""

    def __init__(self, client: Any, calls: Calls, renew: Callable[[], bool] = lambda: False) -> None:
        self._client, self._calls, self._renew = client, calls, renew
        self._renew_lock, self._renewals = threading.Lock(), 0

    def head(self, bucket: str, key: str) -> ObjectHead | None:
        response = self._try(lambda: _none_if_missing(self._client.head_object, Bucket=bucket, Key=key))
        return _head(key, response) if response else None

    def get(self, bucket: str, key: str, *, limit: int) -> tuple[ObjectHead, bytes] | None:
        def get_once() -> tuple[ObjectHead, bytes] | None:
            response = _none_if_missing(self._client.get_object, Bucket=bucket, Key=key)
            if response is None:
                return None
            head = _head(key, response)
            return head, _read_exactly(response["Body"], min(limit, head.size))

        return self._try(get_once)

    def read(self, bucket: str, key: str, etag: str, offset: int, length: int) -> bytes:
        if length <= 0:
            return b""

        def read_once() -> bytes:
            with raise_if_changed(bucket, key):
                response = self._client.get_object(
                    Bucket=bucket, Key=key, IfMatch=f'"{etag}"', Range=f"bytes={offset}-{offset + length - 1}"
                )
            with closing(response["Body"]):
                _check_range(response, offset, length)
                return _read_exactly(response["Body"], length)

        return self._try(read_once)

    def put(self, bucket: str, key: str, body: bytes, content_type: str = "application/json") -> None:
        self._try(lambda: self._client.put_object(Bucket=bucket, Key=key, Body=body, ContentType=content_type), WRITES)

    def delete(self, bucket: str, key: str) -> None:
        self._try(lambda: _none_if_missing(self._client.delete_object, Bucket=bucket, Key=key), WRITES)

    def list(self, bucket: str, prefix: str = "", after: str | None = None) -> Listing:
        start = {"StartAfter": after} if after is not None else {}
        page = self._try(lambda: self._client.list_objects_v2(Bucket=bucket, Prefix=prefix, MaxKeys=PAGE, **start))
        heads = [_head(item["Key"], {**item, "ContentLength": item["Size"]}) for item in page.get("Contents", ())]
        return Listing(heads, heads[-1].key if heads and page.get("IsTruncated") else None)

    def storage_class(self, bucket: str) -> str | None:
        """OBS: HEAD Bucket. The S3 and the OBS protocol have different header names."""
        headers = self._head_bucket(bucket)
        return headers.get("x-default-storage-class") or headers.get("x-obs-storage-class")

    def region(self, bucket: str) -> str | None:
        headers = self._head_bucket(bucket)
        return headers.get("x-amz-bucket-region") or headers.get("x-obs-bucket-location")

    def _head_bucket(self, bucket: str) -> Mapping[str, str]:
        response = self._try(lambda: self._client.head_bucket(Bucket=bucket))
        headers: Mapping[str, str] = response["ResponseMetadata"]["HTTPHeaders"]
        return headers

    def _try(self, call: Callable[[], T], repeated: Container[ErrorClass] = READS) -> T:
        """`repeated`: the kinds of errors after which the call may be repeated."""
        renewals = self._renewals
        try:
            return self._run(call, repeated)
        except ObjectsRefused as error:
            if error.code not in KEYS_REFUSED or not self._keys_changed(renewals):
                raise
            return self._run(call, repeated)

    def _keys_changed(self, since: int) -> bool:
        """Of several threads refused with the same keys only one renews them. `since`: _renewals before the call."""
        with self._renew_lock:
            if self._renewals == since and self._renew():
                self._renewals += 1
            return self._renewals != since

    def _run(self, call: Callable[[], T], repeated: Container[ErrorClass]) -> T:
        def once() -> T:
            with translate_errors():
                return call()

        repeatable = lambda error: isinstance(error, ObjectsUnavailable) and error.kind in repeated  # noqa: E731
        return self._calls.run(once, OBS, repeatable)


def _none_if_missing(call: Callable[..., Any], **arguments: Any) -> Any:
    try:
        return call(**arguments)
    except ClientError as error:
        if is_missing(error):
            return None
        raise


def _head(key: str, response: Mapping[str, Any]) -> ObjectHead:
    return ObjectHead(
        key=key,
        etag=response["ETag"].strip('"'),
        size=response["ContentLength"],
        last_modified=response["LastModified"].astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        storage_class=response.get("StorageClass"),
        encryption=response.get("ServerSideEncryption"),
        content_encoding=response.get("ContentEncoding") or None,
    )


def _read_exactly(body: Any, length: int) -> bytes:
    """`length` bytes of a stream, which may have more. Closes it."""
    data = b""
    with closing(body):
        while len(data) < length:
            chunk = body.read(length - len(data))
            if not chunk:
                raise ObjectsUnavailable(f"the response ended after {len(data)} of {length} bytes")
            data += chunk
    return data


def _check_range(response: Mapping[str, Any], offset: int, length: int) -> None:
    status, content_range = response["ResponseMetadata"]["HTTPStatusCode"], response.get("ContentRange", "")
    byte_range, _, total = content_range.partition("/")
    if status == 206 and byte_range == f"bytes {offset}-{offset + length - 1}":
        return
    size = int(total) if total.isdecimal() else response["ContentLength"]
    if size < offset + length:
        raise ObjectChanged(f"the object has only {size} bytes; {length} bytes at {offset} were requested")
    raise ObjectsUnavailable(f"requested {length} bytes at {offset}; the response is {status} {content_range!r}")
