"""Objects through boto3."""

from __future__ import annotations

import contextlib
import gc
import hashlib
import os
import urllib.request
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError, ConnectionClosedError, EndpointConnectionError

from imagedrop_local.faults import Fault
from imagedrop_local.obs.model import Attributes
from tests.support.waiting import until

CONTENT = bytes(range(256)) * 40  # 10,240 bytes


def code(error: pytest.ExceptionInfo[ClientError]) -> tuple[int, str]:
    return error.value.response["ResponseMetadata"]["HTTPStatusCode"], error.value.response["Error"]["Code"]


def test_get_returns_the_put_content_with_md5_and_metadata(s3: Any) -> None:
    put = s3.put_object(
        Bucket="drops",
        Key="a/disk.vhd",
        Body=CONTENT,
        ContentType="x/y",
        Metadata={"owner": "me"},
        CacheControl="no-store",
    )
    got = s3.get_object(Bucket="drops", Key="a/disk.vhd")
    assert got["Body"].read() == CONTENT
    assert put["ETag"] == got["ETag"] == f'"{hashlib.md5(CONTENT).hexdigest()}"'
    assert (got["ContentType"], got["Metadata"], got["CacheControl"]) == ("x/y", {"owner": "me"}, "no-store")
    assert got["ResponseMetadata"]["HTTPHeaders"]["x-amz-request-id"]


def test_head_returns_length_storage_class_and_accept_ranges(s3: Any) -> None:
    s3.put_object(Bucket="drops", Key="k", Body=CONTENT, StorageClass="STANDARD_IA")
    head = s3.head_object(Bucket="drops", Key="k")
    assert (head["ContentLength"], head["StorageClass"], head["AcceptRanges"]) == (len(CONTENT), "STANDARD_IA", "bytes")


def test_head_omits_the_storage_class_standard(s3: Any) -> None:
    s3.put_object(Bucket="drops", Key="k", Body=b"")
    assert "StorageClass" not in s3.head_object(Bucket="drops", Key="k")


def test_an_object_has_the_storage_class_of_its_bucket_by_default(cloud: Any, s3: Any) -> None:
    cloud.store.create_bucket("warm-bucket", storage_class="WARM")
    s3.put_object(Bucket="warm-bucket", Key="k", Body=b"")
    s3.put_object(Bucket="warm-bucket", Key="own", Body=b"", StorageClass="STANDARD")
    listed = {item["Key"]: item["StorageClass"] for item in s3.list_objects_v2(Bucket="warm-bucket")["Contents"]}
    assert listed == {"k": "STANDARD_IA", "own": "STANDARD"}


def test_cold_objects_cannot_be_read(s3: Any) -> None:
    s3.put_object(Bucket="drops", Key="k", Body=b"x", StorageClass="GLACIER")
    with pytest.raises(ClientError) as error:
        s3.get_object(Bucket="drops", Key="k")
    assert code(error) == (403, "InvalidObjectState")


@pytest.mark.parametrize(
    ("requested", "first", "last"),
    [
        ("bytes=0-0", 0, 0),
        ("bytes=100-199", 100, 199),
        ("bytes=10000-99999", 10_000, 10_239),
        ("bytes=10239-", 10_239, 10_239),
        ("bytes=-1", 10_239, 10_239),
        ("bytes=-99999", 0, 10_239),
    ],
)
def test_a_range_is_answered_with_206_and_its_bytes(s3: Any, requested: str, first: int, last: int) -> None:
    s3.put_object(Bucket="drops", Key="k", Body=CONTENT)
    got = s3.get_object(Bucket="drops", Key="k", Range=requested)
    assert got["ResponseMetadata"]["HTTPStatusCode"] == 206
    assert got["ContentRange"] == f"bytes {first}-{last}/10240"
    assert got["Body"].read() == CONTENT[first : last + 1]


@pytest.mark.parametrize(
    "requested", ["bytes=10240-", "bytes=10240-10250", "bytes=5-4", "bytes=-0", "bytes=x-y", "lines=1-2"]
)
def test_an_invalid_range_is_answered_with_200_and_the_whole_object(s3: Any, requested: str) -> None:
    s3.put_object(Bucket="drops", Key="k", Body=CONTENT)
    got = s3.get_object(Bucket="drops", Key="k", Range=requested)
    assert got["ResponseMetadata"]["HTTPStatusCode"] == 200
    assert "ContentRange" not in got
    assert got["Body"].read() == CONTENT


def test_two_ranges_are_answered_as_two_parts(s3: Any) -> None:
    s3.put_object(Bucket="drops", Key="k", Body=CONTENT)
    got = s3.get_object(Bucket="drops", Key="k", Range="bytes=0-1,300-301")
    body = got["Body"].read()
    assert got["ResponseMetadata"]["HTTPStatusCode"] == 206
    assert body.count(b"Content-range: bytes ") == 2
    assert b"bytes 300-301/10240\r\n\r\n" + CONTENT[300:302] + b"\r\n" in body


