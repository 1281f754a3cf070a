"""One Windows on one volume: its folder and its hives."""

from __future__ import annotations

from functools import partial

from imagedrop.inspection.errors import malformed
from imagedrop.inspection.ntfs import File, Volume
from imagedrop.inspection.ntfs.streams import Plain
from imagedrop.inspection.registry import Hive
from imagedrop.inspection.replay import Memo, fetch_together
from imagedrop.inspection.source import Range

FOLDER = "Windows"
CONFIG, DRIVERS = "System32/config", "System32/drivers"
HIVE_WINDOW = 64 * 1024  # bytes of a hive that are fetched around a cell
HIVES = ("SOFTWARE", "SYSTEM")


class Installation:
    """`folder` is its Windows folder. What is asked for is read when it is asked for, once."""

    def __init__(self, volume: Volume, folder: File) -> None:
        self.volume, self.folder = volume, folder
        self.once = Memo()

    def file(self, path: str) -> File | None:
        """By its path from the Windows folder."""
        return self.folder.find(path)

    def holds(self, path: str) -> bool:
        """Whether there is a file of this path from the Windows folder."""
        folder, _, name = path.replace("\\", "/").rpartition("/")
        directory = self.folder.find(folder)
        return directory is not None and directory.has(name)

    def hive(self, name: str) -> Hive:
        """SOFTWARE or SYSTEM, opened. Raises Unreadable."""
        return self.once(f"hive {name}", lambda: self._opened(name))

    def _opened(self, name: str) -> Hive:
        file = self.file(f"{CONFIG}/{name}")
        if file is None:
            raise malformed("Windows", f"it has no {CONFIG}/{name}")
        data = file.data()
        if isinstance(data, Plain):
            data.hint_tables()
        hive = Hive(
            name, data.size, data.read, lambda ranges: data.prefetch([_around(*one, data.size) for one in ranges])
        )
        hive.open()
        return hive


def _around(at: int, length: int, size: int) -> Range:
    """The aligned windows of a hive in which a range lies: keys that were made together are near each other."""
    start = at - at % HIVE_WINDOW
    return start, min(-(-(at + length) // HIVE_WINDOW) * HIVE_WINDOW, size) - start


def find(volume: Volume) -> Installation | None:
    """The Windows of a volume; None where there is none."""
    folder = volume.find(FOLDER)
    config, _ = fetch_together(*[partial(folder.find, path) for path in (CONFIG, DRIVERS)]) if folder else (None, None)
    if folder is None or config is None or not all(fetch_together(*[partial(config.has, hive) for hive in HIVES])):
        return None
    return Installation(volume, folder)
