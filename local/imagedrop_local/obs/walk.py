"""The keys in a folder in OBS's order: sorted by the UTF-8 of the whole path."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

from imagedrop_local.obs import file_writes
from imagedrop_local.obs.keys import is_path

_Entry = tuple[bytes, Path | None]
_STABLE_AFTER = 2_000_000_000  # ns; a folder may change again within one tick of the file system's clock


def keys(root: Path, prefix: str = "", after: str = "") -> Iterator[str]:
    """Keys of the regular files below the bucket's folder `root` that start with `prefix` and come after `after`. Links
    into the buckets count too. Lazy: a page of a large tree reads only the folders that it needs."""
    base = prefix[: prefix.rfind("/") + 1]
    if base and not is_path(base[:-1]):
        return
    folder = root
    for segment in base.split("/")[:-1]:
        folder /= segment
        if folder.is_symlink():
            return
    yield from _below(folder, base.encode(), prefix.encode(), after.encode(), root.parent)


def _below(folder: Path, base: bytes, prefix: bytes, after: bytes, root_of_buckets: Path) -> Iterator[str]:
    for name, path in _entries(folder, root_of_buckets):
        key = base + name
        if path is None:
            if key > after and key.startswith(prefix):
                yield key.decode()
        elif _may_match(key, prefix, after):
            yield from _below(path, key, prefix, after, root_of_buckets)


def _may_match(key: bytes, prefix: bytes, after: bytes) -> bool:
    matches = key.startswith(prefix) or prefix.startswith(key)
    return matches and (key > after or after.startswith(key))


def _entries(folder: Path, root_of_buckets: Path) -> list[_Entry]:
    """(name, None) of each file and (name/, path) of each folder, sorted with the slash, as in keys. Cached while the
    folder does not change, so that the next page of a large folder does not sort it again."""
    try:
        changed = folder.stat().st_mtime_ns
        stable = time.time_ns() - changed > _STABLE_AFTER
        return _cached_scan(folder, changed, root_of_buckets) if stable else _scan(folder, root_of_buckets)
    except (FileNotFoundError, NotADirectoryError):
        return []


@lru_cache(maxsize=64)
def _cached_scan(folder: Path, changed: int, root_of_buckets: Path) -> list[_Entry]:
    return _scan(folder, root_of_buckets)


def _scan(folder: Path, root_of_buckets: Path) -> list[_Entry]:
    found: list[_Entry] = []
    with os.scandir(folder) as entries:
        for entry in entries:
            name = os.fsencode(entry.name)
            if not _is_utf8(name):
                continue
            if entry.is_dir(follow_symlinks=False):
                found.append((name + b"/", Path(entry.path)))
            elif file_writes.is_inside(Path(entry.path), root_of_buckets) and entry.is_file():
                found.append((name, None))
    return sorted(found)


def _is_utf8(name: bytes) -> bool:
    try:
        name.decode()
    except UnicodeDecodeError:
        return False
    return True
