"""Writes the files of a Windows like an installation: folders in random order, and the hives last, in pieces."""

from __future__ import annotations

import itertools
import os
import random
from collections.abc import Mapping
from pathlib import Path, PurePosixPath

from samples.builder.ntfs import DOS_NAME
from samples.builder.tree import Tree
from samples.builder.words import ordinary

WORDS = ordinary(576)
STORE = 20  # files per directory of WinSxS
POOL = 8 << 20  # bytes; the contents of most files are slices of them
GAPS = 40  # temporary files, which leave gaps
PIECE = 1 << 20  # bytes that are appended to each hive in turn


def names(count: int, generator: random.Random) -> list[str]:
    """`count` paths in random order: a sixth in System32, the others in WinSxS."""
    here = count // 6
    found = [f"Windows/System32/{_word(number)}{number // 576}.dll" for number in range(here)]
    found += [f"{_store(number // STORE)}/{_word(number).lower()}.dll" for number in range(count - here)]
    generator.shuffle(found)
    return found


def fill(
    root: Path, many: list[str], data: int, few: Tree, hives: Mapping[str, bytes], generator: random.Random
) -> None:
    """Writes all files to `root`, an empty NTFS. `many`: names of files with random content, `data` bytes together."""
    volume, pool, average = _Volume(root), _pool(generator), data / len(many)
    left = sorted(few.items())
    for number, name in enumerate(many):
        at, size = generator.randrange(POOL // 2), min(int(generator.expovariate(1 / average)), POOL // 2)
        volume.write(name, pool[at : at + size])
        if number % (len(many) // GAPS) == 0:
            volume.write(f"Windows/Temp/{number}.tmp", pool[: int(10 * average)])
        if left and number % (len(many) // len(few) or 1) == 0:
            volume.write(*left.pop(generator.randrange(len(left))))
    for name, content in left:
        volume.write(name, content)
    for path in (root / "Windows/Temp").iterdir():
        path.unlink()
    volume.grow(hives)


def _word(number: int) -> str:
    return WORDS[number % len(WORDS)]


def _store(number: int) -> str:
    mixed = number * 0x9E3779B97F4A7C15 % (1 << 64)
    component = f"microsoft-windows-{_word(number).lower()}_31bf3856ad364e35_10.0.20348.{number}"
    return f"Windows/WinSxS/amd64_{component}_none_{mixed:016x}"


def _pool(generator: random.Random) -> bytes:
    """Half random bytes, half words: compresses about as well as programs."""
    text = " ".join(generator.choices(WORDS, k=POOL // 8)).encode().ljust(POOL // 2)
    noise = generator.randbytes(POOL // 2)
    return b"".join(noise[at : at + 4096] + text[at : at + 4096] for at in range(0, POOL // 2, 4096))


class _Volume:
    """A mounted NTFS. Each directory and file gets an 8.3 name, as from Windows."""

    def __init__(self, root: Path) -> None:
        self._root, self._known, self._numbers = root, {PurePosixPath(".")}, itertools.count()

    def write(self, name: str, content: bytes) -> None:
        """`name`: of a directory if it ends with /."""
        path = PurePosixPath(name)
        self._folder(path if name.endswith("/") else path.parent)
        if not name.endswith("/"):
            file = self._root / path
            file.touch()
            self._add_short_name(path)
            file.write_bytes(content)

    def grow(self, files: Mapping[str, bytes]) -> None:
        """Writes all files, a piece of each in turn."""
        for name in files:
            self.write(name, b"")
        for at in range(0, max(map(len, files.values())), PIECE):
            for name, content in files.items():
                with (self._root / name).open("ab") as file:
                    file.write(content[at : at + PIECE])

    def _folder(self, path: PurePosixPath) -> None:
        if path not in self._known:
            self._folder(path.parent)
            (self._root / path).mkdir()
            self._known.add(path)
            self._add_short_name(path)

    def _add_short_name(self, path: PurePosixPath) -> None:
        """No short name if the name itself is 8.3; otherwise a different number for each file."""
        if len(path.stem) > 8 or len(path.suffix) > 4:
            short = f"{path.stem[0]}{next(self._numbers):05X}~1{path.suffix[:4]}".upper()
            os.setxattr(self._root / path, DOS_NAME, short.encode())
