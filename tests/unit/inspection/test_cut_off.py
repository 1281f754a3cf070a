"""An upload that did not arrive whole is an error in every format, wherever it was cut."""

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

# Behind the last content: qemu-img pads a stream VMDK by a grain, and losing that loses nothing.
PADDED = {"stream.vmdk": 65_536}
NAMES = [*READABLE, "gpt.raw", "mbr.raw"]


@pytest.mark.parametrize("left", [0.99, 0.9, 0.5, 0.25, 0.1])
@pytest.mark.parametrize("name", NAMES)
def test_a_part_of_an_image_is_said_to_be_cut_off(name: str, left: float) -> None:
    data = fixture(name)
    whole = len(data) - PADDED.get(name, 0)
    cut = data[: int(whole * left) // 512 * 512]
    assert "image.truncated" in error_ids(inspect_bytes(cut, name))


@pytest.mark.parametrize("lost", [1, 512, 4096])
@pytest.mark.parametrize("name", NAMES)
def test_the_loss_of_the_last_bytes_is_seen(name: str, lost: int) -> None:
    data = fixture(name)
    cut = data[: len(data) - PADDED.get(name, 0) - lost]
    seen = error_ids(inspect_bytes(cut, name))
    assert seen & {"image.truncated", "image.not_sectors"} or reads_whole(cut, name)


def reads_whole(data: bytes, name: str) -> bool:
    """The bytes that were lost held nothing."""
    container = open_container(data, name)
    return container.read(0, container.size)[: 12 << 20] == fixture("gpt.raw")


@pytest.mark.parametrize("name", [*EXPECTED, "gpt.raw"])
@pytest.mark.parametrize("length", [1, 100, 511, 512, 513, 5000])
def test_a_mere_beginning_is_an_error(name: str, length: int) -> None:
    assert error_ids(inspect_bytes(fixture(name)[:length], name))


@pytest.mark.parametrize("left", [8, 300, 3000, 0.1, 0.5, 0.9, -1, -512])
@pytest.mark.parametrize("name", NAMES)
def test_that_a_file_is_cut_off_is_said_once(name: str, left: float) -> None:
    data = fixture(name)
    cut = data[: int(len(data) * left) if 0 < left < 1 else int(left)]
    assert [one.id for one in inspect_bytes(cut, name).findings].count("image.truncated") <= 1


def why(data: bytes, name: str) -> str:
    return next(one.message for one in inspect_bytes(data, name).findings if one.id == "image.truncated")


def test_what_is_missing_begins_where_the_file_ends() -> None:
    assert "bytes 8 to 72 are past the end of the file" in why(fixture("v3.qcow2")[:8], "a.qcow2")
    assert "its L1 table ends at byte 196616" in why(fixture("v3.qcow2")[:100_000], "a.qcow2")


def test_a_stream_vmdk_too_short_for_its_footer_is_cut_off() -> None:
    assert error_ids(inspect_bytes(vmdk_with_footer(fixture("stream.vmdk"))[:1000], "a.vmdk")) == {"image.truncated"}


def test_only_what_qemu_can_check_is_sent_to_be_checked() -> None:
    for name in NAMES:
        for finding in inspect_bytes(
            fixture(name.values[0] if hasattr(name, "values") else name)[:100_000], "a"
        ).findings:
            checked = "qemu-img check" in finding.fix
            assert not checked or finding.id in ("image.marked_corrupt", "image.vhdx_log")


def test_a_stream_vmdk_that_lost_its_footer_is_cut_off() -> None:
    whole = vmdk_with_footer(fixture("stream.vmdk"))
    assert error_ids(inspect_bytes(whole, "a.vmdk")) == set()
    assert error_ids(inspect_bytes(whole[:-512], "a.vmdk")) == {"image.truncated"}


def test_a_fixed_vhd_with_something_behind_its_disk_is_said_to_be_so() -> None:
    data = fixture("fixed-exact.vhd")
    assert error_ids(inspect_bytes(data[:-512] + bytes(1 << 20) + data[-512:], "a.vhd")) == {"image.size_mismatch"}


def test_a_raw_disk_whose_partition_table_needs_more_is_cut_off() -> None:
    disk = gpt_disk()
    assert "image.truncated" not in error_ids(inspect_bytes(disk, "a.raw"))
    assert "image.truncated" in error_ids(inspect_bytes(disk[:-512], "a.raw"))


def test_a_vhd_without_its_last_footer_says_how_the_name_tells() -> None:
    seen = inspect_bytes(fixture("gpt.raw"), "a.vhd")
    assert error_ids(seen) == {"image.truncated"}
    assert "footer" in seen.findings[0].message
