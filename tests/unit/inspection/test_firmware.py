"""Which firmware boots a disk, and what the EFI system partition holds."""

from __future__ import annotations

import struct

import pytest

from imagedrop.inspection import firmware, inspect
from imagedrop.inspection.findings_report import FindingsReport
from tests.unit.inspection.images import (
    BASIC,
    ESP,
    MIB,
    MemorySource,
    boot,
    disk_finding_ids,
    error_ids,
    finding_ids,
    fixture,
    gpt_disk,
    gpt_entry,
    inspect_bytes,
    mbr,
    open_container,
    patched,
)

LOCKED, DATA = boot(b"-FVE-FS-"), boot(b"EXFAT   ")


@pytest.mark.parametrize(
    ("name", "filesystem", "architecture"),
    [("fat12.raw", "fat12", "x86"), ("gpt.raw", "fat16", "x86_64"), ("fat32.raw", "fat32", "arm64")],
)
def test_the_boot_manager_and_its_architecture_are_found_in_each_kind_of_fat(
    name: str, filesystem: str, architecture: str
) -> None:
    data, report = fixture(name), FindingsReport(name, 0)
    inspection, disk = inspect_bytes(data, name), open_container(data, name)
    assert finding_ids(inspection) == {"image.windows_elsewhere"}
    assert inspection.facts.hw_firmware_type == "uefi"
    assert inspection.facts.partitions[0].filesystem == filesystem
    assert firmware.boot_manager(disk, inspection.facts.partitions[0], report) == (True, architecture)
    assert report.findings == []


def test_a_boot_file_of_another_system_is_not_taken_for_windows() -> None:
    data = fixture("gpt.raw").replace(b"BOOTMGFWEFI", b"GRUBX64 EFI")
    inspection = inspect_bytes(data, "a.raw")
    assert (inspection.facts.hw_firmware_type, inspection.facts.windows) == ("uefi", None)
    assert finding_ids(inspection) == {"image.no_windows"}


def test_an_esp_without_a_boot_manager_is_a_warning() -> None:
    data = fixture("gpt.raw").replace(b"BOOTMGFWEFI", b"NOTHING TXT").replace(b"BOOTX64 EFI", b"NOTHING TXT")
    assert disk_finding_ids(inspect_bytes(data, "a.raw")) == {"image.no_boot_manager"}


def test_an_esp_that_is_not_fat_is_still_an_esp() -> None:
    inspection = inspect_bytes(gpt_disk(gpt_entry(ESP, 100, 200)), "a.raw")
    assert inspection.facts.hw_firmware_type == "uefi"
    assert disk_finding_ids(inspection) == {"image.part_unread"}


@pytest.mark.parametrize(
    ("disk", "finding"),
    [
        (patched(gpt_disk(gpt_entry(BASIC, 63, 3000)), (63 * 512, LOCKED)), "image.no_esp"),
        (patched(mbr((0, 7, 63, 1000)).ljust(MIB, b"\0"), (63 * 512, LOCKED)), "image.no_active_partition"),
        (LOCKED.ljust(MIB, b"\0"), "image.bare_volume"),
    ],
)
def test_why_a_disk_does_not_boot_is_reported_although_it_is_encrypted(disk: bytes, finding: str) -> None:
    inspection = inspect_bytes(disk, "a.raw")
    assert inspection.facts.hw_firmware_type is None
    assert finding_ids(inspection) == {"image.bitlocker", finding}


@pytest.mark.parametrize(
    ("disk", "finding"),
    [
        (gpt_disk(gpt_entry(BASIC, 63, 3000)), "image.blank"),
        (mbr((0, 7, 63, 1000)).ljust(MIB, b"\0"), "image.blank"),
        (bytes(MIB), "image.blank"),
        (patched(gpt_disk(gpt_entry(BASIC, 63, 3000)), (63 * 512, DATA)), "image.data_disk"),
        (patched(mbr((0, 7, 63, 1000)).ljust(MIB, b"\0"), (63 * 512, DATA)), "image.data_disk"),
        (patched(mbr((0x80, 7, 63, 1000)).ljust(MIB, b"\0"), (63 * 512, DATA)), "image.no_windows"),
        (mbr((0, 0x83, 63, 1000)).ljust(MIB, b"\0"), "image.linux"),
    ],
)
def test_a_disk_without_a_windows_is_reported_as_what_it_is(disk: bytes, finding: str) -> None:
    assert finding_ids(inspect_bytes(disk, "a.raw")) == {finding}


def test_a_data_disk_need_not_boot() -> None:
    disk = gpt_disk(gpt_entry(BASIC, 2048, 3000))
    assert inspect(MemorySource(disk), file_name="a.raw", role="data").findings == []


FAT = MIB  # where the ESP begins in gpt.raw


def fat16(data: bytes, name: bytes) -> int:
    """The first cluster of the last directory of this short name."""
    at = data.rindex(name, FAT, 5 * MIB)
    return int(struct.unpack_from("<H", data, at + 26)[0])


@pytest.mark.parametrize("target", [None, 0, 1, 0x7FFF, 0xFFF0], ids=["itself", "0", "1", "far", "reserved"])
def test_a_directory_with_a_broken_cluster_chain_ends_and_is_reported(target: int | None) -> None:
    data = fixture("gpt.raw")
    first = fat16(data, b"BOOT       \x10")
    reserved = struct.unpack_from("<H", data, FAT + 14)[0] * 512
    chain = patched(data, (FAT + reserved + 2 * first, struct.pack("<H", first if target is None else target)))
    inspection = inspect_bytes(chain, "a.raw")
    assert "image.malformed" in error_ids(inspection)
    assert inspection.facts.hw_firmware_type == "uefi"
    assert inspection.read.gets < 20


@pytest.mark.parametrize("at", range(11, 48))
@pytest.mark.parametrize("value", [0, 0xFF])
def test_a_damaged_boot_sector_of_the_esp_keeps_the_firmware_type(at: int, value: int) -> None:
    inspection = inspect_bytes(patched(fixture("gpt.raw"), (FAT + at, bytes([value]) * 2)), "a.raw")
    assert inspection.facts.hw_firmware_type == "uefi"
    assert inspection.read.gets < 60
