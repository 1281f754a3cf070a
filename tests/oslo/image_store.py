"""The distinct images of the tests, each stored once with its content at that time."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path


@dataclass(slots=True)
class StoredImage:
    """`declared`: the format that the test expected, or None. `origin`: the test, and the fault that was added."""

    path: Path
    origin: str
    declared: str | None


class ImageStore:
    def __init__(self, folder: Path) -> None:
        self.stored: dict[str, StoredImage] = {}
        self.test = ""
        self._folder = folder
        self._digests: dict[tuple[int, int, int], str] = {}  # (inode, time, size) of a file -> its digest

    def add_file(self, path: Path, declared: str | None) -> None:
        status = path.stat()
        version = status.st_ino, status.st_mtime_ns, status.st_size
        if version not in self._digests:
            self._digests[version] = _digest(path)
        digest = self._digests[version]
        if digest not in self.stored:
            copy = self._new_path()
            subprocess.run(["cp", "--sparse=always", path, copy], check=True)
            self.stored[digest] = StoredImage(copy, self.test, declared)
        self._declare(digest, declared)

    def add_bytes(self, data: bytes, declared: str | None) -> None:
        digest = hashlib.sha256(data).hexdigest()
        if digest not in self.stored:
            copy = self._new_path()
            copy.write_bytes(data)
            self.stored[digest] = StoredImage(copy, self.test, declared)
        self._declare(digest, declared)

    def add_patched(self, donor: StoredImage, patches: list[tuple[int, bytes]], origin: str) -> None:
        """The donor with `patches`: (offset, bytes)."""
        patched = self._new_path()
        shutil.copy(donor.path, patched)
        with patched.open("r+b") as file:
            for at, data in patches:
                file.seek(at)
                file.write(data)
        self.stored.setdefault(_digest(patched), StoredImage(patched, origin, donor.declared))

    def _new_path(self) -> Path:
        return self._folder / f"{sum(1 for _ in self._folder.iterdir()):04}"

    def _declare(self, digest: str, declared: str | None) -> None:
        self.stored[digest].declared = self.stored[digest].declared or declared


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
