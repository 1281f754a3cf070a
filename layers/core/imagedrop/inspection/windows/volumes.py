"""What each NTFS volume of a disk has to say: whether it was put down properly, and whether a Windows lives on it."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, NamedTuple

from imagedrop.inspection.cache import together
from imagedrop.inspection.containers.base import Container
from imagedrop.inspection.ntfs import Volume
from imagedrop.inspection.report import Report
from imagedrop.inspection.windows import facts, hibernation, installation, starting
from imagedrop.inspection.windows.installation import Installation


class Told(NamedTuple):
    """None: not readable, which has been said. `windows`: what its Windows says, if there is one."""

    start: int
    dirty: bool | None
    asleep: bool | None
    boot_files: bool | None
    windows: facts.Seen | None
    searched: bool  # whether there is a Windows is known


class Volumes:
    """What is known of volumes between two runs of the same questions."""

    def __init__(self, disk: Container, report: Report) -> None:
        self._disk, self._report = disk, report
        self._volumes: dict[int, Volume] = {}
        self._windows: dict[int, Installation | None] = {}

    def ask(self, *starts: int) -> list[Told]:
        """All volumes that begin at these bytes, side by side. May be run again from its beginning."""
        return together(*[partial(self._ask, start) for start in starts])

    def _ask(self, start: int) -> Told:
        def of(job: Callable[[Volume], Any]) -> Callable[[], Any]:
            return partial(facts.guarded, self._report, f"NTFS volume at {start}", lambda: job(self._volume(start)))

        jobs = of(lambda volume: volume.dirty), of(hibernation.asleep), of(starting.boot_files), of(self._search)
        dirty, asleep, boot_files, found = together(*jobs)
        return Told(start, dirty, asleep, boot_files, found[0] if found else None, found is not None)

    def _volume(self, start: int) -> Volume:
        if start not in self._volumes:
            self._volumes[start] = Volume(self._disk, start)
        return self._volumes[start]

    def _search(self, volume: Volume) -> tuple[facts.Seen | None]:
        if volume.start not in self._windows:
            self._windows[volume.start] = installation.find(volume)
        windows = self._windows[volume.start]
        return (facts.read(windows, self._report) if windows else None,)
