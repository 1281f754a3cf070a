"""Uploads, with a client that records what it was sent."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from imagedrop.ports import ObjectsRefused
from imagedrop_cli import upload
from imagedrop_cli.output import CommandError
from imagedrop_cli.upload import Uploader, part_size

PART = 1 << 10


class Bucket:
    """The calls of boto3's S3 client that an upload makes. `wrong`: fields of the answer, or the `part` that fails."""

    def __init__(self, **wrong: Any) -> None:
        self.objects: dict[str, bytes] = {}
        self.parts: dict[int, bytes] = {}
        self.aborted, self.wrong = False, wrong

    def put_object(self, *, Bucket: str, Key: str, Body: bytes, ContentMD5: str, **options: Any) -> dict[str, Any]:  # noqa: N803
        self.objects[Key] = Body
        return {"ETag": f'"{hashlib.md5(Body).hexdigest()}"', **self.wrong}

    def create_multipart_upload(self, **options: Any) -> dict[str, Any]:
        return {"UploadId": "u"}

    def upload_part(self, *, PartNumber: int, Body: bytes, **options: Any) -> dict[str, Any]:  # noqa: N803
        if self.wrong.get("part") == PartNumber:
            answer = {"Error": {"Code": "AccessDenied", "Message": "no"}, "ResponseMetadata": {"HTTPStatusCode": 403}}
            raise ClientError(answer, "UploadPart")
        self.parts[PartNumber] = Body
        return {"ETag": '"part"'}

    def complete_multipart_upload(self, *, Key: str, MultipartUpload: Any, **options: Any) -> dict[str, Any]:  # noqa: N803
        numbers = [part["PartNumber"] for part in MultipartUpload["Parts"]]
        assert numbers == sorted(self.parts)
        self.objects[Key] = b"".join(self.parts[number] for number in numbers)
        digests = b"".join(hashlib.md5(self.parts[number]).digest() for number in numbers)
        return {"ETag": f'"{hashlib.md5(digests).hexdigest()}-{len(numbers)}"', **self.wrong}

    def abort_multipart_upload(self, **options: Any) -> None:
        self.aborted = True


def image(folder: Path, size: int) -> Path:
    path = folder / "w.raw"
    path.write_bytes(os.urandom(size))
    return path


@pytest.mark.parametrize("size", [0, 1, PART, PART + 1, 10 * PART, 10 * PART + 7])
def test_upload_sends_all_bytes_in_order_and_reports_progress(here: Path, size: int) -> None:
    bucket, path = Bucket(), image(here, size)
    progress: list[int] = []
    etag = Uploader(bucket, "drops", PART).upload_file(path, "w.raw", progress.append)
    assert bucket.objects["w.raw"] == path.read_bytes()
    assert sum(progress) == size
    assert ("-" in etag) == (size > PART)


@pytest.mark.parametrize("size", [PART, 3 * PART])
def test_upload_with_a_different_etag_is_an_error(here: Path, size: int) -> None:
    with pytest.raises(CommandError, match="other bytes"):
        Uploader(Bucket(ETag='"0"'), "drops", PART).upload_file(image(here, size), "w.raw", lambda count: None)


def test_etag_of_an_encrypted_object_is_not_compared(here: Path) -> None:
    bucket = Bucket(ETag='"0"', ServerSideEncryption="aws:kms")
    assert Uploader(bucket, "drops", PART).upload_file(image(here, 3 * PART), "w.raw", lambda count: None) == "0"


def test_failed_multipart_upload_is_aborted(here: Path) -> None:
    bucket = Bucket(part=2)
    with pytest.raises(ObjectsRefused):
        Uploader(bucket, "drops", PART).upload_file(image(here, 30 * PART), "w.raw", lambda count: None)
    assert bucket.aborted
    assert len(bucket.parts) < 30
    assert not bucket.objects


def test_file_that_changes_during_the_upload_is_an_error(here: Path) -> None:
    path = image(here, 3 * PART)

    def grow(count: int) -> None:
        with path.open("ab") as file:
            file.write(b"more")

    with pytest.raises(CommandError, match="changed during"):
        Uploader(Bucket(), "drops", PART).upload_file(path, "w.raw", grow)


@pytest.mark.parametrize("size", [1, upload.MIN_PART_SIZE, 100 << 30, 1 << 40])
def test_part_size_keeps_to_the_maximum_number_of_parts(size: int) -> None:
    length = part_size(size)
    assert length >= upload.MIN_PART_SIZE
    assert -(-size // length) <= upload.MAX_PARTS
