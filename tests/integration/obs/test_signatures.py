"""Signatures that are wrong, expired, for another host or missing."""

from __future__ import annotations

import hashlib
import http.client
import urllib.error
import urllib.request
from datetime import timedelta
from typing import Any

import pytest
from botocore.auth import S3SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from botocore.exceptions import ClientError

from imagedrop_local.faults import Fault
from imagedrop_local.obs.switches import ObsSwitches

AK, SK, REGION = "AKTESTTESTTEST", "SKTESTTESTTESTTEST", "cn-north-4"


def error_of(client: Any) -> tuple[int, str]:
    with pytest.raises(ClientError) as error:
        client.list_objects_v2(Bucket="drops")
    return error.value.response["ResponseMetadata"]["HTTPStatusCode"], error.value.response["Error"]["Code"]


def test_an_unknown_access_key_is_refused(cloud: Any) -> None:
    assert error_of(cloud.client(ak="AKOTHER")) == (403, "InvalidAccessKeyId")


def test_a_wrong_secret_key_is_refused(cloud: Any) -> None:
    assert error_of(cloud.client(sk="other")) == (403, "SignatureDoesNotMatch")


def test_another_region_in_the_scope_is_refused(cloud: Any) -> None:
    assert error_of(cloud.client(region="us-east-1")) == (400, "AuthorizationHeaderMalformed")


@pytest.mark.parametrize("minutes", [-16, 16])
def test_a_clock_more_than_15_minutes_off_is_refused(cloud: Any, minutes: int) -> None:
    cloud.skew = timedelta(minutes=minutes)
    assert error_of(cloud.client()) == (403, "RequestTimeTooSkewed")
    cloud.skew = timedelta(minutes=minutes - (minutes > 0) * 2 + (minutes < 0) * 2)
    cloud.client().list_objects_v2(Bucket="drops")


@pytest.mark.parametrize("version", ["s3v4", "s3"])
def test_signatures_v4_and_v2_are_accepted_and_checked(cloud: Any, version: str) -> None:
    client = cloud.client(signature_version=version)
    client.put_object(Bucket="drops", Key="a b/ü+", Body=b"one", Metadata={"owner": "me"}, ContentType="x/y")
    assert (
        client.get_object(Bucket="drops", Key="a b/ü+", ResponseContentType="text/plain")["ContentType"] == "text/plain"
    )
    assert error_of(cloud.client(signature_version=version, sk="other")) == (403, "SignatureDoesNotMatch")


@pytest.mark.parametrize("version", ["s3v4", "s3"])
def test_a_presigned_url_expires_and_cannot_be_changed(cloud: Any, version: str) -> None:
    client = cloud.client(signature_version=version)
    client.put_object(Bucket="drops", Key="k", Body=b"one")
    url = client.generate_presigned_url("get_object", Params={"Bucket": "drops", "Key": "k"}, ExpiresIn=60)
    with urllib.request.urlopen(url) as answer:
        assert answer.read() == b"one"
    with pytest.raises(urllib.error.HTTPError, match="403"):
        urllib.request.urlopen(url.replace("/drops/k?", "/drops/j?"))
    cloud.skew = timedelta(seconds=90)
    with pytest.raises(urllib.error.HTTPError, match="403"):
        urllib.request.urlopen(url)


def test_a_request_without_a_signature_is_refused(cloud: Any) -> None:
    with pytest.raises(urllib.error.HTTPError) as error:
        urllib.request.urlopen(f"{cloud.server.url}/drops?list-type=2")
    assert error.value.code == 403
    body = error.value.read()
    error.value.close()
    assert b"<Code>AccessDenied</Code>" in body
    assert b"<RequestId>" in body


def raw_put(cloud: Any, key: str, body: bytes, payload: str, **more: str) -> tuple[int, bytes]:
    """A PUT signed with V4 and any payload hash."""
    headers = {"x-amz-content-sha256": payload, **more}
    request = AWSRequest("PUT", f"{cloud.server.url}/drops/{key}", headers=headers)
    signer = S3SigV4Auth(Credentials(AK, SK), "s3", REGION)
    signer.payload = lambda request: payload
    signer.add_auth(request)
    connection = http.client.HTTPConnection("127.0.0.1", cloud.server.port)
    connection.request("PUT", f"/drops/{key}", body=body, headers=dict(request.headers.items()))
    answer = connection.getresponse()
    result = answer.status, answer.read()
    connection.close()
    return result


def test_a_body_other_than_the_signed_one_is_not_stored(cloud: Any) -> None:
    status, body = raw_put(cloud, "k", b"forged", hashlib.sha256(b"signed").hexdigest())
    assert status == 400
    assert b"XAmzContentSHA256Mismatch" in body
    assert cloud.store.head("drops", "k") is None
    assert raw_put(cloud, "k", b"signed", hashlib.sha256(b"signed").hexdigest())[0] == 200


FRAMED = b"3\r\none\r\n0\r\nx-amz-checksum-crc32:KmQ5PA==\r\n\r\n"
STREAMING = "STREAMING-UNSIGNED-PAYLOAD-TRAILER"
EXTRA = {
    "Content-Encoding": "aws-chunked",
    "x-amz-trailer": "x-amz-checksum-crc32",
    "x-amz-decoded-content-length": "3",
}


def test_aws_chunked_framing_is_stored_as_content(cloud: Any, s3: Any) -> None:
    assert raw_put(cloud, "k", FRAMED, STREAMING, **EXTRA)[0] == 200
    got = s3.get_object(Bucket="drops", Key="k")
    assert got["Body"].read() == FRAMED
    assert got["ContentEncoding"] == "aws-chunked"


def test_aws_chunked_framing_is_refused_if_switched_on(launch: Any) -> None:
    cloud = launch(switches=ObsSwitches(obs_aws_chunked="refused"))
    cloud.store.create_bucket("drops")
    status, body = raw_put(cloud, "k", FRAMED, STREAMING, **EXTRA)
    assert (status, b"XAmzContentSHA256Mismatch" in body) == (400, True)
    assert cloud.store.head("drops", "k") is None


def test_an_invalid_range_is_answered_with_416_if_switched_on(launch: Any) -> None:
    cloud = launch(switches=ObsSwitches(obs_invalid_range="416"))
    cloud.store.create_bucket("drops")
    cloud.store.put("drops", "k", b"one")
    with pytest.raises(ClientError, match="InvalidRange"):
        cloud.client().get_object(Bucket="drops", Key="k", Range="bytes=3-")


def test_delete_objects_without_md5_succeeds_if_switched_on(launch: Any) -> None:
    cloud = launch(switches=ObsSwitches(obs_bulk_delete_needs_md5=False))
    cloud.store.create_bucket("drops")
    cloud.store.put("drops", "k", b"one")
    answer = cloud.client().delete_objects(Bucket="drops", Delete={"Objects": [{"Key": "k"}, {"Key": "none"}]})
    assert [item["Key"] for item in answer["Deleted"]] == ["k", "none"]
    assert cloud.store.head("drops", "k") is None


def test_a_fault_applies_to_the_named_call_only(cloud: Any) -> None:
    cloud.faults.add(Fault(service="obs", call="ListObjectsV2", times=1, fault="status", status=503, code="SlowDown"))
    client = cloud.client()
    client.head_bucket(Bucket="drops")
    assert error_of(client) == (503, "SlowDown")
    client.list_objects_v2(Bucket="drops")
    assert cloud.faults.calls["obs.ListObjectsV2"] == 2
