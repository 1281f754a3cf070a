"""min_disk and the limits of files."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imagedrop.rules.size import needed
from tests.unit.rules.cases import GIB, alone, facts, ids, judged, place, subject

VHD_40 = 42_951_106_560  # what qemu-img makes of 40 GiB


def disk(virtual_size: int | None, **more: Any) -> Any:
    return subject(given=facts(virtual_size=virtual_size, **more))


@given(st.integers(1, 1 << 41), st.booleans())
def test_the_disk_fits_and_one_gb_less_would_not_do(size: int, fast: bool) -> None:
    gb = needed(size, fast=fast)
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
def test_left_out_it_is_the_smallest_legal_size_that_holds_the_image(
    virtual_size: int, floor: int, registered: int
) -> None:
    verdict = judged(image=disk(virtual_size), where=place(min_disk_floor=floor))
    assert verdict.request["min_disk"] == registered
    assert verdict.filled["min_disk"] == registered


@pytest.mark.parametrize(
    ("said", "virtual_size", "kinds"),
    [
        (40, 40 * GIB, []),
        (100, 40 * GIB, []),
        (40, 40 * GIB + 512, ["size.min_disk_small"]),
        (39, 30 * GIB, ["size.below_floor"]),
        (20, 30 * GIB, ["size.min_disk_small"]),
        (40, 1025 * GIB, ["size.disk_too_large"]),
    ],
)
def test_said_it_must_hold_the_image(said: int, virtual_size: int, kinds: list[str]) -> None:
    assert ids(judged({"min_disk": said}, disk(virtual_size))) == kinds


UNKNOWN: dict[str, Any] = {"format": "vhd", "windows": None, "hw_firmware_type": "bios"}
LINUX = {"os_type": "Linux", "os_version": "Ubuntu 24.04 server 64bit"}


@pytest.mark.parametrize("inside", [{}, UNKNOWN], ids=["Windows", "nobody knows"])
@pytest.mark.parametrize("said", [20, 25, 39])
def test_what_ims_takes_no_disk_of_is_an_error_whether_or_not_the_system_is_known(
    said: int, inside: dict[str, Any]
) -> None:
    image = disk(3 * GIB, **inside)
    (finding,) = judged({"min_disk": said}, image).findings
    assert (finding.id, finding.severity, finding.field) == ("size.below_floor", "error", "/min_disk")
    assert "`min_disk` to 40" in finding.fix
    assert ids(judged({"min_disk": said}, image, where=place(min_disk_floor=20))) == ["size.small_windows_disk"]


def test_the_floor_is_asked_of_other_systems_too_but_20_gb_of_windows_only() -> None:
    image = disk(3 * GIB, **UNKNOWN)
    assert ids(judged({**LINUX, "min_disk": 3}, image)) == ["size.below_floor"]
    assert ids(judged({**LINUX, "min_disk": 3}, image, where=place(min_disk_floor=1))) == []
    assert judged(LINUX, image, where=place(min_disk_floor=1)).request["min_disk"] == 3
    assert judged(image=image, where=place(min_disk_floor=1)).request["min_disk"] == 20
    found_windows = disk(3 * GIB)
    assert "sidecar.windows_min_disk" in ids(
        judged({**LINUX, "min_disk": 3}, found_windows, where=place(min_disk_floor=1))
    )


def test_the_floor_holds_where_the_disk_cannot_be_measured() -> None:
    blind = subject("a.zvhd2", facts(format="zvhd2", virtual_size=None))
    assert ids(judged({"min_disk": 30}, blind)) == ["size.below_floor", "size.min_disk_unchecked"]


@given(
    st.integers(20, 60), st.integers(1, 60 * GIB), st.sampled_from([1, 20, 40, 50]), st.sampled_from(["vhd", "qcow2"])
)
def test_what_is_advised_is_taken(said: int, virtual_size: int, floor: int, shape: str) -> None:
    image, where = disk(virtual_size, format=shape), place(min_disk_floor=floor)
    wrong = [one for one in judged({"min_disk": said}, image, where=where).findings if one.severity == "error"]
    for finding in wrong:
        advised = int(re.search(r"`min_disk` to (\d+)", finding.fix).group(1))  # type: ignore[union-attr]
        assert judged({"min_disk": advised}, image, where=where).request["min_disk"] == advised


def test_a_data_disk_has_no_floor() -> None:
    data = subject("windows/d.vhd", facts(format="vhd", virtual_size=3 * GIB))
    said = {"data_images": [{"file": "d.vhd", "min_disk": 3}]}
    assert ids(judged(said, parts=(data,))) == []
    (finding,) = judged({"data_images": [{"file": "d.vhd", "min_disk": 2}]}, parts=(data,)).findings
    assert "`data_images[0].min_disk` to 3" in finding.fix


def test_a_vhd_that_was_rounded_up_is_told_so_and_how_large_it_is() -> None:
    (finding,) = judged({"min_disk": 40}, disk(VHD_40, format="vhd")).findings
    assert (finding.id, finding.field) == ("size.vhd_rounding", "/min_disk")
    assert str(VHD_40 - 40 * GIB) in finding.message
    assert "`min_disk` to 41" in finding.fix


def test_a_vhd_that_is_a_gb_too_large_is_no_rounding() -> None:
    assert ids(judged({"min_disk": 40}, disk(41 * GIB, format="vhd"))) == ["size.min_disk_small"]


def test_what_cannot_be_measured_must_be_said_and_then_is_taken() -> None:
    blind = subject("a.zvhd2", facts(format="zvhd2", virtual_size=None))
    assert ids(judged(image=blind)) == ["size.min_disk_unknown"]
    said = judged({"min_disk": 60}, blind)
    assert ids(said) == ["size.min_disk_unchecked"]
    assert said.request["min_disk"] == 60


@pytest.mark.parametrize(
    ("size", "kinds"),
    [
        (128 * 10**9, []),
        (128 * 10**9 + 1, ["size.grey_zone"]),
        (128 * GIB, ["size.grey_zone"]),
        (128 * GIB + 1, ["size.needs_fast_channel"]),
        (1024 * GIB, ["size.needs_fast_channel"]),
        (1024 * GIB + 1, ["size.file_over_1tb"]),
    ],
)
def test_files_go_the_normal_way_up_to_128_gb(size: int, kinds: list[str]) -> None:
    assert ids(judged(image=subject(size=size))) == kinds


def test_a_large_file_alone_is_an_error_only_where_the_fast_channel_cannot_take_it() -> None:
    assert ids(alone(subject(size=200 * GIB))) == ["size.needs_fast_channel"]
    assert ids(alone(subject("a.raw", facts(format="raw"), size=200 * GIB))) == ["size.fast_channel_ahead"]
