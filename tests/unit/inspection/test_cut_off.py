"""An image that lost its end is an error in every format, wherever it was cut off."""

from __future__ import annotations

import pytest

from tests.unit.inspection.images import (
    EXPECTED,
    READABLE,
    error_ids,
    fixture,
    gpt_disk,
    inspect_bytes,
    open_container,
    vmdk_with_footer,
)

# Bytes after the last content: qemu-img pads a stream VMDK by a grain, and losing that loses nothing.
PADDED = {"stream.vmdk": 65_536}
NAMES = [*READABLE, "gpt.raw", "mbr.raw"]
FRACTIONS = (0.99, 0.9, 0.5, 0.25, 0.1)


def times_reported(data: bytes, name: str) -> int:
    return [finding.id for finding in inspect_bytes(data, name).findings].count("image.truncated")


@pytest.mark.parametrize("name", NAMES)
def test_a_fraction_of_an_image_is_reported_as_cut_off_once(name: str) -> None:
    data = fixture(name)
    whole = len(data) - PADDED.get(name, 0)
    for fraction in FRACTIONS:
        assert times_reported(data[: int(whole * fraction) // 512 * 512], name) == 1, fraction


@pytest.mark.parametrize("name", NAMES)
def test_a_file_of_any_length_is_reported_as_cut_off_at_most_once(name: str) -> None:
    data = fixture(name)
    for length in (8, 300, 3000, len(data) // 10, len(data) // 2, len(data) * 9 // 10, len(data) - 512, len(data) - 1):
        assert times_reported(data[:length], name) <= 1, length


@pytest.mark.parametrize("name", NAMES)
def test_the_loss_of_the_last_bytes_is_reported_unless_they_held_nothing(name: str) -> None:
    data = fixture(name)
    for lost in (1, 512, 4096):
        cut = data[: len(data) - PADDED.get(name, 0) - lost]
        found = error_ids(inspect_bytes(cut, name))
        assert found & {"image.truncated", "image.not_sectors"} or reads_whole(cut, name), lost


def reads_whole(data: bytes, name: str) -> bool:
    container = open_container(data, name)
    return container.read(0, container.size)[: 12 << 20] == fixture("gpt.raw")


@pytest.mark.parametrize("name", [*EXPECTED, "gpt.raw"])
def test_the_first_bytes_of_an_image_alone_are_an_error(name: str) -> None:
    for length in (1, 100, 511, 512, 513, 5000):
        assert error_ids(inspect_bytes(fixture(name)[:length], name)), length


def truncated_message(data: bytes, name: str) -> str:
    findings = inspect_bytes(data, name).findings
    return next(finding.message for finding in findings if finding.id == "image.truncated")


def test_the_message_says_which_bytes_are_missing() -> None:
    data = fixture("v3.qcow2")
    assert "bytes 8 to 72 are past the end of the file" in truncated_message(data[:8], "a.qcow2")
    assert "its L1 table ends at byte 196616" in truncated_message(data[:100_000], "a.qcow2")


def test_a_stream_vmdk_too_short_for_its_footer_is_cut_off() -> None:
    assert error_ids(inspect_bytes(vmdk_with_footer(fixture("stream.vmdk"))[:1000], "a.vmdk")) == {"image.truncated"}


@pytest.mark.parametrize("name", NAMES)
def test_qemu_img_check_is_a_fix_only_for_findings_that_it_can_repair(name: str) -> None:
    for finding in inspect_bytes(fixture(name)[:100_000], "a").findings:
        repairable = finding.id in ("image.marked_corrupt", "image.vhdx_log")
        assert repairable or "qemu-img check" not in finding.fix


def test_a_stream_vmdk_that_lost_its_footer_is_cut_off() -> None:
    whole = vmdk_with_footer(fixture("stream.vmdk"))
    assert error_ids(inspect_bytes(whole, "a.vmdk")) == set()
    assert error_ids(inspect_bytes(whole[:-512], "a.vmdk")) == {"image.truncated"}


def test_a_fixed_vhd_that_is_longer_than_its_disk_is_an_error() -> None:
    data = fixture("fixed-exact.vhd")
    assert error_ids(inspect_bytes(data[:-512] + bytes(1 << 20) + data[-512:], "a.vhd")) == {"image.size_mismatch"}


def test_a_raw_disk_shorter_than_its_partition_table_needs_is_cut_off() -> None:
    disk = gpt_disk()
    assert "image.truncated" not in error_ids(inspect_bytes(disk, "a.raw"))
    assert "image.truncated" in error_ids(inspect_bytes(disk[:-512], "a.raw"))


def test_a_raw_disk_named_vhd_is_reported_as_a_vhd_without_its_footer() -> None:
    inspection = inspect_bytes(fixture("gpt.raw"), "a.vhd")
    assert error_ids(inspection) == {"image.truncated"}
    assert "footer" in inspection.findings[0].message
