"""Huawei's SDK, esdk-obs-python, uses the simulator with each of its signatures."""

from __future__ import annotations

import urllib.request
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

with warnings.catch_warnings():
    warnings.simplefilter("ignore", SyntaxWarning)  # of escapes in its source
    warnings.simplefilter("ignore", DeprecationWarning)
    from obs import CompleteMultipartUploadRequest, CompletePart, GetObjectHeader, ObsClient, PutObjectHeader
    from obs.model import FilterRule, GetObjectRequest, Notification, TopicConfiguration

AK, SK = "AKTESTTESTTEST", "SKTESTTESTTESTTEST"
TOPIC = "urn:smn:cn-north-4:project:drops"


@pytest.fixture(params=["obs", "v2", "v4"])
def sdk(cloud: Any, request: pytest.FixtureRequest) -> Iterator[ObsClient]:
    client = ObsClient(
        access_key_id=AK,
        secret_access_key=SK,
        server=cloud.server.url,
        signature=request.param,
        path_style=True,
        region="cn-north-4",
        is_signature_negotiation=False,
    )
    yield client
    client.close()


def succeeded(answer: Any) -> Any:
    assert answer.status < 300, (answer.status, answer.errorCode, answer.errorMessage)
    return answer


def test_the_sdk_handles_objects(sdk: ObsClient) -> None:
    header = PutObjectHeader(storageClass="WARM", contentType="x/y")
    put = succeeded(sdk.putContent("drops", "a b/ü.vhd", "content", metadata={"owner": "me"}, headers=header))
    head = succeeded(sdk.getObjectMetadata("drops", "a b/ü.vhd"))
    assert (head.body.etag, head.body.contentLength, head.body.contentType) == (put.body.etag, 7, "x/y")
    assert head.body.storageClass in ("WARM", "STANDARD_IA")
    assert dict(head.header)["owner"] == "me"
    part = succeeded(sdk.getObject("drops", "a b/ü.vhd", headers=GetObjectHeader(range="1-3"), loadStreamInMemory=True))
    assert (part.status, part.body.buffer) == (206, b"ont")
    succeeded(sdk.copyObject("drops", "a b/ü.vhd", "drops", "copy"))
    listed = succeeded(sdk.listObjects("drops", prefix="a", max_keys=10))
    assert [(item.key, item.size) for item in listed.body.contents] == [("a b/ü.vhd", 7)]
    succeeded(sdk.deleteObject("drops", "a b/ü.vhd"))
    assert sdk.getObjectMetadata("drops", "a b/ü.vhd").status == 404


def test_the_sdk_sends_conditions(sdk: ObsClient) -> None:
    etag = succeeded(sdk.putContent("drops", "k", "one")).body.etag.strip('"')
    succeeded(sdk.getObject("drops", "k", headers=GetObjectHeader(if_match=etag), loadStreamInMemory=True))
    assert sdk.getObject("drops", "k", headers=GetObjectHeader(if_match="other"), loadStreamInMemory=True).status == 412


def test_the_sdk_uploads_in_parts(sdk: ObsClient) -> None:
    upload_id = succeeded(sdk.initiateMultipartUpload("drops", "big")).body.uploadId
    parts = []
    for number, content in enumerate(("a" * (100 << 10), "tail"), 1):
        answer = succeeded(sdk.uploadPart("drops", "big", number, upload_id, object=content))
        parts.append(CompletePart(partNum=number, etag=answer.body.etag))
    assert [part.size for part in succeeded(sdk.listParts("drops", "big", upload_id)).body.parts] == [100 << 10, 4]
    assert [item.key for item in succeeded(sdk.listMultipartUploads("drops")).body.upload] == ["big"]
    done = succeeded(sdk.completeMultipartUpload("drops", "big", upload_id, CompleteMultipartUploadRequest(parts)))
    assert done.body.etag.strip('"').endswith("-2")


def test_the_sdk_handles_buckets(sdk: ObsClient) -> None:
    head = succeeded(sdk.getBucketMetadata("drops")).body
    assert (head.storageClass, head.location) == ("STANDARD", "cn-north-4")
    assert succeeded(sdk.getBucketLocation("drops")).body.location == "cn-north-4"
    succeeded(sdk.setBucketStoragePolicy("drops", "WARM"))
    assert succeeded(sdk.getBucketStoragePolicy("drops")).body.storageClass in ("WARM", "STANDARD_IA")
    succeeded(sdk.createBucket("second", location="cn-north-4"))
    assert [bucket.name for bucket in succeeded(sdk.listBuckets()).body.buckets] == ["drops", "second"]
    succeeded(sdk.deleteBucket("second"))


def test_the_sdk_sets_event_rules(sdk: ObsClient, cloud: Any) -> None:
    rule = TopicConfiguration(
        id="images", topic=TOPIC, events=["ObjectCreated:*"], filterRules=[FilterRule(name="suffix", value=".vhd")]
    )
    succeeded(sdk.setBucketNotification("drops", Notification(topicConfigurations=[rule])))
    found = succeeded(sdk.getBucketNotification("drops")).body.topicConfigurations
    assert [(item.id, [rule.value for rule in item.filterRules]) for item in found] == [("images", [".vhd"])]
    assert cloud.store.bucket("drops").rules[0].events == ("ObjectCreated:*",)


def test_a_wrong_secret_key_is_refused(cloud: Any, sdk: ObsClient) -> None:
    other = ObsClient(
        AK, "other", server=cloud.server.url, signature=sdk.signature, path_style=True, region="cn-north-4"
    )
    answer = other.getBucketMetadata("drops")
    other.close()
    assert answer.status == 403


def test_the_sdk_signs_urls(sdk: ObsClient) -> None:
    succeeded(sdk.putContent("drops", "a b", "one"))
    signed = sdk.createSignedUrl("GET", "drops", "a b", expires=60)
    request = urllib.request.Request(signed.signedUrl, headers=dict(signed.actualSignedRequestHeaders))
    with urllib.request.urlopen(request) as answer:
        assert answer.read() == b"one"


def test_the_sdk_negotiates_the_protocol_of_obs(cloud: Any, tmp_path: Path) -> None:
    client = ObsClient(AK, SK, server=cloud.server.url, path_style=True)
    path = tmp_path / "disk.raw"
    path.write_bytes(bytes(1 << 20))
    succeeded(client.putFile("drops", "disk.raw", str(path)))
    received = tmp_path / "back.raw"
    succeeded(client.getObject("drops", "disk.raw", downloadPath=str(received), getObjectRequest=GetObjectRequest()))
    client.close()
    assert received.read_bytes() == path.read_bytes()
