"""Objects in OBS, through its S3 interface (OBS: S3 API reference).

A range that does not fit is answered with 200 and the whole object, so answers are checked against what was asked.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from contextlib import closing
from datetime import UTC
from typing import Any, TypeVar

from botocore.exceptions import ClientError

from imagedrop.adapters.obs.client import obs_client
from imagedrop.adapters.obs.errors import KEYS_REFUSED, is_gone, raise_if_changed, translate_errors
from imagedrop.adapters.retries import retry_briefly
from imagedrop.ports import Listing, ObjectChanged, ObjectHead, ObjectsRefused, ObjectsUnavailable, Random, Sleep

__all__ = ["ObsObjects", "obs_client"]

PAGE = 1000

T = TypeVar("T")


class ObsObjects:
    """`renew`: reads the keys anew after a refusal, and says whether they have changed. Threads may share it."""

    def __init__(self, client: Any, sleep: Sleep, random: Random, renew: Callable[[], bool] = lambda: False) -> None:
        self._client, self._sleep, self._random, self._renew = client, sleep, random, renew
        self._renewing, self._renewals = threading.Lock(), 0

    def head(self, bucket: str, key: str) -> ObjectHead | None:
        answer = self._try(lambda: _or_none(self._client.head_object, Bucket=bucket, Key=key))
        return _head(key, answer) if answer else None

    def get(self, bucket: str, key: str, *, limit: int) -> tuple[ObjectHead, bytes] | None:
        def once() -> tuple[ObjectHead, bytes] | None:
            answer = _or_none(self._client.get_object, Bucket=bucket, Key=key)
            if answer is None:
                return None
            head = _head(key, answer)
            return head, _take(answer["Body"], min(limit, head.size))

        return self._try(once)

    def read(self, bucket: str, key: str, etag: str, offset: int, length: int) -> bytes:
        if length <= 0:
            return b""

        def once() -> bytes:
            with raise_if_changed(bucket, key):
                answer = self._client.get_object(
                    Bucket=bucket, Key=key, IfMatch=f'"{etag}"', Range=f"bytes={offset}-{offset + length - 1}"
                )
            with closing(answer["Body"]):
                _check_range(answer, offset, length)
                return _take(answer["Body"], length)

        return self._try(once)

    def put(self, bucket: str, key: str, body: bytes, content_type: str = "application/json") -> None:
        self._try(lambda: self._client.put_object(Bucket=bucket, Key=key, Body=body, ContentType=content_type))

    def delete(self, bucket: str, key: str) -> None:
        self._try(lambda: _or_none(self._client.delete_object, Bucket=bucket, Key=key))

    def list(self, bucket: str, prefix: str = "", after: str | None = None) -> Listing:
        start = {"StartAfter": after} if after is not None else {}
        page = self._try(lambda: self._client.list_objects_v2(Bucket=bucket, Prefix=prefix, MaxKeys=PAGE, **start))
        heads = [_head(item["Key"], {**item, "ContentLength": item["Size"]}) for item in page.get("Contents", ())]
        return Listing(heads, heads[-1].key if heads and page.get("IsTruncated") else None)

    def storage_class(self, bucket: str) -> str | None:
        """OBS: HEAD Bucket; the header's name depends on the protocol."""
        headers = self._bucket(bucket)
        return headers.get("x-default-storage-class") or headers.get("x-obs-storage-class")

    def region(self, bucket: str) -> str | None:
        headers = self._bucket(bucket)
        return headers.get("x-amz-bucket-region") or headers.get("x-obs-bucket-location")

    def _bucket(self, bucket: str) -> Mapping[str, str]:
        answer = self._try(lambda: self._client.head_bucket(Bucket=bucket))
        headers: Mapping[str, str] = answer["ResponseMetadata"]["HTTPHeaders"]
        return headers

    def _try(self, once: Callable[[], T]) -> T:
        before = self._renewals
        try:
            return self._patiently(once)
        except ObjectsRefused as error:
            if error.code not in KEYS_REFUSED or not self._renewed_since(before):
                raise
            return self._patiently(once)

    def _renewed_since(self, before: int) -> bool:
        """Of several threads that were refused with the same keys one reads them anew, for all."""
        with self._renewing:
            if self._renewals == before and self._renew():
                self._renewals += 1
            return self._renewals != before

    def _patiently(self, once: Callable[[], T]) -> T:
        def attempt() -> T:
            with translate_errors():
                return once()

        return retry_briefly(self._sleep, self._random, lambda error: isinstance(error, ObjectsUnavailable))(attempt)


def _or_none(call: Callable[..., Any], **arguments: Any) -> Any:
    try:
        return call(**arguments)
    except ClientError as error:
        if is_gone(error):
            return None
        raise


def _head(key: str, answer: Mapping[str, Any]) -> ObjectHead:
    return ObjectHead(
        key=key,
        etag=answer["ETag"].strip('"'),
        size=answer["ContentLength"],
        last_modified=answer["LastModified"].astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        storage_class=answer.get("StorageClass"),
        encryption=answer.get("ServerSideEncryption"),
        content_encoding=answer.get("ContentEncoding") or None,
    )


def _take(body: Any, length: int) -> bytes:
    """Just so many bytes of a stream that may hold more; the rest is never read."""
    taken = b""
    with closing(body):
        while len(taken) < length:
            piece = body.read(length - len(taken))
            if not piece:
                raise ObjectsUnavailable(f"the answer ended after {len(taken)} of {length} bytes")
            taken += piece
    return taken


def _check_range(answer: Mapping[str, Any], offset: int, length: int) -> None:
    status, said = answer["ResponseMetadata"]["HTTPStatusCode"], answer.get("ContentRange", "")
    span, _, total = said.partition("/")
    if status == 206 and span == f"bytes {offset}-{offset + length - 1}":
        return
    size = int(total) if total.isdecimal() else answer["ContentLength"]
    if size < offset + length:
        raise ObjectChanged(f"{size} bytes, too short for {length} at {offset}")
    raise ObjectsUnavailable(f"{length} bytes at {offset} were asked for; the answer is {status} {said!r}")
