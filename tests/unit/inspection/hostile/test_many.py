"""Disks with very many parts, each within its own limit."""

from __future__ import annotations

from tests.unit.inspection.hostile.limits import inspect_within_limits
from tests.unit.inspection.hostile.system_partitions import SystemPartitions
from tests.unit.inspection.hostile.trees import deep
from tests.unit.inspection.hostile.windows import windows
from tests.unit.inspection.images import BASIC, MIB, MemorySource, finding_ids, gpt_disk, gpt_entry


def disk_of(volume: bytes, count: int, kind: str = BASIC) -> bytes:
    """A disk with the same volume `count` times."""
    sectors = -(-len(volume) // 4096) * 8
    entries = [gpt_entry(kind, 2048 + number * sectors, 2047 + (number + 1) * sectors) for number in range(count)]
    disk = bytearray(gpt_disk(*entries, sectors=4096 + count * sectors))
    for number in range(count):
        start = (2048 + number * sectors) * 512
        disk[start : start + len(volume)] = volume
    return bytes(disk)


def test_many_volumes_with_deep_directories_exceed_the_budget() -> None:
    inspection = inspect_within_limits(disk_of(deep(15, 16384), 128))
    assert len(inspection.facts.partitions) == 128
    assert "image.budget" in finding_ids(inspection)


def test_one_volume_with_deep_directories_is_read() -> None:
    inspection = inspect_within_limits(disk_of(deep(15, 16384), 1))
    assert inspection.facts.windows
    assert inspection.facts.windows.build == 20348


def test_a_directory_that_needs_a_request_for_each_cluster_exceeds_the_budget() -> None:
    """The other 31 directories are not read again in each replay."""
    inspection = inspect_within_limits(SystemPartitions(32))
    assert len(inspection.facts.partitions) == 32
    assert "image.budget" in finding_ids(inspection)


def test_partitions_far_apart_stay_within_the_budget() -> None:
    volume = windows()
    entries = [gpt_entry(BASIC, 2048 + number * (1 << 22), 2047 + (number + 1) * (1 << 22)) for number in range(128)]
    head = gpt_disk(*entries)[: 34 * 512]

    class Far(MemorySource):
        """The same volume every 2 GiB."""

        def read(self, offset: int, length: int) -> bytes:
            if offset < MIB:
                return super().read(offset, length)
            within = (offset - MIB) % (1 << 31)
            return volume[within : within + length].ljust(length, b"\0")

    inspection = inspect_within_limits(Far(head, MIB + (128 << 31)))
    assert len(inspection.facts.partitions) == 128
    assert inspection.facts.windows
