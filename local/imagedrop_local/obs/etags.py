"""ETags of files that were copied in, which nobody has hashed yet."""

from __future__ import annotations

import hashlib
import os
import time
from collections import OrderedDict
from pathlib import Path

SMALL = 8 << 20
_RACY = 2_000_000_000  # ns; a file this young may change again within one tick of its file system's clock


class FileEtags:
    """Up to 8 MiB the MD5 of the bytes. Above: the MD5 of size and mtime and the suffix `-1`, which says, as a
    multipart ETag does, that it is not the MD5 of the content; stable as long as nobody touches the file."""

    def __init__(self, remembered: int = 10_000) -> None:
        self._known: OrderedDict[tuple[str, int, int, int], str] = OrderedDict()
        self._remembered = remembered

    def of(self, path: Path, status: os.stat_result) -> str:
        if status.st_size > SMALL:
            version = f"{status.st_size}:{status.st_mtime_ns}".encode()
            return hashlib.md5(version, usedforsecurity=False).hexdigest() + "-1"
        name = (str(path), status.st_ino, status.st_size, status.st_mtime_ns)
        if name in self._known:
            return self._known[name]
        etag = hashlib.md5(path.read_bytes(), usedforsecurity=False).hexdigest()
        if time.time_ns() - status.st_mtime_ns > _RACY:
            self._known[name] = etag
            while len(self._known) > self._remembered:
                self._known.popitem(last=False)
        return etag
