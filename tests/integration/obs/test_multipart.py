"""Multipart uploads through boto3."""

from __future__ import annotations

import hashlib
import io
from typing import Any

import pytest
from boto3.s3.transfer import TransferConfig
from botocore.exceptions import ClientError

PART = 100 << 10


def upload(s3: Any, parts: list[bytes], key: str = "disk.raw") -> tuple[str, list[dict[str, Any]]]:
    upload_id = s3.create_multipart_upload(Bucket="drops", Key=key, Metadata={"owner": "me"})["UploadId"]
    upload_key = {"Bucket": "drops", "Key": key, "UploadId": upload_id}
    done = [
        {"PartNumber": number, "ETag": s3.upload_part(**upload_key, PartNumber=number, Body=part)["ETag"]}
        for number, part in enumerate(parts, 1)
    ]
    return upload_id, done


def test_completed_parts_become_one_object_with_a_multipart_etag(s3: Any) -> None:
    parts = [b"a" * PART, bytes(PART), b"tail"]
    upload_id, done = upload(s3, parts)
    assert "Contents" not in s3.list_objects_v2(Bucket="drops")
    s3.complete_multipart_upload(Bucket="drops", Key="disk.raw", UploadId=upload_id, MultipartUpload={"Parts": done})
    got = s3.get_object(Bucket="drops", Key="disk.raw")
    md5 = hashlib.md5(b"".join(hashlib.md5(part).digest() for part in parts)).hexdigest()
    assert (got["Body"].read(), got["ETag"], got["Metadata"]) == (b"".join(parts), f'"{md5}-3"', {"owner": "me"})
    assert "Uploads" not in s3.list_multipart_uploads(Bucket="drops")


def test_boto3_transfers_a_file_in_parts(s3: Any) -> None:
    content = bytes(range(256)) * (10 << 12)
    config = TransferConfig(multipart_threshold=1, multipart_chunksize=5 << 20, max_concurrency=4)
    s3.upload_fileobj(io.BytesIO(content), "drops", "disk.raw", Config=config)
    received = io.BytesIO()
    s3.download_fileobj("drops", "disk.raw", received, Config=config)
    assert received.getvalue() == content


def test_zeros_use_no_disk_space(cloud: Any, s3: Any) -> None:
    upload_id, done = upload(s3, [bytes(8 << 20), bytes(8 << 20)])
    s3.complete_multipart_upload(Bucket="drops", Key="disk.raw", UploadId=upload_id, MultipartUpload={"Parts": done})
    status = (cloud.folder / "drops" / "disk.raw").stat()
    assert status.st_size == 16 << 20
    assert status.st_blocks * 512 < 1 << 20


def test_parts_and_uploads_are_listed(s3: Any) -> None:
    upload_id, _ = upload(s3, [b"a" * PART, b"b"])
    listed = s3.list_parts(Bucket="drops", Key="disk.raw", UploadId=upload_id, MaxParts=1)
    assert (listed["IsTruncated"], [part["Size"] for part in listed["Parts"]]) == (True, [PART])
    rest = s3.list_parts(Bucket="drops", Key="disk.raw", UploadId=upload_id, PartNumberMarker=1)
    assert [part["PartNumber"] for part in rest["Parts"]] == [2]
    assert [item["UploadId"] for item in s3.list_multipart_uploads(Bucket="drops")["Uploads"]] == [upload_id]


def test_an_aborted_upload_no_longer_exists(s3: Any) -> None:
    upload_id, _ = upload(s3, [b"a"])
    s3.abort_multipart_upload(Bucket="drops", Key="disk.raw", UploadId=upload_id)
    with pytest.raises(ClientError, match="NoSuchUpload"):
        s3.upload_part(Bucket="drops", Key="disk.raw", UploadId=upload_id, PartNumber=1, Body=b"")


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (lambda done: done[::-1], "InvalidPartOrder"),
        (lambda done: [{"PartNumber": 1, "ETag": '"0"'}], "InvalidPart"),
        (lambda done: [*done, {"PartNumber": 9, "ETag": done[0]["ETag"]}], "InvalidPart"),
        (lambda done: [done[2], {"PartNumber": 4, "ETag": done[3]["ETag"]}], "EntityTooSmall"),
    ],
)
def test_an_invalid_list_of_parts_is_refused_and_the_upload_stays(s3: Any, change: Any, expected: str) -> None:
    upload_id, done = upload(s3, [b"a" * PART, b"b" * PART, b"small", b"tail"])
    upload_key = {"Bucket": "drops", "Key": "disk.raw", "UploadId": upload_id}
    with pytest.raises(ClientError, match=expected):
        s3.complete_multipart_upload(**upload_key, MultipartUpload={"Parts": change(done)})
    s3.complete_multipart_upload(**upload_key, MultipartUpload={"Parts": done[:2]})


def test_a_part_can_be_copied_from_another_object(s3: Any) -> None:
    s3.put_object(Bucket="drops", Key="source", Body=b"0123456789")
    upload_id, _ = upload(s3, [])
    upload_key = {"Bucket": "drops", "Key": "disk.raw", "UploadId": upload_id}
    copied = s3.upload_part_copy(**upload_key, PartNumber=1, CopySource="drops/source", CopySourceRange="bytes=2-4")
    part = {"PartNumber": 1, "ETag": copied["CopyPartResult"]["ETag"]}
    s3.complete_multipart_upload(**upload_key, MultipartUpload={"Parts": [part]})
    assert s3.get_object(Bucket="drops", Key="disk.raw")["Body"].read() == b"234"


def test_an_upload_continues_after_a_restart(cloud: Any, launch: Any, s3: Any) -> None:
    upload_id, done = upload(s3, [b"a" * PART])
    cloud.stop()
    again = launch().client()
    upload_key = {"Bucket": "drops", "Key": "disk.raw", "UploadId": upload_id}
    etag = again.upload_part(**upload_key, PartNumber=2, Body=b"tail")["ETag"]
    again.complete_multipart_upload(**upload_key, MultipartUpload={"Parts": [*done, {"PartNumber": 2, "ETag": etag}]})
    assert again.head_object(Bucket="drops", Key="disk.raw")["ContentLength"] == PART + 4
