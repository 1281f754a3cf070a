"""Tells which ended drops with data or bitmap files have all their files unchanged. No I/O.

The end marker says which versions the drop has read, but not of which keys. They may come before or after the image in
the listing, so nothing is decided before its end.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Set

from imagedrop.domain.drop import FileVersion
from imagedrop.workflow.bucket_records.file_versions import version_digest
from imagedrop.workflow.sweep.hash_set import HashSet


class DropsWithParts:
    """Add every end marker with parts, then `sort`, then show every file, then ask. About 100 bytes for each marker,
    and as much for each drop that is put off."""

    def __init__(self) -> None:
        self._markers = array("q")  # of each: its folder, the numbers of present and absent files, then their digests
        self._folders, self._asked = HashSet(), HashSet()
        self._seen, self._is_empty = HashSet(), True
        self._put_off: list[str] = []  # image keys
        self._put_off_folders = array("q")

    def add(self, folder: str, digests: Set[str]) -> None:
        present = [hash(digest) for digest in digests if digest.startswith("v")]
        absent = [hash(digest) for digest in digests if not digest.startswith("v")]
        self._markers.extend([hash(folder), len(present), len(absent), *present, *absent])
        self._folders.add(hash(folder))
        for digest in (*present, *absent):
            self._asked.add(digest)
        self._is_empty = False

    def sort(self) -> None:
        self._folders.sort()
        self._asked.sort()

    def see(self, key: str, version: FileVersion) -> None:
        """A file in the bucket."""
        if self._is_empty:
            return
        for digest in (hash(version_digest(key, version)), hash(version_digest(key, None))):
            if digest in self._asked:
                self._seen.add(digest)

    def put_off(self, image_key: str, folder: str) -> bool:
        """False if no drop with parts has ended in this folder. Else the answer comes from `changed`."""
        if hash(folder) not in self._folders:
            return False
        self._put_off.append(image_key)
        self._put_off_folders.append(hash(folder))
        return True

    def changed(self, all_seen: bool) -> tuple[list[str], list[str]]:
        """Of the drops that were put off, the image keys of those that have not ended with the files as they are now,
        and of those of which that is not known. `all_seen`: every file was shown, so there are none of the latter."""
        self._seen.sort()
        ended, unknown = HashSet(), HashSet()
        for folder, is_ended in self._states(all_seen):
            if is_ended is None:
                unknown.add(folder)
            elif is_ended:
                ended.add(folder)
        ended.sort()
        unknown.sort()
        left = [(key, folder) for key, folder in zip(self._put_off, self._put_off_folders, strict=True)
                if folder not in ended]  # fmt: skip
        return [key for key, folder in left if folder not in unknown], [
            key for key, folder in left if folder in unknown
        ]

    def _states(self, all_seen: bool) -> Iterator[tuple[int, bool | None]]:
        """Folder of each end marker, and whether the files are as it says; None: not known."""
        at = 0
        while at < len(self._markers):
            folder, present, absent = self._markers[at : at + 3]
            at += 3 + present + absent
            has_come = any(digest in self._seen for digest in self._markers[at - absent : at])
            are_there = all(digest in self._seen for digest in self._markers[at - absent - present : at - absent])
            if has_come:
                yield folder, False
            elif all_seen:
                yield folder, are_there
            else:
                yield folder, True if are_there and not absent else None
