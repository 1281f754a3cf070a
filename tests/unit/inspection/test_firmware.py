"""What starts the disk, and what the EFI system partition holds."""

from __future__ import annotations

import struct

import pytest

from imagedrop.inspection import inspect
from imagedrop.inspection.facts import WindowsFacts
from tests.unit.inspection.images import (
    BASIC,
    ESP,
    MIB,
    Memory,
    errors,
    fixture,
    gpt_disk,
    gpt_entry,
    ids,
    look,
    mbr,
    patched,
)


@pytest.mark.parametrize(
    ("name", "filesystem", "architecture"),
    [("fat12.raw", "fat12", "x86"), ("gpt.raw", "fat16", "x86_64"), ("fat32.raw", "fat32", "arm64")],
)
def test_the_boot_manager_is_found_in_every_fat_and_tells_the_machine(
    name: str, filesystem: str, architecture: str
) -> None:
    seen = look(fixture(name), name)
    assert ids(seen) == set()
    assert seen.facts.hw_firmware_type == "uefi"
    assert seen.facts.partitions[0].filesystem == filesystem
    assert seen.facts.windows == WindowsFacts(architecture=architecture)  # type: ignore[arg-type]


def test_a_boot_file_of_another_system_is_no_windows() -> None:
    data = fixture("gpt.raw").replace(b"BOOTMGFWEFI", b"GRUBX64 EFI")
    seen = look(data, "a.raw")
    assert (seen.facts.hw_firmware_type, seen.facts.windows) == ("uefi", None)
    assert ids(seen) == set()


def test_an_esp_that_holds_nothing_to_start_is_a_warning() -> None:
    data = fixture("gpt.raw").replace(b"BOOTMGFWEFI", b"NOTHING TXT").replace(b"BOOTX64 EFI", b"NOTHING TXT")
    assert ids(look(data, "a.raw")) == {"image.no_boot_manager"}


def test_an_esp_that_is_not_fat_is_still_an_esp() -> None:
    seen = look(gpt_disk(gpt_entry(ESP, 100, 200)), "a.raw")
    assert seen.facts.hw_firmware_type == "uefi"
    assert ids(seen) == {"image.part_unread"}


@pytest.mark.parametrize(
    ("disk", "finding"),
    [
        (gpt_disk(gpt_entry(BASIC, 2048, 3000)), "image.no_esp"),
        (mbr((0, 7, 63, 1000)).ljust(MIB, b"\0"), "image.no_active_partition"),
        (bytes(MIB), "image.no_partition_table"),
    ],
)
def test_a_disk_that_nothing_starts_from_says_why(disk: bytes, finding: str) -> None:
    seen = look(disk, "a.raw")
    assert seen.facts.hw_firmware_type is None
    assert ids(seen) == {finding}


def test_a_data_disk_need_not_start_anything() -> None:
    disk = gpt_disk(gpt_entry(BASIC, 2048, 3000))
    assert inspect(Memory(disk), file_name="a.raw", role="data").findings == []


def test_what_this_version_does_not_read_is_said_once() -> None:
    seen = look(fixture("gpt.raw"), "gpt.raw")
    assert [one.id for one in seen.findings] == ["image.windows_not_read"]
    assert seen.findings[0].severity == "info"


FAT = MIB  # where the ESP begins in gpt.raw


def fat16(data: bytes, name: bytes) -> int:
    """The first cluster of the last directory of this short name."""
    at = data.rindex(name, FAT, 5 * MIB)
    return int(struct.unpack_from("<H", data, at + 26)[0])


@pytest.mark.parametrize("target", [None, 0, 1, 0x7FFF, 0xFFF0], ids=["itself", "0", "1", "far", "reserved"])
def test_a_directory_whose_chain_leads_nowhere_ends_and_is_said(target: int | None) -> None:
    data = fixture("gpt.raw")
    first = fat16(data, b"BOOT       \x10")
    reserved = struct.unpack_from("<H", data, FAT + 14)[0] * 512
    chain = patched(data, (FAT + reserved + 2 * first, struct.pack("<H", first if target is None else target)))
    seen = look(chain, "a.raw")
    assert "image.malformed" in errors(seen)
    assert seen.facts.hw_firmware_type == "uefi"
    assert seen.read.gets < 20


@pytest.mark.parametrize("at", range(11, 48))
@pytest.mark.parametrize("value", [0, 0xFF])
def test_a_boot_sector_of_no_sense_breaks_nothing(at: int, value: int) -> None:
    seen = look(patched(fixture("gpt.raw"), (FAT + at, bytes([value]) * 2)), "a.raw")
    assert seen.facts.hw_firmware_type == "uefi"
    assert seen.read.gets < 60
