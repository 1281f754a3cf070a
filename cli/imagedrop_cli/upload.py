"""Uploads files to OBS, large ones in parts, and compares the ETag with the one that OBS returns.

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

from imagedrop.adapters.calls import Calls
from imagedrop.adapters.obs.errors import translate_errors
from imagedrop.ports import ObjectsUnavailable
from imagedrop_cli.output import CommandError, sleep

MIN_PART_SIZE = 16 << 20  # bytes
MAX_PARTS = 10_000  # OBS API: UploadPart
WORKERS = 4
PART_LIMIT = 3600.0  # s, for one part with its repetitions
IMAGE, JSON = "application/octet-stream", "application/json"

T = TypeVar("T")
Progress = Callable[[int], None]  # takes the bytes sent since the last call


class Uploader:
    """`client`: boto3's for OBS. Raises ObjectsUnavailable, ObjectsRefused and CommandError."""

    def __init__(self, client: Any, bucket: str, part_size: int = MIN_PART_SIZE) -> None:
        self._client, self._bucket, self._part_size = client, bucket, part_size

    def put_json(self, key: str, body: bytes) -> str:
        """Returns the ETag."""
        return self._put(key, body, JSON)

    def upload_file(self, path: Path, key: str, progress: Progress) -> str:
        """Returns the ETag."""
        with path.open("rb", buffering=0) as file:
            before = _file_state(file.fileno())
            size = before[1]
            if size <= self._part_size:
                etag = self._put(key, os.pread(file.fileno(), size, 0), IMAGE)
                progress(size)
            else:
                etag = self._parts(file.fileno(), size, key, progress)
            if _file_state(file.fileno()) != before:
                raise CommandError(f"{path} changed during the upload: drop it again when it no longer changes")
        return etag

    def _put(self, key: str, body: bytes, content_type: str) -> str:
        md5 = hashlib.md5(body, usedforsecurity=False)
        checked = base64.b64encode(md5.digest()).decode()
        answer = _retry(
            lambda: self._client.put_object(
                Bucket=self._bucket, Key=key, Body=body, ContentType=content_type, ContentMD5=checked
            )
        )
        return _check_etag(key, answer, md5.hexdigest())

    def _parts(self, file: int, size: int, key: str, progress: Progress) -> str:
        created = _retry(lambda: self._client.create_multipart_upload(Bucket=self._bucket, Key=key, ContentType=IMAGE))
        target = {"Bucket": self._bucket, "Key": key, "UploadId": created["UploadId"]}
        try:
            digests = self._send(file, size, target, progress)
            parts = [{"PartNumber": number, "ETag": f'"{md5.hex()}"'} for number, md5 in enumerate(digests, 1)]
            answer = _retry(lambda: self._client.complete_multipart_upload(**target, MultipartUpload={"Parts": parts}))
        except BaseException:
            self._abort(target)
            raise
        whole = hashlib.md5(b"".join(digests), usedforsecurity=False).hexdigest()
        return _check_etag(key, answer, f"{whole}-{len(digests)}")

    def _send(self, file: int, size: int, target: dict[str, str], progress: Progress) -> list[bytes]:
        """Uploads the parts in parallel and returns their MD5s in order. Stops at the first error."""
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
            for part in ended:
                part.result()
        return [part.result() for part in sent]

    def _part(self, body: bytes, number: int, target: dict[str, str], progress: Progress) -> bytes:
        md5 = hashlib.md5(body, usedforsecurity=False).digest()
        checked = base64.b64encode(md5).decode()
        _retry(lambda: self._client.upload_part(**target, PartNumber=number, Body=body, ContentMD5=checked))
        progress(len(body))
        return md5

    def _abort(self, target: dict[str, str]) -> None:
        """Deletes the parts: OBS bills them until the upload is completed or aborted."""
        try:
            with translate_errors():
                self._client.abort_multipart_upload(**target)
        except Exception:  # noqa: BLE001 - the error that ended the upload is raised instead
            return


def part_size(size: int, smallest: int = MIN_PART_SIZE) -> int:
    """Bytes of a part, such that there are at most MAX_PARTS."""
    return max(smallest, -(-size // MAX_PARTS))


def _retry(call: Callable[[], T]) -> T:
    def once() -> T:
        with translate_errors():
            return call()

    temporary = lambda error: isinstance(error, ObjectsUnavailable)  # noqa: E731
    return Calls(sleep, random.Random()).run(once, PART_LIMIT, temporary)  # noqa: S311 - jitter


def _check_etag(key: str, answer: Any, ours: str) -> str:
    """Returns the server's ETag. With SSE-KMS it is not the MD5 of the content and is not compared."""
    theirs = str(answer["ETag"]).strip('"')
    if theirs != ours and not answer.get("ServerSideEncryption"):
        raise CommandError(f"{key}: OBS stored other bytes (ETag {theirs}) than were sent ({ours}): upload it again")
    return theirs


def _file_state(file: int) -> tuple[int, int]:
    """(modification time in ns, size in bytes)."""
    status = os.fstat(file)
    return status.st_mtime_ns, status.st_size
