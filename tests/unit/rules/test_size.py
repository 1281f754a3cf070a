"""min_disk and the limits of files."""

from __future__ import annotations

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
        (20, 20 * GIB, ["size.small_windows_disk"]),
        (39, 30 * GIB, ["size.small_windows_disk"]),
        (19, 19 * GIB, ["sidecar.windows_min_disk"]),
        (40, 1025 * GIB, ["size.disk_too_large"]),
    ],
)
def test_said_it_must_hold_the_image(said: int, virtual_size: int, kinds: list[str]) -> None:
    assert ids(judged({"min_disk": said}, disk(virtual_size))) == kinds


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
