"""min_disk and the limits of files."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imagedrop.rules.size import needed_gb
from tests.unit.rules.cases import GIB, check_drop, check_file, facts, ids, inspected, location, requested

VHD_40 = 42_951_106_560  # what qemu-img makes of 40 GiB


def disk(virtual_size: int | None, **more: Any) -> Any:
    return inspected(found=facts(virtual_size=virtual_size, **more))


@given(st.integers(1, 1 << 41), st.booleans())
def test_needed_gb_fits_the_disk_and_one_less_does_not(size: int, fast: bool) -> None:
    gb = needed_gb(size, fast=fast)
    if fast:
        assert (gb - 1) * GIB <= size < gb * GIB
    else:
        assert (gb - 1) * GIB < size <= gb * GIB


@pytest.mark.parametrize(
    ("virtual_size", "floor", "registered"),
    [
        (40 * GIB, 40, 40),
        (40 * GIB + 1, 40, 41),
        (VHD_40, 40, 41),
        (10 * GIB, 40, 40),
        (10 * GIB, 25, 25),
        (10 * GIB, 1, 20),  # IMS asks 20 GB of a Windows
        (2_147_991_552, 1, 20),
        (1024 * GIB, 40, 1024),
    ],
)
def test_omitted_min_disk_becomes_the_smallest_valid_size(virtual_size: int, floor: int, registered: int) -> None:
    verdict = check_drop(image=disk(virtual_size), where=location(min_disk_floor=floor))
    assert requested(verdict)["min_disk"] == registered
    assert verdict.filled["min_disk"] == registered


@pytest.mark.parametrize(
    ("min_disk", "virtual_size", "expected"),
    [
        (40, 40 * GIB, []),
        (100, 40 * GIB, []),
        (40, 40 * GIB + 512, ["size.min_disk_small"]),
        (39, 30 * GIB, ["size.below_floor"]),
        (20, 30 * GIB, ["size.min_disk_small"]),
        (40, 1025 * GIB, ["size.disk_too_large"]),
    ],
)
def test_min_disk_must_fit_the_disk(min_disk: int, virtual_size: int, expected: list[str]) -> None:
    assert ids(check_drop({"min_disk": min_disk}, disk(virtual_size))) == expected


UNKNOWN: dict[str, Any] = {"format": "vhd", "windows": None, "hw_firmware_type": "bios"}
LINUX = {"os_type": "Linux", "os_version": "Ubuntu 24.04 server 64bit"}


@pytest.mark.parametrize("inside", [{}, UNKNOWN], ids=["Windows", "nobody knows"])
@pytest.mark.parametrize("min_disk", [20, 25, 39])
def test_min_disk_below_the_floor_is_an_error_for_any_system(min_disk: int, inside: dict[str, Any]) -> None:
    image = disk(3 * GIB, **inside)
    (finding,) = check_drop({"min_disk": min_disk}, image).findings
    assert (finding.id, finding.severity, finding.field) == ("size.below_floor", "error", "/min_disk")
    assert "`min_disk` to 40" in finding.fix
    assert ids(check_drop({"min_disk": min_disk}, image, where=location(min_disk_floor=20))) == [
        "size.small_windows_disk"
    ]


def test_floor_applies_to_every_system_and_20_gb_only_to_windows() -> None:
    image = disk(3 * GIB, **UNKNOWN)
    assert ids(check_drop({**LINUX, "min_disk": 3}, image)) == ["size.below_floor"]
    assert ids(check_drop({**LINUX, "min_disk": 3}, image, where=location(min_disk_floor=1))) == []
    assert requested(check_drop(LINUX, image, where=location(min_disk_floor=1)))["min_disk"] == 3
    assert requested(check_drop(image=image, where=location(min_disk_floor=1)))["min_disk"] == 20
    found_windows = disk(3 * GIB)
    assert "sidecar.windows_min_disk" in ids(
        check_drop({**LINUX, "min_disk": 3}, found_windows, where=location(min_disk_floor=1))
    )


def test_floor_applies_if_the_disk_size_is_unknown() -> None:
    blind = inspected("a.zvhd2", facts(format="zvhd2", virtual_size=None))
    assert ids(check_drop({"min_disk": 30}, blind)) == ["size.below_floor", "size.min_disk_unchecked"]


@given(
    st.integers(20, 60), st.integers(1, 60 * GIB), st.sampled_from([1, 20, 40, 50]), st.sampled_from(["vhd", "qcow2"])
)
def test_suggested_min_disk_is_accepted(min_disk: int, virtual_size: int, floor: int, image_format: str) -> None:
    image, where = disk(virtual_size, format=image_format), location(min_disk_floor=floor)
    wrong = [
        finding
        for finding in check_drop({"min_disk": min_disk}, image, where=where).findings
        if finding.severity == "error"
    ]
    for finding in wrong:
        advised = int(re.search(r"`min_disk` to (\d+)", finding.fix).group(1))  # type: ignore[union-attr]
        assert requested(check_drop({"min_disk": advised}, image, where=where))["min_disk"] == advised


def test_data_disk_has_no_floor() -> None:
    data = inspected("windows/d.vhd", facts(format="vhd", virtual_size=3 * GIB))
    fields = {"data_images": [{"file": "d.vhd", "min_disk": 3}]}
    assert ids(check_drop(fields, parts=(data,))) == []
    (finding,) = check_drop({"data_images": [{"file": "d.vhd", "min_disk": 2}]}, parts=(data,)).findings
    assert "`data_images[0].min_disk` to 3" in finding.fix


def test_vhd_rounded_up_by_qemu_is_reported_with_the_excess() -> None:
    (finding,) = check_drop({"min_disk": 40}, disk(VHD_40, format="vhd")).findings
    assert (finding.id, finding.field) == ("size.vhd_rounding", "/min_disk")
    assert str(VHD_40 - 40 * GIB) in finding.message
    assert "`min_disk` to 41" in finding.fix


def test_vhd_one_gb_too_large_is_not_reported_as_rounding() -> None:
    assert ids(check_drop({"min_disk": 40}, disk(41 * GIB, format="vhd"))) == ["size.min_disk_small"]


def test_min_disk_is_required_if_the_disk_size_is_unknown() -> None:
    blind = inspected("a.zvhd2", facts(format="zvhd2", virtual_size=None))
    assert ids(check_drop(image=blind)) == ["size.min_disk_unknown"]
    verdict = check_drop({"min_disk": 60}, blind)
    assert ids(verdict) == ["size.min_disk_unchecked"]
    assert requested(verdict)["min_disk"] == 60


@pytest.mark.parametrize(
    ("size", "expected"),
    [
        (128 * 10**9, []),
        (128 * 10**9 + 1, ["size.grey_zone"]),
        (128 * GIB, ["size.grey_zone"]),
        (128 * GIB + 1, ["size.needs_fast_channel"]),
        (1024 * GIB, ["size.needs_fast_channel"]),
        (1024 * GIB + 1, ["size.file_over_1tb"]),
    ],
)
def test_normal_channel_accepts_files_up_to_128_gb(size: int, expected: list[str]) -> None:
    assert ids(check_drop(image=inspected(size=size))) == expected


def test_large_file_without_sidecar_is_an_error_only_if_the_fast_channel_does_not_accept_it() -> None:
    assert ids(check_file(inspected(size=200 * GIB))) == ["size.needs_fast_channel"]
    assert ids(check_file(inspected("a.raw", facts(format="raw"), size=200 * GIB))) == ["size.fast_channel_ahead"]
