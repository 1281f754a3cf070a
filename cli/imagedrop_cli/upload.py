"""Uploads to OBS: large files in parts, the ETag computed on the way and held against the server's.

ETag of a multipart object: md5(md5 of part 1 .. md5 of part N)-N, as in S3 (OBS API: completing a multipart upload).
"""

from __future__ import annotations

import base64
import hashlib
import os
import random
from collections.abc import Callable
from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait
from pathlib import Path
from threading import Event
from typing import Any, TypeVar

from imagedrop.adapters.obs.errors import sorted_out
from imagedrop.adapters.retries import briefly
from imagedrop.ports import ObjectsUnavailable
from imagedrop_cli.output import CommandError, sleep

MIN_PART_SIZE = 16 << 20  # bytes
MAX_PARTS = 10_000
WORKERS = 4
IMAGE, JSON = "application/octet-stream", "application/json"

T = TypeVar("T")
Progress = Callable[[int], None]  # told of bytes that have arrived


class Uploader:
    """`client`: boto3's for OBS. Raises ObjectsUnavailable, ObjectsRefused; Stop where something is not as it was."""

    def __init__(self, client: Any, bucket: str, part_size: int = MIN_PART_SIZE) -> None:
        self._client, self._bucket, self._part_size = client, bucket, part_size

    def text(self, key: str, body: bytes) -> str:
        """Puts a small object; its ETag."""
        return self._put(key, body, JSON)

    def file(self, path: Path, key: str, progress: Progress) -> str:
        """Uploads a file; the object's ETag, which is that of the file's bytes."""
        with path.open("rb", buffering=0) as file:
            before = _mark(file.fileno())
            size = before[1]
            if size <= self._part_size:
                etag = self._put(key, os.pread(file.fileno(), size, 0), IMAGE)
                progress(size)
            else:
                etag = self._parts(file.fileno(), size, key, progress)
            if _mark(file.fileno()) != before:
                raise CommandError(f"{path} changed while it was uploaded: drop it again when it is whole")
        return etag

    def _put(self, key: str, body: bytes, kind: str) -> str:
        md5 = hashlib.md5(body, usedforsecurity=False)
        checked = base64.b64encode(md5.digest()).decode()
        answer = _patiently(
            lambda: self._client.put_object(
                Bucket=self._bucket, Key=key, Body=body, ContentType=kind, ContentMD5=checked
            )
        )
        return _agreed(key, answer, md5.hexdigest())

    def _parts(self, file: int, size: int, key: str, progress: Progress) -> str:
        begun = _patiently(
            lambda: self._client.create_multipart_upload(Bucket=self._bucket, Key=key, ContentType=IMAGE)
        )
        target = {"Bucket": self._bucket, "Key": key, "UploadId": begun["UploadId"]}
        try:
            digests = self._send(file, size, target, progress)
            parts = [{"PartNumber": number, "ETag": f'"{one.hex()}"'} for number, one in enumerate(digests, 1)]
            answer = _patiently(
                lambda: self._client.complete_multipart_upload(**target, MultipartUpload={"Parts": parts})
            )
        except BaseException:
            self._abandon(target)
            raise
        whole = hashlib.md5(b"".join(digests), usedforsecurity=False).hexdigest()
        return _agreed(key, answer, f"{whole}-{len(digests)}")

    def _send(self, file: int, size: int, target: dict[str, Any], progress: Progress) -> list[bytes]:
        """Every part, some at once; their MD5s in order. The first that fails ends it."""
        length, stopped = part_size(size, self._part_size), Event()

        def send(number: int) -> bytes:
            if stopped.is_set():
                return b""
            return self._part(os.pread(file, length, number * length), number + 1, target, progress)

        with ThreadPoolExecutor(WORKERS) as pool:
            sent = [pool.submit(send, number) for number in range(-(-size // length))]
            try:
                ended, _ = wait(sent, return_when=FIRST_EXCEPTION)
            finally:
                stopped.set()
            for one in ended:
                one.result()
        return [one.result() for one in sent]

    def _part(self, body: bytes, number: int, target: dict[str, Any], progress: Progress) -> bytes:
        md5 = hashlib.md5(body, usedforsecurity=False).digest()
        checked = base64.b64encode(md5).decode()
        _patiently(lambda: self._client.upload_part(**target, PartNumber=number, Body=body, ContentMD5=checked))
        progress(len(body))
        return md5

    def _abandon(self, target: dict[str, Any]) -> None:
        """Parts of an upload that is not completed are paid for."""
        try:
            with sorted_out():
                self._client.abort_multipart_upload(**target)
        except Exception:  # noqa: BLE001 - what ended the upload is what matters
            return


def part_size(size: int, least: int = MIN_PART_SIZE) -> int:
    """Bytes a part, so that there are no more than OBS takes."""
    return max(least, -(-size // MAX_PARTS))


def _patiently(call: Callable[[], T]) -> T:
    def once() -> T:
        with sorted_out():
            return call()

    passes = lambda error: isinstance(error, ObjectsUnavailable)  # noqa: E731
    return briefly(sleep, random.Random(), passes)(once)  # noqa: S311 - jitter


def _agreed(key: str, answer: Any, ours: str) -> str:
    """The server's ETag. With SSE-KMS it is not the content's MD5 and says nothing."""
    theirs = str(answer["ETag"]).strip('"')
    if theirs != ours and not answer.get("ServerSideEncryption"):
        raise CommandError(
            f"{key}: OBS has stored other bytes (ETag {theirs}) than were sent ({ours}): upload it again"
        )
    return theirs


def _mark(file: int) -> tuple[int, int]:
    status = os.fstat(file)
    return status.st_mtime_ns, status.st_size
