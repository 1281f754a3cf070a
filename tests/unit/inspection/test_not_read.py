"""What was not looked into is null, never a guess."""

from __future__ import annotations

from imagedrop.inspection import Budget
from imagedrop.inspection.inspector import MAX_SEARCHED
from tests.unit.inspection.hostile.test_many import many
from tests.unit.inspection.images import BASIC, finding_ids, gpt_disk, gpt_entry, inspect_bytes, patched
from tests.unit.inspection.windows.images import windows_image

LOCKED = b"\xeb\x58\x90-FVE-FS-"
SECTORS = 64  # of a partition


def disk(count: int, *volumes: tuple[int, bytes]) -> bytes:
    """A GPT disk of `count` partitions, some of which begin with what is given."""
    entries = [gpt_entry(BASIC, 64 + number * SECTORS, 63 + (number + 1) * SECTORS) for number in range(count)]
    places = [((64 + number * SECTORS) * 512, start) for number, start in volumes]
    return patched(gpt_disk(*entries, sectors=128 + count * SECTORS), *places)


def test_bitlocker_is_found_behind_however_many_partitions() -> None:
    seen = inspect_bytes(disk(MAX_SEARCHED + 8, (MAX_SEARCHED + 4, LOCKED)), "a.raw")
    assert seen.facts.bitlocker is True
    assert "image.bitlocker" in finding_ids(seen)


def test_a_volume_behind_too_many_partitions_is_said_and_nothing_is_claimed_of_it() -> None:
    volume = b"\xeb\x52\x90NTFS    ".ljust(510, b"\0") + b"\x55\xaa"
    seen = inspect_bytes(disk(MAX_SEARCHED + 8, (MAX_SEARCHED + 4, volume)), "a.raw")
    assert seen.facts.partitions[MAX_SEARCHED + 4].filesystem == "ntfs"
    assert (seen.facts.ntfs_dirty, seen.facts.hibernated) == (None, None)
    assert {"image.windows_unread"} <= finding_ids(seen)
    assert not {"image.data_disk", "image.no_windows", "image.blank"} & finding_ids(seen)


def test_an_inspection_that_was_stopped_says_nothing_of_bitlocker() -> None:
    seen = inspect_bytes(windows_image("bitlocker"), "a.qcow2", budget=Budget(requests=2))
    assert seen.facts.partitions
    assert seen.facts.bitlocker is None
    assert "image.budget" in finding_ids(seen)


def test_many_sound_volumes_are_all_identified() -> None:
    seen = inspect_bytes(many(b"\xeb\x52\x90ReFS\0\0\0\0".ljust(4096, b"\0"), MAX_SEARCHED + 8), "a.raw")
    assert {one.filesystem for one in seen.facts.partitions} == {"refs"}
