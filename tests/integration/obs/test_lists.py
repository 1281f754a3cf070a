"""Listings through boto3."""

from __future__ import annotations

import re
from typing import Any

import pytest
from botocore.exceptions import ClientError

KEYS = ["a", "a-b", "a.b", "a/", "a/b", "a/b/c", "a0", "b/c", "b/d", "中", "é"]


@pytest.fixture
def filled_bucket(cloud: Any, s3: Any) -> Any:
    for key in KEYS:
        cloud.store.put("drops", key, key.encode())
    return s3


def sorted_by_bytes(keys: list[str]) -> list[str]:
    return sorted(keys, key=str.encode)


def keys_of(page: Any) -> list[str]:
    return [item["Key"] for item in page.get("Contents", [])]


@pytest.mark.parametrize("call", ["list_objects", "list_objects_v2"])
@pytest.mark.parametrize("size", [1, 2, 3, 1000])
def test_pages_have_every_key_once_in_byte_order(filled_bucket: Any, call: str, size: int) -> None:
    pages = list(filled_bucket.get_paginator(call).paginate(Bucket="drops", PaginationConfig={"PageSize": size}))
    assert [key for page in pages for key in keys_of(page)] == sorted_by_bytes(KEYS)
    assert all(len(keys_of(page)) <= size for page in pages)


@pytest.mark.parametrize("call", ["list_objects", "list_objects_v2"])
@pytest.mark.parametrize("size", [1, 3, 1000])
def test_a_delimiter_groups_keys_and_lists_each_group_once(filled_bucket: Any, call: str, size: int) -> None:
    options = {"Bucket": "drops", "Delimiter": "/", "PaginationConfig": {"PageSize": size}}
    pages = list(filled_bucket.get_paginator(call).paginate(**options))
    assert [item["Prefix"] for page in pages for item in page.get("CommonPrefixes", [])] == ["a/", "b/"]
    assert [key for page in pages for key in keys_of(page)] == ["a", "a-b", "a.b", "a0", *sorted_by_bytes(["中", "é"])]


@pytest.mark.parametrize(
    ("prefix", "expected"),
    [("a/", ["a/", "a/b", "a/b/c"]), ("a/b/", ["a/b/c"]), ("b", ["b/c", "b/d"]), ("x", []), ("../", [])],
)
def test_a_prefix_lists_the_keys_that_start_with_it(filled_bucket: Any, prefix: str, expected: list[str]) -> None:
    assert keys_of(filled_bucket.list_objects_v2(Bucket="drops", Prefix=prefix)) == expected


def test_start_after_and_marker_need_not_exist(filled_bucket: Any) -> None:
    assert keys_of(filled_bucket.list_objects_v2(Bucket="drops", StartAfter="a/a")) == sorted_by_bytes(KEYS)[4:]
    assert keys_of(filled_bucket.list_objects(Bucket="drops", Marker="a/a")) == sorted_by_bytes(KEYS)[4:]


def test_url_encoding_preserves_any_key(cloud: Any, s3: Any) -> None:
    for key in ("a b+c%", "\x01", "<&>"):
        cloud.store.put("drops", key, b"")
    assert keys_of(s3.list_objects_v2(Bucket="drops")) == ["\x01", "<&>", "a b+c%"]


def test_a_page_has_at_most_1000_keys(cloud: Any, s3: Any) -> None:
    for number in range(1001):
        (cloud.folder / "drops" / f"{number:04}").touch()
    page = s3.list_objects_v2(Bucket="drops", MaxKeys=5000)
    assert (page["KeyCount"], page["MaxKeys"], page["IsTruncated"]) == (1000, 1000, True)


def test_a_listing_has_milliseconds_and_head_whole_seconds(cloud: Any, s3: Any) -> None:
    answers: list[str] = []
    s3.meta.events.register(
        "after-call.s3.ListObjectsV2", lambda http_response, **_: answers.append(http_response.text)
    )
    s3.put_object(Bucket="drops", Key="k", Body=b"")
    listed = s3.list_objects_v2(Bucket="drops")["Contents"][0]["LastModified"]
    assert re.search(r"<LastModified>[-0-9]+T[:0-9]+\.\d{3}Z</LastModified>", answers[0])
    assert s3.head_object(Bucket="drops", Key="k")["LastModified"] == listed.replace(microsecond=0)


def test_an_invalid_continuation_token_is_refused(s3: Any) -> None:
    with pytest.raises(ClientError, match="InvalidArgument"):
        s3.list_objects_v2(Bucket="drops", ContinuationToken="!")


def test_delete_objects_without_content_md5_is_refused(filled_bucket: Any) -> None:
    with pytest.raises(ClientError, match="Content-MD5"):
        filled_bucket.delete_objects(Bucket="drops", Delete={"Objects": [{"Key": "a"}]})
    assert keys_of(filled_bucket.list_objects_v2(Bucket="drops"))[0] == "a"
