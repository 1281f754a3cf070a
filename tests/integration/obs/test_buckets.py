"""Buckets through boto3: region, storage class, names, both addressing styles."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError

from imagedrop_local.obs.model import StoreError


def test_head_bucket_shows_region_and_storage_class(cloud: Any, s3: Any) -> None:
    cloud.store.create_bucket("far-away", region="cn-south-1", storage_class="COLD")
    headers = s3.head_bucket(Bucket="far-away")["ResponseMetadata"]["HTTPHeaders"]
    assert headers["x-amz-bucket-region"] == "cn-south-1"
    assert headers["x-default-storage-class"] == "GLACIER"


def test_buckets_are_created_listed_and_deleted(s3: Any) -> None:
    where = {"LocationConstraint": "cn-north-4"}
    for _ in range(2):  # creating the same bucket again is no error
        s3.create_bucket(Bucket="second", CreateBucketConfiguration=where)
    assert [bucket["Name"] for bucket in s3.list_buckets()["Buckets"]] == ["drops", "second"]
    s3.put_object(Bucket="second", Key="k", Body=b"")
    with pytest.raises(ClientError, match="BucketNotEmpty"):
        s3.delete_bucket(Bucket="second")
    s3.delete_object(Bucket="second", Key="k")
    s3.delete_bucket(Bucket="second")
    with pytest.raises(ClientError, match="404"):
        s3.head_bucket(Bucket="second")


@pytest.mark.parametrize("name", ["Upper", "ab", "a" * 64, "a..b", "a_b", "-ab", "ab-"])
def test_invalid_bucket_names_are_refused(cloud: Any, name: str) -> None:
    with pytest.raises(StoreError, match="InvalidBucketName"):
        cloud.store.create_bucket(name)


def test_a_bucket_in_another_region_is_refused(s3: Any) -> None:
    with pytest.raises(ClientError, match="IllegalLocationConstraint"):
        s3.create_bucket(Bucket="second", CreateBucketConfiguration={"LocationConstraint": "eu-west-101"})


def test_the_bucket_may_be_in_the_host_name(launch: Any) -> None:
    cloud = launch(path_style=False)
    cloud.store.create_bucket("drops")
    client = cloud.virtual_client()
    client.put_object(Bucket="drops", Key="/a//b c", Body=b"one")
    assert client.get_object(Bucket="drops", Key="/a//b c")["Body"].read() == b"one"
    assert [item["Key"] for item in client.list_objects_v2(Bucket="drops")["Contents"]] == ["/a//b c"]
    assert [bucket["Name"] for bucket in client.list_buckets()["Buckets"]] == ["drops"]


def test_without_path_style_objects_are_not_found_but_head_bucket_succeeds(launch: Any) -> None:
    cloud = launch(path_style=False)
    cloud.store.create_bucket("drops")
    client = cloud.client()
    client.head_bucket(Bucket="drops")
    with pytest.raises(ClientError) as error:
        client.put_object(Bucket="drops", Key="k", Body=b"one")
    assert error.value.response["ResponseMetadata"]["HTTPStatusCode"] == 404
    assert error.value.response["Error"]["Code"] == "NoSuchKey"
    assert cloud.store.head("drops", "k") is None


def test_an_unsupported_call_is_answered_with_not_implemented(s3: Any) -> None:
    s3.put_object(Bucket="drops", Key="k", Body=b"one")
    with pytest.raises(ClientError, match="NotImplemented"):
        s3.put_object_tagging(Bucket="drops", Key="k", Tagging={"TagSet": []})
    with pytest.raises(ClientError, match="NotImplemented"):
        s3.delete_bucket_lifecycle(Bucket="drops")
    assert s3.get_object(Bucket="drops", Key="k")["Body"].read() == b"one"
