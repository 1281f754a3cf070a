"""Writes files into a mounted NTFS volume, where wanted in pieces or compressed."""

from __future__ import annotations

import errno
import os
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from samples.builder.fat_names import short_names
from samples.builder.recipe import Ntfs
from samples.builder.tree import Directory

DOS_NAME, ATTRIBUTES = "system.ntfs_dos_name", "system.ntfs_attrib"
COMPRESSED = 0x800  # NTFS: file attribute; a directory hands it on to what is made in it
FILLERS = (".filler1", ".filler2")


class Writer:
    def __init__(self, root: Path, how: Ntfs) -> None:
        self._root, self._how = root, how

    def fill(self, content: Directory) -> None:
        with self._free_space():
            self._folder(self._root, content)

    def _folder(self, folder: Path, content: Directory) -> None:
        """Each thing gets its 8.3 name, as Windows gives it, while it is new: with equal times the order of the two
        names in the MFT record is always the same."""
        if str(folder.relative_to(self._root)) in self._how.compressed:
            os.setxattr(folder, ATTRIBUTES, struct.pack("<I", COMPRESSED))
        for name, short in short_names(content).items():
            path, inner = folder / name, content[name]
            if isinstance(inner, bytes):
                path.touch()
            else:
                path.mkdir()
            os.setxattr(path, DOS_NAME, short.encode())
            if isinstance(inner, bytes):
                self._file(path, inner)
            else:
                self._folder(path, inner)

    def _file(self, path: Path, content: bytes) -> None:
        if str(path.relative_to(self._root)) in self._how.fragmented:
            self._in_turns((path, self._root / FILLERS[0]), content)
        else:
            path.write_bytes(content)

    def _in_turns(self, paths: tuple[Path, Path], content: bytes) -> None:
        """A cluster of `content` to the first file, one of zeros to the second, and so on."""
        step = self._how.cluster
        with paths[0].open("r+b", buffering=0) as file, paths[1].open("ab", buffering=0) as filler:
            for at in range(0, len(content), step):
                file.write(content[at : at + step])
                filler.write(bytes(step))

    @contextmanager
    def _free_space(self) -> Iterator[None]:
        """What is free is in pieces while the files are written, where that is wanted; the fillers go in the end."""
        fillers = [self._root / name for name in FILLERS]
        if self._how.shattered:
            self._until_full(fillers)
            fillers.pop(0).unlink()
        yield
        for filler in fillers:
            filler.unlink(missing_ok=True)

    def _until_full(self, paths: list[Path]) -> None:
        with paths[0].open("wb", buffering=0) as one, paths[1].open("wb", buffering=0) as other:
            try:
                while True:
                    one.write(bytes(self._how.cluster))
                    other.write(bytes(self._how.cluster))
            except OSError as error:
                if error.errno != errno.ENOSPC:
                    raise
