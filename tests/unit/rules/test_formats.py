"""Formats and the fast channel."""

from __future__ import annotations

from typing import Any

import pytest

from imagedrop.findings import has_errors
from imagedrop.inspection.facts import DiskFacts
from tests.unit.rules.cases import (
    BROKEN,
    FAST,
    GIB,
    RAW,
    bitmap,
    check_drop,
    facts,
    ids,
    inspected,
    requested,
)


@pytest.mark.parametrize("name", ["vhd", "vhdx", "vmdk", "qcow2", "qcow", "qed", "vdi", "raw", "zvhd2", "zvhd"])
def test_normal_channel_accepts_every_format(name: Any) -> None:
    assert not has_errors(check_drop(image=inspected(found=facts(format=name))).findings)


@pytest.mark.parametrize("name", ["vhd", "vhdx", "vmdk", "qcow2", "qcow", "qed", "vdi", "zvhd"])
def test_fast_channel_accepts_only_raw_and_zvhd2(name: Any) -> None:
    assert "fast.format" in ids(check_drop(FAST, inspected(found=facts(format=name))))


def test_raw_needs_a_bitmap_file_and_zvhd2_does_not() -> None:
    assert not has_errors(check_drop(FAST, inspected(found=facts(format="zvhd2"))).findings)
    assert "fast.no_bitmap" in ids(check_drop(FAST, RAW))
    assert "fast.no_bitmap" in ids(check_drop(FAST, RAW, (bitmap("windows/win.mf", size=0),)))
    assert "fast.no_bitmap" in ids(check_drop(FAST, RAW, (bitmap("win.mf"),)))
    assert not has_errors(check_drop(FAST, RAW, (bitmap("windows/win.mf"),)).findings)


def test_fast_channel_needs_min_disk_above_the_disk_size() -> None:
    verdict = check_drop({**FAST, "min_disk": 40}, RAW, (bitmap("windows/win.mf"),))
    assert ids(verdict)[0] == "size.min_disk_small"
    assert requested(check_drop(FAST, RAW, (bitmap("windows/win.mf"),)))["min_disk"] == 41


def test_large_raw_file_is_accepted_on_the_fast_channel_with_its_bitmap() -> None:
    large = inspected("windows/win.raw", facts(format="raw", virtual_size=200 * GIB), size=200 * GIB)
    verdict = check_drop(FAST, large, (bitmap("windows/win.mf"),))
    assert ids(verdict) == ["config.off_fast"]
    assert requested(verdict)["min_disk"] == 201


def test_encryption_on_the_fast_channel_is_a_warning() -> None:
    fields = {**FAST, "cmk_id": "0b1c2d3e-4f50-6172-8394-a5b6c7d8e9f0"}
    assert "fast.encrypted" in ids(check_drop(fields, inspected(found=facts(format="zvhd2"))))


def test_unknown_format_is_reported_once() -> None:
    assert ids(check_drop(image=inspected(found=DiskFacts()))).count("format.unknown") == 1
    assert "format.unknown" not in ids(check_drop(image=inspected(found=DiskFacts(), findings=(BROKEN,))))


def test_vmdk_in_the_variant_of_qemu_is_an_info() -> None:
    qemus = inspected("a.vmdk", facts(format="vmdk", variant="monolithicSparse"))
    (finding,) = check_drop(image=qemus).findings
    assert (finding.id, finding.severity) == ("format.vmdk_origin", "info")
    assert ids(check_drop(image=inspected("a.vmdk", facts(format="vmdk", variant="streamOptimized")))) == []
    data = inspected("windows/d.vmdk", facts(format="vmdk", variant="monolithicSparse"))
    (finding,) = check_drop({"data_images": [{"file": "d.vmdk"}]}, parts=(data,)).findings
    assert (finding.id, finding.field) == ("format.vmdk_origin", "/data_images/0/file")
