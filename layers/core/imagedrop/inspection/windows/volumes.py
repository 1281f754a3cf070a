"""The NTFS volumes of a disk: whether each was shut down cleanly, holds what a BIOS needs to start Windows, and holds a
Windows.

hiberfil.sys, the memory of a hibernated Windows, begins with "HIBR" or "hibr" until it resumes. "WAKE", "wake" or
zeros: it resumed, or never hibernated. With fast start-up every shutdown hibernates.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, NamedTuple

from imagedrop.inspection.containers.base import Container
from imagedrop.inspection.findings_report import FindingsReport, guarded
from imagedrop.inspection.ntfs import Volume
from imagedrop.inspection.replay import Memo, fetch_together
from imagedrop.inspection.windows.facts import WindowsEvidence, gather_evidence
from imagedrop.inspection.windows.installation import find_windows

HIBERNATION_FILE = "hiberfil.sys"
HIBERNATED = (b"HIBR", b"hibr")
BOOT_FILES = ("bootmgr", "Boot/BCD")  # Windows' boot manager for BIOS and its configuration, on the active partition


class VolumeFacts(NamedTuple):
    """`start`: its byte on the disk. None: not known; a finding says why.

    `windows`: None where there is none, or where `searched` is False.
    """

    start: int
    dirty: bool | None = None
    hibernated: bool | None = None
    boot_files: bool | None = None
    windows: WindowsEvidence | None = None
    searched: bool = False


class WindowsSearch(NamedTuple):
    """A search that reached its end. `windows`: None where the volume holds none."""

    windows: WindowsEvidence | None


class Volumes:
    """Remembers what is known of each volume while `facts` is run again."""

    def __init__(self, disk: Container, report: FindingsReport) -> None:
        self._disk, self._report = disk, report
        self._memo = Memo()

    def facts(self, start: int) -> VolumeFacts:
        """The volume that begins at byte `start`. Raises NotFetched; run it again then."""
        what = f"NTFS volume at {start}"

        def of(name: str, job: Callable[[Volume], Any]) -> Callable[[], Any]:
            answer = partial(guarded, self._report, what, lambda: job(self._volume(start)))
            return partial(self._memo, (start, name), answer)

        dirty, hibernated, boot_files, search = fetch_together(
            of("dirty", lambda volume: volume.dirty),
            of("hibernated", is_hibernated),
            of("boot files", has_boot_files),
            of("windows", self._search),
        )
        windows = search.windows if search else None
        return VolumeFacts(start, dirty, hibernated, boot_files, windows, searched=search is not None)

    def _volume(self, start: int) -> Volume:
        return self._memo(start, lambda: Volume(self._disk, start))

    def _search(self, volume: Volume) -> WindowsSearch:
        windows = self._memo((volume.start, "installation"), lambda: find_windows(volume))
        return WindowsSearch(gather_evidence(windows, self._report) if windows else None)


def is_hibernated(volume: Volume) -> bool:
    file = volume.find(HIBERNATION_FILE)
    data = file.data() if file else None
    return data is not None and data.size >= 4 and data.read(0, 4) in HIBERNATED


def has_boot_files(volume: Volume) -> bool:
    return all(file is not None for file in fetch_together(*[partial(volume.find, path) for path in BOOT_FILES]))
