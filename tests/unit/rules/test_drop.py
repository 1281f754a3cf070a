"""Formats, the fast channel, places, integrity, data disks, and the call that comes out of it all."""

from __future__ import annotations

import dataclasses
import json
from typing import Any

import pytest
from huaweicloudsdkims.v2 import CreateImageRequestBody
from hypothesis import given, settings
from hypothesis import strategies as st

from imagedrop.domain.drop import drop_id
from imagedrop.findings import Finding, has_errors
from imagedrop.findings import inspection as kinds
from imagedrop.inspection.facts import DiskFacts
from imagedrop.rules import FILL_IN, check, sidecar_for
from imagedrop.settings import Settings
from imagedrop.sidecar import read
from tests.unit.rules.cases import (
    GIB,
    KEY,
    WINDOWS_2022,
    alone,
    bitmap,
    facts,
    ids,
    judged,
    place,
    sidecar,
    subject,
    windows,
)

FAST = {"is_quick_import": True}
RAW = subject("windows/win.raw", facts(format="raw"))
BROKEN = Finding("image.truncated", "error", "cut off", "upload again")


# --- format and fast channel -------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["vhd", "vhdx", "vmdk", "qcow2", "qcow", "qed", "vdi", "raw", "zvhd2", "zvhd"])
def test_every_format_goes_the_normal_way(name: Any) -> None:
    assert not has_errors(judged(image=subject(given=facts(format=name))).findings)


@pytest.mark.parametrize("name", ["vhd", "vhdx", "vmdk", "qcow2", "qcow", "qed", "vdi", "zvhd"])
def test_the_fast_channel_takes_raw_and_zvhd2_only(name: Any) -> None:
    assert "fast.format" in ids(judged(FAST, subject(given=facts(format=name))))


def test_zvhd2_needs_no_bitmap_and_raw_does() -> None:
    assert not has_errors(judged(FAST, subject(given=facts(format="zvhd2"))).findings)
    assert "fast.no_bitmap" in ids(judged(FAST, RAW))
    assert "fast.no_bitmap" in ids(judged(FAST, RAW, (bitmap("windows/win.mf", size=0),)))
    assert "fast.no_bitmap" in ids(judged(FAST, RAW, (bitmap("win.mf"),)))
    assert not has_errors(judged(FAST, RAW, (bitmap("windows/win.mf"),)).findings)


def test_the_fast_channel_asks_for_more_than_the_disk() -> None:
    verdict = judged({**FAST, "min_disk": 40}, RAW, (bitmap("windows/win.mf"),))
    assert ids(verdict)[0] == "size.min_disk_small"
    assert judged(FAST, RAW, (bitmap("windows/win.mf"),)).request["min_disk"] == 41


def test_a_large_raw_file_goes_with_the_fast_channel_and_its_bitmap() -> None:
    large = subject("windows/win.raw", facts(format="raw", virtual_size=200 * GIB), size=200 * GIB)
    verdict = judged(FAST, large, (bitmap("windows/win.mf"),))
    assert ids(verdict) == ["config.off_fast"]
    assert verdict.request["min_disk"] == 201


def test_encryption_on_the_fast_channel_is_doubtful() -> None:
    said = {**FAST, "cmk_id": "0b1c2d3e-4f50-6172-8394-a5b6c7d8e9f0"}
    assert "fast.encrypted" in ids(judged(said, subject(given=facts(format="zvhd2"))))


def test_an_unknown_format_is_said_once() -> None:
    assert ids(judged(image=subject(given=DiskFacts()))).count("format.unknown") == 1
    assert "format.unknown" not in ids(judged(image=subject(given=DiskFacts(), findings=(BROKEN,))))


# --- places ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("where", "kinds"),
    [
        ({}, []),
        ({"cls": "STANDARD", "region": "cn-north-4"}, []),
        ({"cls": "WARM"}, ["place.bucket_class"]),
        ({"cls": "STANDARD_IA"}, ["place.bucket_class"]),
        ({"region": "cn-east-3"}, ["place.bucket_region"]),
        ({"declarations_accepted": False}, ["place.declarations"]),
    ],
)
def test_the_bucket_must_be_one_that_ims_imports_from(where: dict[str, Any], kinds: list[str]) -> None:
    assert ids(judged(where=place(**where))) == kinds


@pytest.mark.parametrize(
    ("head", "kinds"),
    [
        ({"storage_class": "STANDARD"}, []),
        ({"storage_class": "GLACIER"}, ["place.object_class"]),
        ({"encryption": "aws:kms"}, []),
        ({"encryption": "kms"}, []),
        ({"encryption": "AES256"}, ["place.encrypted_object"]),
    ],
)
def test_the_object_must_be_one_that_ims_can_read(head: dict[str, Any], kinds: list[str]) -> None:
    assert ids(judged(image=subject(**head))) == kinds


