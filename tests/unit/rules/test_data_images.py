"""Data disks."""

from __future__ import annotations

from typing import Any

import pytest

from imagedrop.domain.drop import drop_id
from tests.unit.rules.cases import (
    BROKEN,
    DATA,
    FAST,
    GIB,
    KEY,
    RAW,
    bitmap,
    check_drop,
    facts,
    ids,
    inspected,
    requested,
)


def test_data_disk_becomes_an_entry_of_data_images() -> None:
    fields = {"data_images": [{"file": "d.vhd", "description": "books", "image_tags": {"role": "db"}}]}
    request = requested(check_drop(fields, parts=(DATA,)))
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
def test_data_disk_is_checked_like_the_image(entry: dict[str, Any], kind: str, field: str) -> None:
    verdict = check_drop({"data_images": [entry]}, parts=(DATA,))
    assert [(finding.id, finding.field) for finding in verdict.findings] == [(kind, field)]


def test_bitmap_file_is_not_a_data_disk() -> None:
    fields = {**FAST, "data_images": [{"file": "win.mf"}]}
    assert "data.not_a_disk" in ids(check_drop(fields, RAW, (bitmap("windows/win.mf"),)))


def test_raw_data_disk_on_the_fast_channel_needs_its_own_bitmap() -> None:
    fields = {"data_images": [{"file": "d.raw", "is_quick_import": True}]}
    disk = inspected("windows/d.raw", facts(format="raw", virtual_size=1500 * GIB))
    assert ids(check_drop(fields, parts=(disk,))) == ["fast.no_bitmap"]
    assert requested(check_drop(fields, parts=(disk, bitmap("windows/d.mf"))))["data_images"][0]["min_disk"] == 1501


def test_finding_about_a_data_disk_points_to_its_file_in_the_sidecar() -> None:
    part = inspected("windows/d.vhd", facts(), (BROKEN,))
    verdict = check_drop({"data_images": [{"file": "d.vhd"}]}, inspected(findings=(BROKEN,)), (part,))
    assert [(finding.id, finding.field) for finding in verdict.findings] == [
        ("image.truncated", None),
        ("image.truncated", "/data_images/0/file"),
    ]
    fields = {"data_images": [{"file": "c.vhd"}, {"file": "d.vhd"}]}
    cold = inspected("windows/d.vhd", facts(format=None), storage_class="COLD")
    verdict = check_drop(fields, parts=(inspected("windows/c.vhd"), cold))
    assert [(finding.id, finding.field) for finding in verdict.findings] == [
        ("format.unknown", "/data_images/1/file"),
        ("place.object_class", "/data_images/1/file"),
    ]
