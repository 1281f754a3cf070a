"""Facts that were not read are None, never a guess."""

from __future__ import annotations

from imagedrop.inspection import Budget
from imagedrop.inspection.inspector import MAX_SEARCHED
from tests.unit.inspection.hostile.test_many import disk_of
from tests.unit.inspection.images import BASIC, finding_ids, gpt_disk, gpt_entry, inspect_bytes, patched
from tests.unit.inspection.windows.images import windows_image

LOCKED = b"\xeb\x58\x90-FVE-FS-"
SECTORS = 64  # of a partition


def disk(count: int, *volumes: tuple[int, bytes]) -> bytes:
    """A GPT disk of `count` partitions, some of which begin with the given bytes."""
    entries = [gpt_entry(BASIC, 64 + number * SECTORS, 63 + (number + 1) * SECTORS) for number in range(count)]
    patches = [((64 + number * SECTORS) * 512, start) for number, start in volumes]
    return patched(gpt_disk(*entries, sectors=128 + count * SECTORS), *patches)


def test_bitlocker_is_found_after_any_number_of_partitions() -> None:
    inspection = inspect_bytes(disk(MAX_SEARCHED + 8, (MAX_SEARCHED + 4, LOCKED)), "a.raw")
    assert inspection.facts.bitlocker is True
    assert "image.bitlocker" in finding_ids(inspection)


def test_a_volume_after_too_many_partitions_is_reported_and_its_facts_are_none() -> None:
    volume = b"\xeb\x52\x90NTFS    ".ljust(510, b"\0") + b"\x55\xaa"
    inspection = inspect_bytes(disk(MAX_SEARCHED + 8, (MAX_SEARCHED + 4, volume)), "a.raw")
    assert inspection.facts.partitions[MAX_SEARCHED + 4].filesystem == "ntfs"
    assert (inspection.facts.ntfs_dirty, inspection.facts.hibernated) == (None, None)
    assert {"image.windows_unread"} <= finding_ids(inspection)
    assert not {"image.data_disk", "image.no_windows", "image.blank"} & finding_ids(inspection)


def test_bitlocker_is_none_when_the_budget_ends_the_inspection() -> None:
    inspection = inspect_bytes(windows_image("bitlocker"), "a.qcow2", budget=Budget(requests=2))
    assert inspection.facts.partitions
    assert inspection.facts.bitlocker is None
    assert "image.budget" in finding_ids(inspection)


def test_the_filesystems_of_many_volumes_are_all_identified() -> None:
    inspection = inspect_bytes(disk_of(b"\xeb\x52\x90ReFS\0\0\0\0".ljust(4096, b"\0"), MAX_SEARCHED + 8), "a.raw")
    assert {partition.filesystem for partition in inspection.facts.partitions} == {"refs"}