def test_the_class_of_a_part_counts_as_well() -> None:
    part = dataclasses.replace(bitmap("windows/win.mf").head, storage_class="COLD")
    verdict = check(sidecar(**FAST), RAW, {part.key: dataclasses.replace(RAW, head=part)}, place())
    assert ("place.object_class", "windows/win.mf") in [(one.id, one.field) for one in verdict.findings]


def test_a_sidecar_for_another_region_is_refused() -> None:
    assert ids(judged({"region": "cn-east-3"})) == ["place.region"]
    assert ids(judged({"region": "cn-north-4"})) == []


@pytest.mark.parametrize(
    ("key", "kinds"),
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
def test_keys_that_ims_does_not_take_are_refused(key: str, kinds: list[str]) -> None:
    verdict = judged(image=subject(key))
    assert ids(verdict) == kinds
    assert all(finding.field == key for finding in verdict.findings)


def test_chinese_names_are_refused_where_the_region_has_none() -> None:
    said = {"name": "财务", "data_images": [{"file": "d.vhd", "name": "数据"}]}
    parts = (subject("windows/d.vhd"),)
    where = place(ims_chinese_names=False)
    fields = [one.field for one in judged(said, parts=parts, where=where).findings]
    assert fields == ["/name", "/data_images/0/name"]
    assert ids(judged(said, parts=parts)) == []


def test_a_file_on_a_disk_is_judged_without_any_bucket() -> None:
    verdict = judged(image=subject("win.qcow2"), where=place(bucket=None, declarations_accepted=False))
    assert ids(verdict) == []
    assert verdict.request == {}
    assert verdict.filled["min_disk"] == 40


# --- integrity ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("said", "kinds"),
    [
        ({"size": 6 * GIB, "etag": '"ABC"'}, []),
        ({"size": 5}, ["integrity.size"]),
        ({"etag": "abd"}, ["integrity.etag"]),
    ],
)
def test_a_file_that_is_not_the_one_described_is_refused(said: dict[str, Any], kinds: list[str]) -> None:
    assert ids(judged(said)) == kinds


def test_a_file_on_a_disk_has_no_etag_to_differ() -> None:
    assert ids(judged({"etag": "abd"}, subject(etag=""), where=place(bucket=None))) == []


# --- data disks --------------------------------------------------------------------------------------------------

DATA = subject("windows/d.vhd", facts(format="vhd", virtual_size=100 * GIB + 1))


def test_a_data_disk_becomes_a_data_image_of_its_own() -> None:
    said = {"data_images": [{"file": "d.vhd", "description": "books", "image_tags": {"role": "db"}}]}
    request = judged(said, parts=(DATA,)).request
    own = drop_id("drops", KEY, "abc")
    assert request["data_images"] == [
        {
            "name": "win-data1",
            "min_disk": 101,
            "is_quick_import": False,
            "image_url": "drops:windows/d.vhd",
            "image_tags": [{"key": "role", "value": "db"}, {"key": "imagedrop", "value": own}],
            "description": "books",
        }
    ]


@pytest.mark.parametrize(
    ("entry", "kind", "field"),
    [
        ({"file": "e.vhd"}, "data.missing", "/data_images/0/file"),
        ({"file": "win.qcow2"}, "data.not_a_disk", "/data_images/0/file"),
        ({"file": "win.qcow2.json"}, "data.not_a_disk", "/data_images/0/file"),
        ({"file": "win.qcow2.result.json"}, "data.not_a_disk", "/data_images/0/file"),
        ({"file": "d.vhd", "min_disk": 100}, "size.vhd_rounding", "/data_images/0/min_disk"),
        ({"file": "d.vhd", "is_quick_import": True}, "fast.format", "/data_images/0/is_quick_import"),
    ],
)
def test_a_data_disk_is_judged_like_the_image(entry: dict[str, Any], kind: str, field: str) -> None:
    verdict = judged({"data_images": [entry]}, parts=(DATA,))
    assert [(one.id, one.field) for one in verdict.findings] == [(kind, field)]


def test_a_bitmap_file_is_no_data_disk() -> None:
    said = {**FAST, "data_images": [{"file": "win.mf"}]}
    assert "data.not_a_disk" in ids(judged(said, RAW, (bitmap("windows/win.mf"),)))


