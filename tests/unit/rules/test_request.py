"""The request to IMS, the filled sidecar and the order of findings."""

from __future__ import annotations

import json
from typing import Any

from huaweicloudsdkims.v2 import CreateImageRequestBody
from hypothesis import given, settings
from hypothesis import strategies as st

from imagedrop.domain.drop import drop_id
from imagedrop.findings import has_errors
from imagedrop.findings.catalogue import text_of
from imagedrop.inspection.facts import DiskFacts
from imagedrop.rules import check
from imagedrop.sidecar import read
from tests.unit.rules.cases import (
    BROKEN,
    DATA,
    FAST,
    KEY,
    RAW,
    WINDOWS_2022,
    bitmap,
    check_drop,
    check_file,
    facts,
    ids,
    inspected,
    location,
    requested,
    sidecar,
)


def test_request_has_all_fields_and_the_tag_of_the_drop() -> None:
    fields = {
        "description": "monthly",
        "cmk_id": "0b1c2d3e-4f50-6172-8394-a5b6c7d8e9f0",
        "image_tags": {"team": "a"},
        "min_ram": 2048,
        "max_ram": 4096,
        "license_type": "byol",
        "enterprise_project_id": "0",
    }
    assert requested(check_drop(fields)) == {
        **fields,
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


def test_request_has_only_fields_that_ims_documents() -> None:
    documented = {*CreateImageRequestBody.attribute_map.values(), "os_type", "license_type"}
    fields = {"data_images": [{"file": "d.vhd"}], "license_type": "byol", "min_ram": 1, "description": "d"}
    assert set(requested(check_drop(fields, parts=(DATA,)))) <= documented


def test_no_request_is_made_with_an_error_or_without_a_sidecar() -> None:
    assert check_drop({"hw_firmware_type": "bios"}).request is None
    assert check_drop(image=inspected(findings=(BROKEN,))).request is None
    assert check_file(inspected()).request is None


def test_file_is_checked_without_a_sidecar() -> None:
    verdict = check_file(
        inspected("my image.qcow2", storage_class="COLD", findings=(BROKEN,)), location(storage_class="WARM")
    )
    assert set(ids(verdict)) == {"image.truncated", "place.file_name", "place.object_class", "place.bucket_class"}
    assert verdict.filled["os_version"] == WINDOWS_2022


def test_errors_come_before_warnings() -> None:
    verdict = check_drop(
        {"os_version": "Windows 10 64bit", "hw_firmware_type": "bios"}, where=location(storage_class="COLD")
    )
    severities = [finding.severity for finding in verdict.findings]
    assert severities == ["error", "error", "warning"]


def check_filled(fields: dict[str, Any], image: Any, parts: tuple[Any, ...] = ()) -> None:
    first = check_drop(fields, image, parts)
    reading = read(json.dumps(first.filled).encode())
    assert reading.findings == []
    second = check(reading.sidecar, image, {part.head.key: part for part in parts}, location())
    assert second.request == first.request
    assert second.filled == first.filled


def test_filled_sidecar_is_valid_and_leads_to_the_same_request() -> None:
    check_filled({"name": "x" * 128, "data_images": [{"file": "d.vhd"}]}, inspected(), (DATA,))
    check_filled({"os_version": "Windows 10 64bit", "architecture": "arm"}, inspected())
    check_filled(FAST, RAW, (bitmap("windows/win.mf"),))


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
def test_any_facts_lead_to_a_verdict_with_a_valid_request_or_errors(
    fields: dict[str, Any], image: DiskFacts, data: DiskFacts, size: int, with_sidecar: bool, with_bitmap: bool
) -> None:
    parts = {"windows/d.vhd": inspected("windows/d.vhd", data, size=size)}
    if with_bitmap:
        parts["windows/win.mf"] = bitmap("windows/win.mf")
    verdict = check(sidecar(**fields) if with_sidecar else None, inspected(found=image, size=size), parts, location())
    assert bool(verdict.request) == (with_sidecar and not has_errors(verdict.findings))
    for disk in [verdict.request, *requested(verdict).get("data_images", [])] if verdict.request else []:
        assert 1 <= disk["min_disk"] <= 2048
    for finding in verdict.findings:
        assert text_of(finding, "zh") != (finding.message, finding.fix)