def test_if_match_refuses_a_replaced_object(s3: Any) -> None:
    etag = s3.put_object(Bucket="drops", Key="k", Body=b"one")["ETag"]
    assert s3.get_object(Bucket="drops", Key="k", IfMatch=etag, Range="bytes=0-0")["Body"].read() == b"o"
    s3.put_object(Bucket="drops", Key="k", Body=b"two")
    with pytest.raises(ClientError) as error:
        s3.get_object(Bucket="drops", Key="k", IfMatch=etag, Range="bytes=0-0")
    assert code(error) == (412, "PreconditionFailed")


def test_if_none_match_is_answered_with_304_for_the_same_etag(s3: Any) -> None:
    etag = s3.put_object(Bucket="drops", Key="k", Body=b"one")["ETag"]
    with pytest.raises(ClientError) as error:
        s3.head_object(Bucket="drops", Key="k", IfNoneMatch=etag)
    assert code(error)[0] == 304
    assert s3.get_object(Bucket="drops", Key="k", IfNoneMatch='"other"')["Body"].read() == b"one"


def test_if_modified_since_and_if_unmodified_since_are_honoured(s3: Any) -> None:
    s3.put_object(Bucket="drops", Key="k", Body=b"one")
    changed = s3.head_object(Bucket="drops", Key="k")["LastModified"]
    with pytest.raises(ClientError) as error:
        s3.head_object(Bucket="drops", Key="k", IfModifiedSince=changed)
    assert code(error)[0] == 304
    assert s3.head_object(Bucket="drops", Key="k", IfUnmodifiedSince=changed)["ContentLength"] == 3


def test_a_missing_object_or_bucket_is_answered_with_404(s3: Any) -> None:
    for call, expected in ((s3.get_object, "NoSuchKey"), (s3.head_object, "404")):
        with pytest.raises(ClientError) as error:
            call(Bucket="drops", Key="none")
        assert code(error) == (404, expected)
    with pytest.raises(ClientError) as error:
        s3.get_object(Bucket="none-such", Key="k")
    assert code(error) == (404, "NoSuchBucket")


def test_deleting_a_missing_object_succeeds(s3: Any) -> None:
    s3.put_object(Bucket="drops", Key="k", Body=b"one")
    for _ in range(2):
        assert s3.delete_object(Bucket="drops", Key="k")["ResponseMetadata"]["HTTPStatusCode"] == 204
    assert "Contents" not in s3.list_objects_v2(Bucket="drops")


def test_a_copy_has_the_content_and_metadata_of_its_source(s3: Any) -> None:
    s3.put_object(Bucket="drops", Key="a b/ü.vhd", Body=CONTENT, Metadata={"owner": "me"})
    copied = s3.copy_object(Bucket="drops", Key="copy", CopySource={"Bucket": "drops", "Key": "a b/ü.vhd"})
    got = s3.get_object(Bucket="drops", Key="copy")
    assert (got["Body"].read(), got["Metadata"], got["ETag"]) == (
        CONTENT,
        {"owner": "me"},
        copied["CopyObjectResult"]["ETag"],
    )
    with pytest.raises(ClientError) as error:
        s3.copy_object(Bucket="drops", Key="copy", CopySource="drops/a b/ü.vhd", CopySourceIfMatch='"other"')
    assert code(error) == (412, "PreconditionFailed")


def test_metadata_that_is_not_ascii_is_returned_encoded(cloud: Any, s3: Any) -> None:
    cloud.store.put("drops", "k", b"", Attributes(metadata={"owner": "王"}))
    assert s3.head_object(Bucket="drops", Key="k")["Metadata"] == {"owner": "=?UTF-8?B?546L?="}


def test_metadata_above_two_kilobytes_is_refused(s3: Any) -> None:
    s3.put_object(Bucket="drops", Key="k", Body=b"", Metadata={"a": "x" * 2047})
    with pytest.raises(ClientError) as error:
        s3.put_object(Bucket="drops", Key="j", Body=b"", Metadata={"a": "x" * 2048})
    assert code(error) == (400, "MetadataTooLarge")


def test_encryption_with_a_customer_key_is_refused(s3: Any) -> None:
    with pytest.raises(ClientError) as error:
        s3.put_object(Bucket="drops", Key="k", Body=b"", SSECustomerAlgorithm="AES256", SSECustomerKey="k" * 32)
    assert code(error)[1] in ("NotImplemented", "InvalidEncryptionAlgorithmError")
    assert "Contents" not in s3.list_objects_v2(Bucket="drops")


def test_a_wrong_content_md5_stores_nothing(s3: Any) -> None:
    for md5, expected in (("AAAAAAAAAAAAAAAAAAAAAA==", "BadDigest"), ("nonsense", "InvalidDigest")):
        with pytest.raises(ClientError) as error:
            s3.put_object(Bucket="drops", Key="k", Body=b"one", ContentMD5=md5)
        assert code(error) == (400, expected)
    assert "Contents" not in s3.list_objects_v2(Bucket="drops")


