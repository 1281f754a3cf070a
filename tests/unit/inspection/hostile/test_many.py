"""Many of everything: each part of the disk is bearable, all of them together are not."""

from __future__ import annotations

from tests.unit.inspection.hostile.survival import survived
from tests.unit.inspection.hostile.system_partitions import SystemPartitions
from tests.unit.inspection.hostile.trees import deep
from tests.unit.inspection.hostile.windows import windows
from tests.unit.inspection.images import BASIC, MIB, MemorySource, finding_ids, gpt_disk, gpt_entry


def many(volume: bytes, count: int, kind: str = BASIC) -> bytes:
    """A disk with the same volume `count` times."""
    sectors = -(-len(volume) // 4096) * 8
    entries = [gpt_entry(kind, 2048 + number * sectors, 2047 + (number + 1) * sectors) for number in range(count)]
    disk = bytearray(gpt_disk(*entries, sectors=4096 + count * sectors))
    for number in range(count):
        start = (2048 + number * sectors) * 512
        disk[start : start + len(volume)] = volume
    return bytes(disk)


def test_many_volumes_each_of_which_is_slow_end_in_time_all_together() -> None:
    seen = survived(many(deep(15, 16384), 128))
    assert len(seen.facts.partitions) == 128
    assert "image.budget" in finding_ids(seen)


def test_one_slow_volume_is_read() -> None:
    seen = survived(many(deep(15, 16384), 1))
    assert seen.facts.windows
    assert seen.facts.windows.build == 20348


def test_a_directory_whose_every_cluster_is_a_new_request_ends_at_their_number() -> None:
    """31 others wait for it, and do not look through their own again and again meanwhile."""
    seen = survived(SystemPartitions(32))
    assert len(seen.facts.partitions) == 32
    assert "image.budget" in finding_ids(seen)


def test_partitions_that_all_lie_far_apart_cost_no_more_than_the_budget() -> None:
    volume = windows()
    entries = [gpt_entry(BASIC, 2048 + number * (1 << 22), 2047 + (number + 1) * (1 << 22)) for number in range(128)]
    head = gpt_disk(*entries)[: 34 * 512]

    class Far(MemorySource):
        """The volume again and again, 2 GiB apart."""

        def read(self, offset: int, length: int) -> bytes:
            if offset < MIB:
                return super().read(offset, length)
            within = (offset - MIB) % (1 << 31)
            return volume[within : within + length].ljust(length, b"\0")

    seen = survived(Far(head, MIB + (128 << 31)))
    assert len(seen.facts.partitions) == 128
    assert seen.facts.windows
