"""The keys of a folder in OBS's order: by the bytes of UTF-8, as if every file's path were one string."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

from imagedrop_local.obs import file_writes
from imagedrop_local.obs.keys import is_path

_Entry = tuple[bytes, Path | None]
_SETTLED = 2_000_000_000  # ns; a folder may change again within one tick of its file system's clock


def keys(root: Path, prefix: str = "", after: str = "") -> Iterator[str]:
    """Keys of the regular files below the bucket's folder `root` that begin with `prefix` and come after `after`; links
    count where they stay among the buckets. Lazy: a page of a large tree reads only the folders that it shows."""
    base = prefix[: prefix.rfind("/") + 1]
    if base and not is_path(base[:-1]):
        return
    folder = root
    for segment in base.split("/")[:-1]:
        folder /= segment
        if folder.is_symlink():
            return
    yield from _below(folder, base.encode(), prefix.encode(), after.encode(), root.parent)


def _below(folder: Path, base: bytes, prefix: bytes, after: bytes, home: Path) -> Iterator[str]:
    for name, path in _entries(folder, home):
        key = base + name
        if path is None:
            if key > after and key.startswith(prefix):
                yield key.decode()
        elif _worth(key, prefix, after):
            yield from _below(path, key, prefix, after, home)


def _worth(key: bytes, prefix: bytes, after: bytes) -> bool:
    matches = key.startswith(prefix) or prefix.startswith(key)
    return matches and (key > after or after.startswith(key))


def _entries(folder: Path, home: Path) -> list[_Entry]:
    """(name, None) of each file and (name/, path) of each folder, sorted: the slash counts, as it does in keys.
    Remembered while the folder stays as it is, so that the next page of a large one does not sort it again."""
    try:
        changed = folder.stat().st_mtime_ns
        settled = time.time_ns() - changed > _SETTLED
        return _remembered(folder, changed, home) if settled else _scan(folder, home)
    except (FileNotFoundError, NotADirectoryError):
        return []


@lru_cache(maxsize=64)
def _remembered(folder: Path, changed: int, home: Path) -> list[_Entry]:
    return _scan(folder, home)


def _scan(folder: Path, home: Path) -> list[_Entry]:
    found: list[_Entry] = []
    with os.scandir(folder) as entries:
        for entry in entries:
            name = os.fsencode(entry.name)
            if not _is_utf8(name):
                continue
            if entry.is_dir(follow_symlinks=False):
                found.append((name + b"/", Path(entry.path)))
            elif file_writes.is_inside(Path(entry.path), home) and entry.is_file():
                found.append((name, None))
    return sorted(found)


def _is_utf8(name: bytes) -> bool:
    try:
        name.decode()
    except UnicodeDecodeError:
        return False
    return True