def test_kms_encryption_is_shown_and_other_encryption_refused(s3: Any) -> None:
    s3.put_object(Bucket="drops", Key="k", Body=b"", ServerSideEncryption="aws:kms", SSEKMSKeyId="key-1")
    head = s3.head_object(Bucket="drops", Key="k")
    assert (head["ServerSideEncryption"], head["SSEKMSKeyId"]) == ("aws:kms", "key-1")
    with pytest.raises(ClientError) as error:
        s3.put_object(Bucket="drops", Key="k", Body=b"", ServerSideEncryption="AES256")
    assert code(error) == (400, "InvalidEncryptionAlgorithmError")


def test_a_presigned_url_works_without_credentials(s3: Any) -> None:
    s3.put_object(Bucket="drops", Key="a b+c", Body=b"one")
    url = s3.generate_presigned_url("get_object", Params={"Bucket": "drops", "Key": "a b+c"}, ExpiresIn=60)
    with urllib.request.urlopen(url) as answer:
        assert answer.read() == b"one"


HOSTILE = [
    "../up",
    "/abs",
    "a//b",
    "a/./b",
    "dir/",
    "dir",
    "dir/x",
    "x" * 300,
    "y/" * 500 + "z",
    "%2e%2e/x",
    "a\\b",
    "中 文&<>'\"+.json",
    "\x01",
]


def test_keys_that_cannot_be_paths_are_stored_inside_the_folder(cloud: Any, s3: Any) -> None:
    for key in HOSTILE:
        s3.put_object(Bucket="drops", Key=key, Body=key.encode())
    for key in HOSTILE:
        assert s3.get_object(Bucket="drops", Key=key)["Body"].read() == key.encode()
    keys = [item["Key"] for item in s3.list_objects_v2(Bucket="drops", EncodingType="url")["Contents"]]
    assert len(keys) == len(HOSTILE)
    assert {path.name for path in cloud.folder.parent.iterdir()} == {"cloud"}
    for key in HOSTILE:
        s3.delete_object(Bucket="drops", Key=key)
    assert list((cloud.folder / "drops").iterdir()) == []


@pytest.mark.parametrize(("key", "expected"), [("k" * 1025, "KeyTooLong"), ("a\0b", "InvalidURI")])
def test_invalid_keys_are_refused(s3: Any, key: str, expected: str) -> None:
    with pytest.raises(ClientError) as error:
        s3.put_object(Bucket="drops", Key=key, Body=b"")
    assert code(error) == (400, expected)


def test_a_ranged_read_of_a_huge_file_reads_only_the_range(cloud: Any, s3: Any) -> None:
    path = cloud.folder / "drops" / "huge.raw"
    with path.open("wb") as file:
        file.truncate(100 << 30)
        os.pwrite(file.fileno(), b"tail", (100 << 30) - 4)
    before = read_bytes()
    got = s3.get_object(Bucket="drops", Key="huge.raw", Range=f"bytes={(100 << 30) - 4}-{(100 << 30) + 5}")
    assert got["Body"].read() == b"tail"
    assert got["ETag"].endswith('-1"')
    assert read_bytes() - before < 64 << 20  # boto3 and the sockets read some kilobytes; the file has 100 GiB


def read_bytes() -> int:
    """The bytes that this process has read so far, from files and sockets."""
    return int(Path("/proc/self/io").read_text().split()[1])


def test_a_read_continues_with_the_old_content_when_the_object_is_replaced(cloud: Any, s3: Any) -> None:
    s3.put_object(Bucket="drops", Key="k", Body=b"o" * (8 << 20))
    body = s3.get_object(Bucket="drops", Key="k")["Body"]
    first = body.read(1000)
    s3.put_object(Bucket="drops", Key="k", Body=b"n" * (8 << 20))
    assert set(first + body.read()) == set(b"o")


@pytest.mark.parametrize("kind", ["timeout_before", "timeout_after", "reset"])
def test_the_fault_decides_whether_a_failed_put_takes_effect(cloud: Any, s3: Any, kind: Any) -> None:
    cloud.faults.add(Fault(service="obs", call="PutObject", times=1, fault=kind, seconds=0.01))
    with pytest.raises((ConnectionClosedError, EndpointConnectionError)):
        s3.put_object(Bucket="drops", Key="k", Body=b"one")
    assert (cloud.store.head("drops", "k") is not None) == (kind == "timeout_after")


@pytest.mark.parametrize("kind", ["timeout_before", "timeout_after", "reset", "slow", "status"])
def test_a_get_with_any_fault_leaves_no_file_open(cloud: Any, s3: Any, kind: Any) -> None:
    s3.put_object(Bucket="drops", Key="k", Body=b"one")
    cloud.faults.add(Fault(service="obs", call="GetObject", times=1, fault=kind, seconds=0.01))
    with contextlib.suppress(ConnectionClosedError, ClientError):
        assert s3.get_object(Bucket="drops", Key="k")["Body"].read() == b"one"
    gc.collect()
    until(lambda: not [path for path in Path("/proc/self/fd").glob("*") if "drops/k" in os.path.realpath(path)])
