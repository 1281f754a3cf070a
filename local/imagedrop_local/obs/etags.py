"""ETags of files that were copied into the folder."""

from __future__ import annotations

import hashlib
import os
import time
from collections import OrderedDict
from pathlib import Path

SMALL = 8 << 20
_STABLE_AFTER = 2_000_000_000  # ns; a younger file may change again within one tick of the file system's clock


class FileEtags:
    """Up to 8 MiB: the MD5 of the content. Above: the MD5 of size and mtime with the suffix `-1`. As in a multipart
    ETag, the suffix says that it is not the MD5 of the content. Stable while the file is not modified."""

    def __init__(self, max_entries: int = 10_000) -> None:
        self._etags: OrderedDict[tuple[str, int, int, int], str] = OrderedDict()
        self._max_entries = max_entries

    def of(self, path: Path, status: os.stat_result) -> str:
        if status.st_size > SMALL:
            version = f"{status.st_size}:{status.st_mtime_ns}".encode()
            return hashlib.md5(version, usedforsecurity=False).hexdigest() + "-1"
        name = (str(path), status.st_ino, status.st_size, status.st_mtime_ns)
        if name in self._etags:
            return self._etags[name]
        etag = hashlib.md5(path.read_bytes(), usedforsecurity=False).hexdigest()
        if time.time_ns() - status.st_mtime_ns > _STABLE_AFTER:
            self._etags[name] = etag
            while len(self._etags) > self._max_entries:
                self._etags.popitem(last=False)
        return etag
