"""The ten formats, compared with qemu-img, which built the fixtures."""

from __future__ import annotations

import random
import sys

import pytest

from imagedrop.inspection import Budget, inspect
from imagedrop.inspection.facts import Partition
from tests.unit.inspection.images import (
    EXPECTED,
    MIB,
    READABLE,
    MultiRangeMemorySource,
    disk_finding_ids,
    fixture,
    inspect_bytes,
    open_container,
    vmdk_with_footer,
)

VARIANTS = {
    "v2.qcow2": "v2",
    "zlib.qcow2": "v3",
    "v1.qcow": "v1",
    "64k.qed": "v1",
    "dynamic.vdi": "dynamic",
    "static.vdi": "static",
    "dynamic.vhdx": "dynamic",
    "fixed.vhdx": "fixed",
    "sparse.vmdk": "monolithicSparse",
    "stream.vmdk": "streamOptimized",
    "dynamic.vhd": "dynamic",
    "fixed.vhd": "fixed",
}


def disk_of(name: str) -> bytes:
    """The content of the image; VHD rounds the size up and the rest is zero."""
    return fixture("gpt.raw").ljust(EXPECTED[name], b"\0")


@pytest.mark.parametrize("name", EXPECTED)
def test_format_and_size_are_those_that_qemu_img_reports(name: str) -> None:
    facts = inspect_bytes(fixture(name), name).facts
    assert facts.format == name.rpartition(".")[2]
    assert facts.virtual_size == EXPECTED[name]
    assert facts.file_size == len(fixture(name))


@pytest.mark.parametrize("name", VARIANTS)
def test_the_variant_of_a_format_is_a_fact(name: str) -> None:
    assert inspect_bytes(fixture(name), name).facts.variant == VARIANTS[name]


@pytest.mark.parametrize("name", READABLE)
def test_a_sound_image_gives_its_partitions_and_no_finding(name: str) -> None:
    inspection = inspect_bytes(fixture(name), name)
    assert disk_finding_ids(inspection) == set()
    assert inspection.facts.partition_table == "gpt"
    assert inspection.facts.hw_firmware_type == "uefi"
    assert inspection.facts.bitlocker is False
    assert inspection.facts.partitions[:3] == [
        Partition(MIB, 4 * MIB, "efi_system", "fat16"),
        Partition(5 * MIB, MIB, "microsoft_reserved"),
        Partition(6 * MIB, 4 * MIB, "basic_data", "ntfs"),
    ]


@pytest.mark.parametrize("name", READABLE)
def test_the_whole_disk_reads_the_same_as_the_raw_image(name: str) -> None:
    disk, container = disk_of(name), open_container(fixture(name), name)
    assert all(container.read(at, min(MIB, len(disk) - at)) == disk[at : at + MIB] for at in range(0, len(disk), MIB))


@pytest.mark.parametrize("name", READABLE)
def test_any_range_of_the_disk_reads_the_same_as_the_raw_image(name: str) -> None:
    disk, container, dice = disk_of(name), open_container(fixture(name), name), random.Random(name)
    for _ in range(60):
        at = dice.randrange(len(disk))
        length = min(dice.choice((1, 511, 512, 5000, 200_000)), len(disk) - at)
        assert container.read(at, length) == disk[at : at + length], (at, length)


@pytest.mark.parametrize("name", READABLE)
def test_prefetched_ranges_are_not_fetched_again(name: str) -> None:
    container = open_container(fixture(name), name)
    ranges = [(0, 8192), (6 * MIB, 2048), (12 * MIB - 512, 512)]
    container.prefetch(ranges)
    before = container.file.cost.gets
    for disk_range in ranges:
        container.read(*disk_range)
    assert container.file.cost.gets == before


def test_a_stream_vmdk_with_its_grain_directory_in_the_footer_reads_the_same() -> None:
    data = vmdk_with_footer(fixture("stream.vmdk"))
    inspection, container = inspect_bytes(data, "stream.vmdk"), open_container(data, "stream.vmdk")
    assert (inspection.facts.variant, disk_finding_ids(inspection)) == ("streamOptimized", set())
    assert container.read(0, 12 * MIB) == fixture("gpt.raw")


@pytest.mark.parametrize("name", READABLE)
def test_a_source_that_reads_in_parallel_needs_fewer_round_trips_than_requests(name: str) -> None:
    alone = inspect_bytes(fixture(name), name).read
    parallel = inspect(MultiRangeMemorySource(fixture(name)), file_name=name).read
    assert (parallel.gets, parallel.bytes) == (alone.gets, alone.bytes)
    assert alone.round_trips == alone.gets >= parallel.round_trips
    assert parallel.gets <= 20
    assert parallel.round_trips <= 9


def test_a_disk_a_hundred_times_as_large_costs_the_same() -> None:
    data = fixture("gpt.raw")
    small, large = inspect_bytes(data, "disk.raw").read, inspect_bytes(data, "disk.raw", size=100 * len(data)).read
    assert (large.gets, large.round_trips) == (small.gets, small.round_trips)


def test_the_time_it_took_is_measured_by_the_given_clock() -> None:
    ticks = iter(range(1000))
    inspection = inspect_bytes(fixture("gpt.raw"), "gpt.raw", budget=Budget(clock=lambda: float(next(ticks))))
    assert inspection.read.seconds >= inspection.read.gets


@pytest.mark.parametrize("name", ["disk.zvhd2", "disk.zvhd"])
def test_a_closed_format_is_recognised_by_its_name_and_reported(name: str) -> None:
    inspection = inspect_bytes(b"\x01\x02\x03\x04" * 1000, name)
    assert inspection.facts.format == name.partition(".")[2]
    assert (inspection.facts.virtual_size, disk_finding_ids(inspection)) == (None, {"image.closed_format"})


def test_zstd_without_a_decompressor_is_a_finding_and_the_size_is_still_known(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("compression.zstd", "backports.zstd"):
        monkeypatch.setitem(sys.modules, name, None)  # an import of it fails
    inspection = inspect_bytes(fixture("zstd.qcow2"), "zstd.qcow2")
    assert disk_finding_ids(inspection) == {"image.zstd_missing"}
    assert (inspection.facts.virtual_size, inspection.facts.partition_table) == (12 * MIB, None)
