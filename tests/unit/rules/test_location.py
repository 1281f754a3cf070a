"""Bucket, region, storage class, encryption and names."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from imagedrop.rules import check
from tests.unit.rules.cases import (
    FAST,
    RAW,
    bitmap,
    check_drop,
    ids,
    inspected,
    location,
    sidecar,
)


@pytest.mark.parametrize(
    ("bucket", "expected"),
    [
        ({}, []),
        ({"storage_class": "STANDARD", "region": "cn-north-4"}, []),
        ({"storage_class": "WARM"}, ["place.bucket_class"]),
        ({"storage_class": "STANDARD_IA"}, ["place.bucket_class"]),
        ({"region": "cn-east-3"}, ["place.bucket_region"]),
        ({"declarations_accepted": False}, ["place.declarations"]),
    ],
)
def test_bucket_must_have_the_class_and_region_that_ims_imports_from(
    bucket: dict[str, Any], expected: list[str]
) -> None:
    assert ids(check_drop(where=location(**bucket))) == expected


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        ({"storage_class": "STANDARD"}, []),
        ({"storage_class": "GLACIER"}, ["place.object_class"]),
        ({"encryption": "aws:kms"}, []),
        ({"encryption": "kms"}, []),
        ({"encryption": "AES256"}, ["place.encrypted_object"]),
    ],
)
def test_object_must_have_a_class_and_encryption_that_ims_can_read(head: dict[str, Any], expected: list[str]) -> None:
    assert ids(check_drop(image=inspected(**head))) == expected


def test_storage_class_of_a_bitmap_file_is_checked() -> None:
    part = dataclasses.replace(bitmap("windows/win.mf").head, storage_class="COLD")
    verdict = check(sidecar(**FAST), RAW, {part.key: dataclasses.replace(RAW, head=part)}, location())
    assert ("place.object_class", "windows/win.mf") in [(finding.id, finding.field) for finding in verdict.findings]


def test_sidecar_for_another_region_is_an_error() -> None:
    assert ids(check_drop({"region": "cn-east-3"})) == ["place.region"]
    assert ids(check_drop({"region": "cn-north-4"})) == []


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        ("win.qcow2", []),
        ("中文/a/win-1_2.qcow2", []),
        ("my image.qcow2", ["place.file_name"]),
        ("a,b.qcow2", ["place.file_name"]),
        ("镜像.qcow2", ["place.file_name"]),
        ("x" * 123 + ".qcow2", ["place.file_name"]),
        ("my folder/win.qcow2", ["place.folder_name"]),
        ("a,b/win.qcow2", ["place.folder_name"]),
        ("a\nb/win.qcow2\n", ["place.file_name", "place.folder_name"]),
    ],
)
def test_key_that_ims_does_not_accept_is_an_error(key: str, expected: list[str]) -> None:
    verdict = check_drop(image=inspected(key))
    assert ids(verdict) == expected
    assert all(finding.field == key for finding in verdict.findings)


def test_chinese_names_are_errors_if_the_region_does_not_accept_them() -> None:
    fields = {"name": "财务", "data_images": [{"file": "d.vhd", "name": "数据"}]}
    parts = (inspected("windows/d.vhd"),)
    where = location(ims_chinese_names=False)
    pointers = [finding.field for finding in check_drop(fields, parts=parts, where=where).findings]
    assert pointers == ["/name", "/data_images/0/name"]
    assert ids(check_drop(fields, parts=parts)) == []


def test_local_file_is_checked_without_a_bucket() -> None:
    verdict = check_drop(image=inspected("win.qcow2"), where=location(bucket=None, declarations_accepted=False))
    assert ids(verdict) == []
    assert verdict.request is None
    assert verdict.filled["min_disk"] == 40
