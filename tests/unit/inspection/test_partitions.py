"""Partition tables as tools write them, and damaged ones."""

from __future__ import annotations

import struct

import pytest

from imagedrop.inspection import inspect
from imagedrop.inspection.containers.extents import Stored
from imagedrop.inspection.facts import Partition
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
    gpt_header,
    inspect_bytes,
    mbr,
    open_container,
    patched,
    qcow2,
)

WINDOWS = gpt_entry(BASIC, 2048, 3000)
OTHER = gpt_entry("01234567-89ab-cdef-0123-456789abcdef", 3001, 3100)


def test_an_mbr_with_an_extended_partition_as_parted_writes_it() -> None:
    inspection = inspect_bytes(fixture("mbr.raw"), "mbr.raw")
    assert disk_finding_ids(inspection) == set()
    assert (inspection.facts.partition_table, inspection.facts.hw_firmware_type, inspection.facts.bitlocker) == (
        "mbr",
        "bios",
        False,
    )
    assert inspection.facts.partitions == [
        Partition(MIB, 4 * MIB, "0x07", "ntfs"),
        Partition(6 * MIB, 2 * MIB, "0x0c", "fat12"),
        Partition(9 * MIB, 3 * MIB, "0x83", "ext"),
    ]


@pytest.mark.parametrize("sector", [512, 4096])
def test_gpt_types_are_named_if_known_and_else_given_as_guid(sector: int) -> None:
    inspection = inspect_bytes(gpt_disk(WINDOWS, OTHER, sector=sector), "a.raw")
    assert inspection.facts.partitions == [
        Partition(2048 * sector, 953 * sector, "basic_data"),
        Partition(3001 * sector, 100 * sector, "01234567-89ab-cdef-0123-456789abcdef"),
    ]
    assert ("image.sectors_4k" in disk_finding_ids(inspection)) == (sector == 4096)


@pytest.mark.parametrize(
    "damage",
    [(512, b"XXX"), (512 + 16, b"\0\0\0\0"), (1024, b"\x01"), (512, bytes(512)), (512 + 24, b"\x07")],
    ids=["signature", "checksum", "entries", "wiped", "wrong LBA"],
)
def test_the_backup_is_read_if_the_first_gpt_header_is_damaged(damage: tuple[int, bytes]) -> None:
    inspection = inspect_bytes(patched(gpt_disk(WINDOWS), damage), "a.raw")
    assert [partition.type for partition in inspection.facts.partitions] == ["basic_data"]
    assert "image.gpt_backup_used" in disk_finding_ids(inspection)
    assert not error_ids(inspection)


def test_the_backup_of_a_disk_with_4k_sectors_is_found() -> None:
    inspection = inspect_bytes(patched(gpt_disk(WINDOWS, sector=4096), (4096, bytes(4096))), "a.raw")
    assert [partition.start for partition in inspection.facts.partitions] == [2048 * 4096]
    assert "image.gpt_backup_used" in disk_finding_ids(inspection)


def test_two_damaged_gpt_headers_are_an_error_and_no_partitions_are_given() -> None:
    inspection = inspect_bytes(patched(gpt_disk(WINDOWS), (512, b"X"), (-512, b"X")), "a.raw")
    assert error_ids(inspection) == {"image.gpt_damaged"}
    assert (inspection.facts.partition_table, inspection.facts.partitions, inspection.facts.bitlocker) == (
        "gpt",
        [],
        None,
    )
    assert disk_finding_ids(inspection) == {"image.gpt_damaged"}


@pytest.mark.parametrize(
    ("count", "width"), [(2**32 - 1, 128), (2**32 - 1, 2**32 - 8), (128, 0), (128, 1), (128, 2**31)]
)
def test_absurd_numbers_of_gpt_entries_are_refused(count: int, width: int) -> None:
    table = bytes(128 * 128)
    header = gpt_header(1, 4095, table, count=count, width=width) if width else gpt_header(1, 4095, b"", count=1)
    disk = patched(gpt_disk(), (512, header), (-512, bytes(512)))
    if not width:
        disk = patched(disk, (512 + 84, bytes(4)))
    inspection = inspect_bytes(disk, "a.raw")
    assert error_ids(inspection) == {"image.gpt_damaged"}
    assert inspection.read.gets < 10


