"""Where an object's bytes lie: at its key below the bucket's folder where that can be, else in the side folder."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path

from imagedrop_local.obs import file_writes
from imagedrop_local.obs.keys import check_key, is_path
from imagedrop_local.obs.metadata_folder import MetadataFolder


class FileLayout:
    """Not thread-safe: the store locks whatever changes something."""

    def __init__(self, folder: Path, side: MetadataFolder) -> None:
        self._folder, self._side = folder, side

    def candidates(self, bucket: str, key: str) -> Iterator[Path]:
        """Where it may lie, likelier first. Raises StoreError for a key that cannot be."""
        check_key(key)
        if is_path(key) and self._reaches(bucket, key):
            yield self._folder / bucket / key
        yield self._side.non_path_data(bucket, key)

    def _reaches(self, bucket: str, key: str) -> bool:
        """Whether nothing but real folders (or nothing at all) lies between the bucket and the key's file."""
        root = self._folder / bucket
        between = Path(key).parents[:-1]
        return not any((root / parent).is_symlink() or (root / parent).is_file() for parent in between)

    def find(self, bucket: str, key: str) -> tuple[Path, os.stat_result] | None:
        for path in self.candidates(bucket, key):
            if not file_writes.is_inside(path, self._folder):
                continue
            try:
                status = path.stat()
            except (FileNotFoundError, NotADirectoryError):
                continue
            if stat.S_ISREG(status.st_mode):
                return path, status
        return None

    def new_path(self, bucket: str, key: str) -> Path:
        """Where a new version goes; the folders that it needs are made."""
        path, odd = next(self.candidates(bucket, key)), self._side.non_path_data(bucket, key)
        if path == odd or path.is_dir():
            self._side.save_non_path_key(bucket, key)
            return odd
        path.parent.mkdir(parents=True, exist_ok=True)
        return path

    def remove_version(self, bucket: str, key: str, path: Path, status: os.stat_result, home: Path | None) -> None:
        """Forgets the version that lay at `path`; its file is removed unless the new one is there (`home`)."""
        self._side.delete(bucket, key, status.st_size, status.st_mtime_ns)
        odd = self._side.non_path_data(bucket, key)
        if home != odd and odd.exists():
            self._side.remove_non_path(bucket, key)
        if home != path and path != odd:
            file_writes.remove(path, self._folder / bucket)