def test_a_raw_data_disk_on_the_fast_channel_needs_its_own_bitmap() -> None:
    said = {"data_images": [{"file": "d.raw", "is_quick_import": True}]}
    disk = subject("windows/d.raw", facts(format="raw", virtual_size=1500 * GIB))
    assert ids(judged(said, parts=(disk,))) == ["fast.no_bitmap"]
    assert judged(said, parts=(disk, bitmap("windows/d.mf"))).request["data_images"][0]["min_disk"] == 1501


def test_what_is_said_of_a_data_disk_points_at_its_name_in_the_sidecar() -> None:
    part = subject("windows/d.vhd", facts(), (BROKEN,))
    verdict = judged({"data_images": [{"file": "d.vhd"}]}, subject(findings=(BROKEN,)), (part,))
    assert [(one.id, one.field) for one in verdict.findings] == [
        ("image.truncated", None),
        ("image.truncated", "/data_images/0/file"),
    ]
    said = {"data_images": [{"file": "c.vhd"}, {"file": "d.vhd"}]}
    cold = subject("windows/d.vhd", facts(format=None), storage_class="COLD")
    verdict = judged(said, parts=(subject("windows/c.vhd"), cold))
    assert [(one.id, one.field) for one in verdict.findings] == [
        ("format.unknown", "/data_images/1/file"),
        ("place.object_class", "/data_images/1/file"),
    ]


# --- what comes out ----------------------------------------------------------------------------------------------


def test_the_call_carries_everything_and_its_tag() -> None:
    said = {
        "description": "monthly",
        "cmk_id": "0b1c2d3e-4f50-6172-8394-a5b6c7d8e9f0",
        "image_tags": {"team": "a"},
        "min_ram": 2048,
        "max_ram": 4096,
        "license_type": "byol",
        "enterprise_project_id": "0",
    }
    assert judged(said).request == {
        **said,
        "name": "win",
        "image_url": "drops:windows/win.qcow2",
        "min_disk": 40,
        "os_type": "Windows",
        "os_version": WINDOWS_2022,
        "architecture": "x86",
        "hw_firmware_type": "uefi",
        "type": "ECS",
        "is_config": True,
        "is_quick_import": False,
        "image_tags": [{"key": "team", "value": "a"}, {"key": "imagedrop", "value": drop_id("drops", KEY, "abc")}],
    }


def test_every_field_of_the_call_is_one_that_ims_documents() -> None:
    documented = {*CreateImageRequestBody.attribute_map.values(), "os_type", "license_type"}
    said = {"data_images": [{"file": "d.vhd"}], "license_type": "byol", "min_ram": 1, "description": "d"}
    assert set(judged(said, parts=(DATA,)).request) <= documented


def test_nothing_is_asked_for_where_there_is_an_error_or_no_sidecar() -> None:
    assert judged({"hw_firmware_type": "bios"}).request == {}
    assert judged(image=subject(findings=(BROKEN,))).request == {}
    assert alone(subject()).request == {}


def test_an_unreadable_sidecar_still_has_the_file_judged() -> None:
    verdict = alone(subject("my image.qcow2", storage_class="COLD", findings=(BROKEN,)), place(cls="WARM"))
    assert set(ids(verdict)) == {"image.truncated", "place.file_name", "place.object_class", "place.bucket_class"}
    assert verdict.filled["os_version"] == WINDOWS_2022


def test_errors_come_first() -> None:
    verdict = judged({"os_version": "Windows 10 64bit", "hw_firmware_type": "bios"}, where=place(cls="COLD"))
    severities = [finding.severity for finding in verdict.findings]
    assert severities == ["error", "error", "warning"]


def filled_again(said: dict[str, Any], image: Any, parts: tuple[Any, ...] = ()) -> None:
    first = judged(said, image, parts)
    reading = read(json.dumps(first.filled).encode())
    assert reading.findings == []
    second = check(reading.sidecar, image, {part.head.key: part for part in parts}, place())
    assert second.request == first.request
    assert second.filled == first.filled


def test_the_filled_sidecar_is_right_and_asks_for_the_same() -> None:
    filled_again({"name": "x" * 128, "data_images": [{"file": "d.vhd"}]}, subject(), (DATA,))
    filled_again({"os_version": "Windows 10 64bit", "architecture": "arm"}, subject())
    filled_again(FAST, RAW, (bitmap("windows/win.mf"),))


@pytest.mark.parametrize("given_facts", [facts(), DiskFacts(), facts(format="raw", file_size=200 * GIB)])
def test_a_fresh_sidecar_wants_only_its_owner(given_facts: DiskFacts) -> None:
    fresh = sidecar_for(given_facts, file="Server 2022 (final).qcow2")
    assert fresh["name"] == "Server-2022-final"
    assert fresh["owner"] == {"email": FILL_IN}
    assert [one.field for one in read(json.dumps(fresh).encode()).findings] == ["/owner/email"]
    whole = sidecar_for(given_facts, file="a.raw", email="ada@example.com", settings=Settings(min_disk_floor=50))
    assert read(json.dumps(whole).encode()).findings == []


