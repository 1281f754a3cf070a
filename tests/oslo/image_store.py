"""The distinct images that were seen, each kept once, as it was then."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path


@dataclass(slots=True)
class StoredImage:
    """`declared`: the format that the test took it for, or None. `origin`: the test, and what was done to the image."""

    path: Path
    origin: str
    declared: str | None


class ImageStore:
    def __init__(self, folder: Path) -> None:
        self.kept: dict[str, StoredImage] = {}
        self.test = ""
        self._folder = folder
        self._seen: dict[tuple[int, int, int], str] = {}  # a file's mark -> its digest

    def keep_file(self, path: Path, declared: str | None) -> None:
        status = path.stat()
        mark = status.st_ino, status.st_mtime_ns, status.st_size
        if mark not in self._seen:
            self._seen[mark] = _digest(path)
        digest = self._seen[mark]
        if digest not in self.kept:
            place = self._place()
            subprocess.run(["cp", "--sparse=always", path, place], check=True)
            self.kept[digest] = StoredImage(place, self.test, declared)
        self._declare(digest, declared)

    def keep_bytes(self, data: bytes, declared: str | None) -> None:
        digest = hashlib.sha256(data).hexdigest()
        if digest not in self.kept:
            place = self._place()
            place.write_bytes(data)
            self.kept[digest] = StoredImage(place, self.test, declared)
        self._declare(digest, declared)

    def keep_altered(self, donor: StoredImage, patches: list[tuple[int, bytes]], origin: str) -> None:
        """The donor with other bytes at some offsets."""
        altered = self._place()
        shutil.copy(donor.path, altered)
        with altered.open("r+b") as file:
            for at, data in patches:
                file.seek(at)
                file.write(data)
        self.kept.setdefault(_digest(altered), StoredImage(altered, origin, donor.declared))

    def _place(self) -> Path:
        return self._folder / f"{sum(1 for _ in self._folder.iterdir()):04}"

    def _declare(self, digest: str, declared: str | None) -> None:
        self.kept[digest].declared = self.kept[digest].declared or declared


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
