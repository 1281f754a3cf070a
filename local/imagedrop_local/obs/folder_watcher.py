"""Files that somebody copies into a bucket's folder: seen by looking again and again, and told as if they were PUT."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable
from typing import NamedTuple

from imagedrop_local.obs import walk
from imagedrop_local.obs.model import Cause
from imagedrop_local.obs.store import Store

_TICK = 0.05  # s; file systems' clocks are coarser than the process's


class _Version(NamedTuple):
    size: int
    stamp: int


class FolderWatcher:
    """A file is told of when two looks in a row find it the same, so one that is still being copied is not. What lay
    there before the first look is not told of, for it may have been before. Only buckets with rules are looked at."""

    def __init__(self, store: Store, interval: float) -> None:
        self._store, self._interval = store, interval
        self._told: dict[str, dict[str, _Version]] = {}
        self._before: dict[str, dict[str, _Version]] = {}
        self._since = time.time()
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
        while not self._stopped.wait(max(self._interval, 10 * took)):  # at most a tenth of a processor
            start = time.monotonic()
            self.check_folder()
            took = time.monotonic() - start

    def check_folder(self) -> None:
        """One look at every bucket that has rules."""
        start = time.time()
        for info in self._store.buckets():
            if info.rules:
                self._look_at(info.name)
        self._since = start

    def _look_at(self, bucket: str) -> None:
        now = self._versions(bucket)
        if bucket not in self._told:
            old = self._older(bucket, now)
            self._told[bucket], self._before[bucket] = {key: now[key] for key in old}, now
            return
        told, before = self._told[bucket], self._before[bucket]
        for key, version in now.items():
            if told.get(key) != version and before.get(key) == version:
                self._tell(bucket, key)
                told[key] = version
        self._told[bucket] = {key: version for key, version in told.items() if key in now}
        self._before[bucket] = now

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
        """Those that were there before the last look: the rule may be younger than a file that it is meant for."""
        since, root = self._since - _TICK, self._store.folder / bucket
        return [key for key in keys if (root / key).exists() and (root / key).stat().st_ctime < since]

    def _tell(self, bucket: str, key: str) -> None:
        stored = self._store.head(bucket, key)
        if stored and not self._store.was_put(stored):
            self._store.notify(stored, "ObjectCreated", Cause("Put"))
