"""A volume that was searched and holds no Windows is distinguished from one that could not be searched."""

from __future__ import annotations

from imagedrop.inspection.windows.volumes import VolumeFacts, Volumes
from tests.unit.inspection.hostile.windows import windows
from tests.unit.inspection.images import open_container
from tests.unit.inspection.ntfs.hostile import HOSTILE
from tests.unit.inspection.ntfs.volumes import volume_bytes


def facts_and_findings(data: bytes) -> tuple[VolumeFacts, set[str]]:
    disk = open_container(data, "volume.raw")
    facts = Volumes(disk, disk.report).facts(0)
    return facts, {finding.id for finding in disk.report.findings}


def test_a_volume_without_a_windows_is_searched() -> None:
    facts, findings = facts_and_findings(volume_bytes("common"))
    assert facts == VolumeFacts(0, dirty=False, hibernated=False, boot_files=False, windows=None, searched=True)
    assert not findings


def test_a_volume_whose_root_is_malformed_is_not_searched() -> None:
    facts, findings = facts_and_findings(HOSTILE["an index node that leads to itself"])
    assert (facts.windows, facts.searched) == (None, False)
    assert findings == {"image.malformed"}


def test_a_volume_with_a_windows_is_searched() -> None:
    facts, _ = facts_and_findings(windows())
    assert facts.windows
    assert facts.searched
