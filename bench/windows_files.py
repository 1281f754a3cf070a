"""The many files of a Windows, written as an installation does: here and there by turns, the hives last, in pieces."""

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
POOL = 8 << 20  # bytes of which the contents of the many are slices
GAPS = 40  # files that are there for a while and leave room behind
PIECE = 1 << 20  # bytes by which the hives grow in turn


def names(count: int, chance: random.Random) -> list[str]:
    """`count` paths in mixed order: a sixth in System32, the others side by side in WinSxS."""
    here = count // 6
    found = [f"Windows/System32/{_word(number)}{number // 576}.dll" for number in range(here)]
    found += [f"{_store(number // STORE)}/{_word(number).lower()}.dll" for number in range(count - here)]
    chance.shuffle(found)
    return found


def fill(root: Path, many: list[str], data: int, few: Tree, hives: Mapping[str, bytes], chance: random.Random) -> None:
    """Writes all below `root`, a fresh NTFS. `data`: bytes of the many together."""
    volume, pool, average = _Volume(root), _pool(chance), data / len(many)
    left = sorted(few.items())
    for number, name in enumerate(many):
        at, size = chance.randrange(POOL // 2), min(int(chance.expovariate(1 / average)), POOL // 2)
        volume.write(name, pool[at : at + size])
        if number % (len(many) // GAPS) == 0:
            volume.write(f"Windows/Temp/{number}.tmp", pool[: int(10 * average)])
        if left and number % (len(many) // len(few) or 1) == 0:
            volume.write(*left.pop(chance.randrange(len(left))))
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


def _pool(chance: random.Random) -> bytes:
    """Half noise, half words: it packs about as well as programs do."""
    text = " ".join(chance.choices(WORDS, k=POOL // 8)).encode().ljust(POOL // 2)
    noise = chance.randbytes(POOL // 2)
    return b"".join(noise[at : at + 4096] + text[at : at + 4096] for at in range(0, POOL // 2, 4096))


class _Volume:
    """A mounted NTFS. Each directory and file gets its 8.3 name, as Windows gives it."""

    def __init__(self, root: Path) -> None:
        self._root, self._known, self._numbers = root, {PurePosixPath(".")}, itertools.count()

    def write(self, name: str, content: bytes) -> None:
        """A name that ends in / is a directory."""
        path = PurePosixPath(name)
        self._folder(path if name.endswith("/") else path.parent)
        if not name.endswith("/"):
            place = self._root / path
            place.touch()
            self._shorten(path)
            place.write_bytes(content)

    def grow(self, files: Mapping[str, bytes]) -> None:
        """Appends to all of them by turns."""
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
            self._shorten(path)

    def _shorten(self, path: PurePosixPath) -> None:
        """Names that are 8.3 themselves get none; the others a number of their own."""
        if len(path.stem) > 8 or len(path.suffix) > 4:
            short = f"{path.stem[0]}{next(self._numbers):05X}~1{path.suffix[:4]}".upper()
            os.setxattr(self._root / path, DOS_NAME, short.encode())
