"""A Windows on a volume: its folder and its hives."""

from __future__ import annotations

from functools import partial

from imagedrop.inspection.errors import malformed
from imagedrop.inspection.ntfs import File, Volume
from imagedrop.inspection.ntfs.streams import NonResidentStream, Stream
from imagedrop.inspection.registry import Hive
from imagedrop.inspection.replay import Memo, NotFetched, fetch_together

FOLDER = "Windows"
CONFIG, DRIVERS = "System32/config", "System32/drivers"
HIVE_WINDOW = 64 * 1024  # bytes of a hive that are fetched around a cell
HIVES = ("SOFTWARE", "SYSTEM")


class Installation:
    """`folder`: its Windows folder; paths are relative to it. `memo`: for answers about this Windows."""

    def __init__(self, volume: Volume, folder: File) -> None:
        self.volume, self.folder = volume, folder
        self.memo = Memo()

    def file(self, path: str) -> File | None:
        return self.folder.find(path)

    def has_file(self, path: str) -> bool:
        """Reads only the directory, not the file's record."""
        folder, _, name = path.replace("\\", "/").rpartition("/")
        directory = self.folder.find(folder)
        return directory is not None and directory.has(name)

    def hive(self, name: str) -> Hive:
        """SOFTWARE or SYSTEM, opened. Raises Unreadable."""
        return self.memo(f"hive {name}", lambda: self._open_hive(name))

    def _open_hive(self, name: str) -> Hive:
        file = self.file(f"{CONFIG}/{name}")
        if file is None:
            raise malformed("Windows", f"it has no {CONFIG}/{name}")
        data = file.data()
        if isinstance(data, NonResidentStream):
            data.hint_tables()
        hive = Hive(name, data.size, partial(_read_cell, data))
        hive.open()
        return hive


def _read_cell(hive: Stream, offset: int, length: int) -> bytes:
    """Fetches the aligned window around what is missing: keys that were made together are near each other."""
    try:
        return hive.read(offset, length)
    except NotFetched:
        start = offset - offset % HIVE_WINDOW
        end = min(-(-(offset + length) // HIVE_WINDOW) * HIVE_WINDOW, hive.size)
        hive.prefetch([(start, end - start)])
        raise


def find_windows(volume: Volume) -> Installation | None:
    folder = volume.find(FOLDER)
    config, _ = fetch_together(*[partial(folder.find, path) for path in (CONFIG, DRIVERS)]) if folder else (None, None)
    if folder is None or config is None or not all(fetch_together(*[partial(config.has, hive) for hive in HIVES])):
        return None
    return Installation(volume, folder)
