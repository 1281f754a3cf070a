"""Watches the buckets' folders for copied files, and reports each as if it had been PUT."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable
from typing import NamedTuple

from imagedrop_local.obs import walk
from imagedrop_local.obs.model import Cause
from imagedrop_local.obs.store import Store

_TICK = 0.05  # s; the file system's clock is coarser than the process's


class _Version(NamedTuple):
    size: int
    stamp: int


class FolderWatcher:
    """Reports a file when two checks in a row find it unchanged, so a file that is still being copied is not reported.
    Files older than the first check may have been reported earlier and are skipped. Checks only buckets with rules."""

    def __init__(self, store: Store, interval: float) -> None:
        self._store, self._interval = store, interval
        self._reported: dict[str, dict[str, _Version]] = {}
        self._previous: dict[str, dict[str, _Version]] = {}
        self._last_check = time.time()
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, name="obs-poller", daemon=True)

    def start(self) -> None:
        self.check_folder()
        self._thread.start()

    def stop(self) -> None:
        self._stopped.set()
        if self._thread.is_alive():
            self._thread.join(10)

    def _run(self) -> None:
        took = 0.0
        while not self._stopped.wait(max(self._interval, 10 * took)):  # uses at most a tenth of one processor
            start = time.monotonic()
            self.check_folder()
            took = time.monotonic() - start

    def check_folder(self) -> None:
        """Checks every bucket that has rules, once."""
        start = time.time()
        for info in self._store.buckets():
            if info.rules:
                self._check_bucket(info.name)
        self._last_check = start

    def _check_bucket(self, bucket: str) -> None:
        now = self._versions(bucket)
        if bucket not in self._reported:
            old = self._older(bucket, now)
            self._reported[bucket], self._previous[bucket] = {key: now[key] for key in old}, now
            return
        reported, previous = self._reported[bucket], self._previous[bucket]
        for key, version in now.items():
            if reported.get(key) != version and previous.get(key) == version:
                self._report(bucket, key)
                reported[key] = version
        self._reported[bucket] = {key: version for key, version in reported.items() if key in now}
        self._previous[bucket] = now

    def _versions(self, bucket: str) -> dict[str, _Version]:
        root, found = self._store.folder / bucket, {}
        for key in walk.keys(root):
            try:
                status = (root / key).stat()
            except OSError:
                continue
            found[key] = _Version(status.st_size, status.st_mtime_ns)
        return found

    def _older(self, bucket: str, keys: Iterable[str]) -> list[str]:
        """Files older than the last check: treated as reported. A newer one may have been copied for a new rule."""
        last_check, root = self._last_check - _TICK, self._store.folder / bucket
        return [key for key in keys if (root / key).exists() and (root / key).stat().st_ctime < last_check]

    def _report(self, bucket: str, key: str) -> None:
        stored = self._store.head(bucket, key)
        if stored and not self._store.was_put(stored):
            self._store.notify(stored, "ObjectCreated", Cause("Put"))
