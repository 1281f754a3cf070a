"""What each NTFS volume of a disk has to say: whether it was put down properly, and whether a Windows lives on it."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from imagedrop.inspection.containers.base import Container
from imagedrop.inspection.findings_report import FindingsReport, guarded
from imagedrop.inspection.ntfs import Volume
from imagedrop.inspection.replay import Memo, fetch_together
from imagedrop.inspection.windows import boot_manager, facts, hibernation, installation

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any


class VolumeFacts(NamedTuple):
    """None: not readable, which has been said. `windows`: what its Windows says, if there is one."""

    start: int
    dirty: bool | None
    asleep: bool | None
    boot_files: bool | None
    windows: facts.WindowsEvidence | None
    searched: bool  # whether there is a Windows is known


UNASKED = VolumeFacts(0, None, None, None, None, False)


class Volumes:
    """What is known of volumes between two runs of the same questions."""

    def __init__(self, disk: Container, report: FindingsReport) -> None:
        self._disk, self._report = disk, report
        self._once = Memo()

    def ask(self, start: int) -> VolumeFacts:
        """The volume that begins at this byte. May be run again from its beginning."""
        what = f"NTFS volume at {start}"

        def of(name: str, job: Callable[[Volume], Any]) -> Callable[[], Any]:
            answer = partial(guarded, self._report, what, lambda: job(self._volume(start)))
            return partial(self._once, (start, name), answer)

        dirty, asleep, boot_files, found = fetch_together(
            of("dirty", lambda volume: volume.dirty),
            of("asleep", hibernation.asleep),
            of("boot files", boot_manager.boot_files),
            of("windows", self._search),
        )
        return VolumeFacts(start, dirty, asleep, boot_files, found[0] if found else None, found is not None)

    def _volume(self, start: int) -> Volume:
        return self._once(start, lambda: Volume(self._disk, start))

    def _search(self, volume: Volume) -> tuple[facts.WindowsEvidence | None]:
        windows = self._once((volume.start, "installation"), lambda: installation.find(volume))
        return (facts.read(windows, self._report) if windows else None,)