@pytest.mark.parametrize("file", ["", "...", "镜像.vhd", "C:\\images\\a b.vhd", "x" * 300 + ".raw", ".qcow2"])
def test_a_fresh_sidecar_has_a_name_that_ims_takes(file: str) -> None:
    fresh = sidecar_for(facts(), file=file, email="ada@example.com")
    assert read(json.dumps(fresh).encode()).findings == []


@pytest.mark.parametrize(
    ("file", "name"),
    [
        ("disk.vhd", "Windows-Server-2022-Datacenter-20348.3091"),
        ("new-vm-disk-0.vmdk", "Windows-Server-2022-Datacenter-20348.3091"),
        ("C:\\images\\Windows 10.vhdx", "Windows-Server-2022-Datacenter-20348.3091"),
        ("win2022.qcow2", "win2022"),
        ("web01-disk1.vmdk", "web01-disk1"),
        ("系统.vhd", "系统"),
    ],
)
def test_a_file_name_that_says_nothing_gives_way_to_the_product(file: str, name: str) -> None:
    inside = windows(product_name="Windows Server 2022 Datacenter", build=20348, ubr=3091)
    assert sidecar_for(facts(windows=inside), file=file)["name"] == name


@given(st.text(max_size=40), st.text(max_size=200), st.none() | st.integers(0, 1 << 62))
@settings(max_examples=100, deadline=None)
def test_whatever_file_and_product_are_called_the_name_is_taken(file: str, product: str, build: int | None) -> None:
    inside = windows(product_name=product, build=build)
    fresh = sidecar_for(facts(windows=inside), file=file, email="ada@example.com")
    assert read(json.dumps(fresh).encode()).findings == []


def test_a_fresh_sidecar_of_a_linux_says_so() -> None:
    assert sidecar_for(facts(windows=None), (kinds.LINUX(),), file="web.vhd")["os_type"] == "Linux"


def test_a_vmdk_that_vmware_may_not_have_written_is_told_what_ims_asks() -> None:
    qemus = subject("a.vmdk", facts(format="vmdk", variant="monolithicSparse"))
    (finding,) = judged(image=qemus).findings
    assert (finding.id, finding.severity) == ("format.vmdk_origin", "info")
    assert ids(judged(image=subject("a.vmdk", facts(format="vmdk", variant="streamOptimized")))) == []
    data = subject("windows/d.vmdk", facts(format="vmdk", variant="monolithicSparse"))
    (finding,) = judged({"data_images": [{"file": "d.vmdk"}]}, parts=(data,)).findings
    assert (finding.id, finding.field) == ("format.vmdk_origin", "/data_images/0/file")


any_facts = st.builds(
    DiskFacts,
    format=st.sampled_from([None, "vhd", "raw", "zvhd2", "qcow2"]),
    virtual_size=st.none() | st.integers(0, 1 << 62),
    file_size=st.none() | st.integers(0, 1 << 62),
    hw_firmware_type=st.sampled_from([None, "bios", "uefi"]),
    windows=st.sampled_from([None, facts().windows]),
)
some_fields = st.fixed_dictionaries(
    {},
    optional={
        "min_disk": st.integers(20, 1024),
        "os_version": st.sampled_from([WINDOWS_2022, "Windows 7 Professional 32bit"]),
        "architecture": st.sampled_from(["x86", "arm"]),
        "is_quick_import": st.booleans(),
        "data_images": st.just([{"file": "d.vhd"}]),
    },
)


@given(some_fields, any_facts, any_facts, st.integers(0, 1 << 62), st.booleans(), st.booleans())
@settings(max_examples=150, deadline=None)
def test_whatever_the_facts_a_verdict_comes_and_asks_for_nothing_illegal(
    said: dict[str, Any], image: DiskFacts, data: DiskFacts, size: int, with_sidecar: bool, with_bitmap: bool
) -> None:
    parts = {"windows/d.vhd": subject("windows/d.vhd", data, size=size)}
    if with_bitmap:
        parts["windows/win.mf"] = bitmap("windows/win.mf")
    verdict = check(sidecar(**said) if with_sidecar else None, subject(given=image, size=size), parts, place())
    assert bool(verdict.request) == (with_sidecar and not has_errors(verdict.findings))
    for disk in [verdict.request, *verdict.request.get("data_images", [])] if verdict.request else []:
        assert 1 <= disk["min_disk"] <= 2048
    for finding in verdict.findings:
        assert finding.text("zh") != (finding.message, finding.fix)