def test_a_hybrid_mbr_is_an_error_because_windows_uses_it() -> None:
    disk = patched(gpt_disk(gpt_entry(BASIC, 63, 3000)), (0, mbr((0, 0xEE, 1, 62), (0x80, 7, 63, 2938))))
    inspection = inspect_bytes(disk, "a.raw")
    assert "image.partition_table_damaged" in error_ids(inspection)
    assert inspection.facts.partition_table == "gpt"


def test_a_gpt_without_protective_mbr_is_read_and_reported() -> None:
    inspection = inspect_bytes(patched(gpt_disk(WINDOWS), (0, bytes(512))), "a.raw")
    assert inspection.facts.partition_table == "gpt"
    assert error_ids(inspection) == {"image.partition_table_damaged"}


def test_an_old_gpt_beside_a_new_mbr_is_ignored() -> None:
    inspection = inspect_bytes(patched(gpt_disk(WINDOWS), (0, mbr((0x80, 7, 2048, 100)))), "a.raw")
    assert inspection.facts.partition_table == "mbr"
    assert [partition.type for partition in inspection.facts.partitions] == ["0x07"]


def chain(*records: bytes) -> bytes:
    """An extended partition at sector 100, its records in sectors 100, 200, ..."""
    disk = bytearray(mbr((0x80, 7, 10, 20), (0, 0x0F, 100, 900)).ljust(1024 * 512, b"\0"))
    for number, record in enumerate(records):
        disk[(100 + 100 * number) * 512 : (101 + 100 * number) * 512] = record
    return bytes(disk)


