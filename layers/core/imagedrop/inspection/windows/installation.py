"""One Windows on one volume: its folder and its hives."""

from __future__ import annotations

from imagedrop.inspection.errors import malformed
from imagedrop.inspection.ntfs import File, Volume
from imagedrop.inspection.ntfs.streams import Plain
from imagedrop.inspection.registry import Hive

FOLDER = "Windows"
CONFIG = "System32/config"


class Installation:
    """`folder` is its Windows folder. What is asked for is read when it is asked for, once."""

    def __init__(self, volume: Volume, folder: File) -> None:
        self.volume, self.folder = volume, folder
        self._hives: dict[str, Hive] = {}

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
        if name not in self._hives:
            file = self.file(f"{CONFIG}/{name}")
            if file is None:
                raise malformed("Windows", f"it has no {CONFIG}/{name}")
            data = file.data()
            if isinstance(data, Plain):
                data.prefetch_tables([(0, data.size)])
            hive = Hive(name, data.size, data.read, data.prefetch)
            hive.open()
            self._hives[name] = hive
        return self._hives[name]


def find(volume: Volume) -> Installation | None:
    """The Windows of a volume; None where there is none."""
    folder = volume.find(FOLDER)
    config = folder.find(CONFIG) if folder else None
    if folder is None or config is None or config.child("SOFTWARE") is None or config.child("SYSTEM") is None:
        return None
    return Installation(volume, folder)
