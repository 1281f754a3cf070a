"""The file of an object: at its key below the bucket's folder if possible, otherwise in the metadata folder."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path

from imagedrop_local.obs import file_writes
from imagedrop_local.obs.keys import check_key, is_path
from imagedrop_local.obs.metadata_folder import MetadataFolder


class FileLayout:
    """Not thread-safe: the store locks."""

    def __init__(self, folder: Path, metadata: MetadataFolder) -> None:
        self._folder, self._metadata = folder, metadata

    def candidates(self, bucket: str, key: str) -> Iterator[Path]:
        """The possible files of an object, the likelier first. Raises StoreError for an invalid key."""
        check_key(key)
        if is_path(key) and self._has_real_folders(bucket, key):
            yield self._folder / bucket / key
        yield self._metadata.non_path_data(bucket, key)

    def _has_real_folders(self, bucket: str, key: str) -> bool:
        """Whether every existing parent between the bucket and the key's file is a folder, and no link."""
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
        """The file for a new version; its folders are created."""
        path, fallback = next(self.candidates(bucket, key)), self._metadata.non_path_data(bucket, key)
        if path == fallback or path.is_dir():
            self._metadata.save_non_path_key(bucket, key)
            return fallback
        path.parent.mkdir(parents=True, exist_ok=True)
        return path

    def remove_version(self, bucket: str, key: str, path: Path, status: os.stat_result, new_path: Path | None) -> None:
        """Removes the old version at `path`, and its file unless the new version has the same one (`new_path`)."""
        self._metadata.delete(bucket, key, status.st_size, status.st_mtime_ns)
        fallback = self._metadata.non_path_data(bucket, key)
        if new_path != fallback and fallback.exists():
            self._metadata.remove_non_path(bucket, key)
        if new_path != path and path != fallback:
            file_writes.remove(path, self._folder / bucket)