def test_logical_partitions_have_their_offsets_on_the_disk() -> None:
    disk = chain(mbr((0, 7, 2, 50), (0, 5, 100, 100)), mbr((0, 0x83, 3, 40)))
    found = inspect_bytes(disk, "a.raw").facts.partitions
    assert [(partition.start // 512, partition.size // 512) for partition in found] == [(10, 20), (102, 50), (203, 40)]


@pytest.mark.parametrize(
    "disk",
    [
        chain(mbr((0, 7, 2, 50), (0, 5, 0, 100))),
        chain(mbr((0, 7, 2, 50), (0, 5, 100, 100)), mbr((0, 7, 2, 50), (0, 5, 100, 100))),
        chain(mbr((0, 7, 2, 50), (0, 5, 5000, 100))),
        chain(mbr((0, 7, 2, 50), (0, 5, 100, 100)), bytes(512)),
    ],
    ids=["to itself", "in a circle", "out of the partition", "to nothing"],
)
def test_a_broken_chain_of_extended_boot_records_ends_and_is_reported(disk: bytes) -> None:
    inspection = inspect_bytes(disk, "a.raw")
    assert "image.partition_table_damaged" in error_ids(inspection)
    assert [partition.start // 512 for partition in inspection.facts.partitions][:2] == [10, 102]
    assert inspection.read.gets < 10


def test_a_chain_of_400_extended_boot_records_ends_after_128_partitions() -> None:
    link = mbr((0, 7, 1, 1))
    disk = bytearray(mbr((0, 0x0F, 100, 5000)).ljust(6000 * 512, b"\0"))
    for number in range(400):
        record = patched(link, (462, struct.pack("<B3xB3xII", 0, 5, number + 1, 1)))
        disk[(100 + number) * 512 : (101 + number) * 512] = record
    inspection = inspect_bytes(bytes(disk), "a.raw")
    assert error_ids(inspection) == {"image.partition_table_damaged"}
    assert len(inspection.facts.partitions) == 128


@pytest.mark.parametrize(
    ("name", "filesystem"),
    [(b"NTFS    ", "ntfs"), (b"EXFAT   ", "exfat"), (b"ReFS\0\0\0\0", "refs"), (b"-FVE-FS-", "bitlocker")],
)
def test_a_filesystem_is_recognised_by_its_boot_sector(name: bytes, filesystem: str) -> None:
    inspection = inspect_bytes(patched(gpt_disk(WINDOWS), (2048 * 512, boot(name))), "a.raw")
    assert inspection.facts.partitions[0].filesystem == filesystem
    assert inspection.facts.bitlocker is (filesystem == "bitlocker")
    assert ("image.bitlocker" in error_ids(inspection)) == (filesystem == "bitlocker")


def test_bitlocker_to_go_is_bitlocker_although_its_boot_sector_is_like_fat() -> None:
    sector = patched(boot(b"MSWIN4.1"), (424, bytes.fromhex("3bd66749292ed84a8399f6a339e3d001")))
    inspection = inspect_bytes(patched(gpt_disk(WINDOWS), (2048 * 512, sector)), "a.raw")
    assert "image.bitlocker" in error_ids(inspection)


def test_bitlocker_is_none_if_a_boot_sector_could_not_be_read() -> None:
    far = gpt_entry(BASIC, 5000, 6000)
    assert inspect_bytes(gpt_disk(WINDOWS, far), "a.raw").facts.bitlocker is None


def test_a_volume_without_partition_table_is_reported() -> None:
    inspection = inspect_bytes(fixture("mbr.raw")[MIB : 5 * MIB], "a.raw")
    assert inspection.facts.partition_table == "none"
    assert "ntfs" in next(finding.message for finding in inspection.findings if finding.id == "image.bare_volume")


def test_a_bitlocker_volume_without_partition_table_is_an_error() -> None:
    inspection = inspect_bytes(boot(b"-FVE-FS-").ljust(MIB, b"\0"), "a.raw")
    assert "image.bitlocker" in error_ids(inspection)
    assert inspection.facts.bitlocker is True


def test_an_mbr_without_partitions_is_an_error() -> None:
    inspection = inspect_bytes(mbr().ljust(MIB, b"\0"), "a.raw")
    assert (inspection.facts.partition_table, inspection.facts.partitions) == ("mbr", [])
    assert error_ids(inspection) == {"image.no_partitions"}


VOLUME = fixture("mbr.raw")[MIB : 5 * MIB]
NOTHING_TO_BOOT = {
    "zeros": (bytes(MIB), "image.blank"),
    "no disk at all": (bytes(100), "image.blank"),
    "a bare volume": (VOLUME, "image.bare_volume"),
    "an empty MBR": (mbr().ljust(MIB, b"\0"), "image.no_partitions"),
    "an empty GPT": (gpt_disk(), "image.no_partitions"),
    "zeros in a qcow2": (qcow2(), "image.blank"),
    "text": (b"#!/bin/sh\n".ljust(MIB, b"\0"), "image.no_partition_table"),
}


@pytest.mark.parametrize("case", NOTHING_TO_BOOT)
def test_a_system_disk_that_holds_no_partition_is_an_error_and_a_data_disk_is_fine(case: str) -> None:
    disk, finding = NOTHING_TO_BOOT[case]
    assert finding in finding_ids(inspect_bytes(disk, "a.raw"))
    as_data = inspect(MemorySource(disk), file_name="a.raw", role="data")
    assert {finding.id for finding in as_data.findings} <= {"image.not_sectors", "image.extension"}


@pytest.mark.parametrize(
    ("kind", "finding"),
    [
        ("af9b60a0-1431-4f62-bc68-3311714a69ad", "image.dynamic_disk"),
        ("e75caf8f-f680-4cee-afa3-b001e56efc2d", "image.storage_spaces"),
    ],
)
def test_a_dynamic_disk_or_a_pool_is_a_warning(kind: str, finding: str) -> None:
    assert finding in disk_finding_ids(inspect_bytes(gpt_disk(gpt_entry(kind, 2048, 3000)), "a.raw"))


def test_a_dynamic_disk_with_an_mbr_is_a_warning() -> None:
    assert "image.dynamic_disk" in disk_finding_ids(
        inspect_bytes(mbr((0x80, 0x42, 63, 1000)).ljust(MIB, b"\0"), "a.raw")
    )


@pytest.mark.parametrize(("first", "last"), [(100, 50), (0, 2**64 - 1), (2**63, 2**63), (4000, 2**64 - 1)])
def test_an_impossible_partition_is_reported_and_the_others_are_read(first: int, last: int) -> None:
    inspection = inspect_bytes(gpt_disk(gpt_entry(BASIC, first, last), WINDOWS), "a.raw")
    assert error_ids(inspection) & {"image.partition_table_damaged", "image.truncated"}
    assert inspection.facts.partitions[-1].start == 2048 * 512


def test_a_partition_past_the_end_of_the_disk_in_a_container_does_not_mean_a_cut_off_file() -> None:
    head = gpt_disk(gpt_entry(ESP, 100_000, 200_000))[:24_576]
    first = open_container(fixture("dynamic.vhd"), "a.vhd").map(0)
    assert isinstance(first, Stored)
    inspection = inspect_bytes(patched(fixture("dynamic.vhd"), (first.offset, head)), "a.vhd")
    assert "image.partition_beyond_end" in error_ids(inspection)
    assert "image.truncated" not in error_ids(inspection)
