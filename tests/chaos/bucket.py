"""The bucket as its owner sees it: puts, the listing, and what imagedrop has written there while the run goes on."""

from __future__ import annotations

import contextlib
import hashlib
import json
import random
import threading
import time
from pathlib import Path
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from imagedrop.adapters.obs.objects import ObsObjects
from imagedrop.domain import object_keys
from imagedrop.domain.drop import FileVersion
from imagedrop_cli import connections
from tests.chaos.observation import BUCKET, Put, Seen, Telling

LOOK = 0.3  # s


class Bucket:
    """Over OBS's API. An owner whose upload fails tries again."""

    def __init__(self, addresses: dict[str, Any], seen: Seen) -> None:
        self._client, self._seen = connections.obs_of_stack(addresses, {}).client(), seen
        self.tries = 0

    def put(self, key: str, body: bytes, what: str) -> None:
        self._seen.puts.append(Put(time.time(), key, hashlib.md5(body, usedforsecurity=False).hexdigest(), what))
        while True:
            self.tries += 1
            try:
                self._client.put_object(Bucket=BUCKET, Key=key, Body=body)
            except (ClientError, BotoCoreError):
                time.sleep(0.2)
            else:
                return

    def listed(self) -> dict[str, FileVersion]:
        objects, after = ObsObjects(self._client, lambda seconds: time.sleep(seconds), random.Random()), None
        found: dict[str, FileVersion] = {}
        while True:
            page = objects.list(BUCKET, "", after)
            found |= {one.key: FileVersion(etag=one.etag, last_modified=one.last_modified) for one in page.objects}
            after = page.after
            if after is None:
                return found


class Watcher:
    """Sees result files and seals come, in the bucket's folder, before they are written over."""

    def __init__(self, folder: Path, seen: Seen) -> None:
        self._folder, self._seen = folder / "obs" / BUCKET, seen
        self._known: dict[Path, int] = {}
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, name="watcher", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """After one more look."""
        self._stopped.set()
        self._thread.join(60)
        self.look()

    def _run(self) -> None:
        while not self._stopped.wait(LOOK):
            self.look()

    def look(self) -> None:
        for path in (self._folder / object_keys.END_MARKERS).glob("*/*"):
            self._seen.seals.setdefault(path.relative_to(self._folder).as_posix(), time.time())
        for path in self._folder.glob(f"*/*{object_keys.RESULT_SUFFIX}"):
            with contextlib.suppress(OSError, ValueError):
                self._read(path)

    def _read(self, path: Path) -> None:
        written = path.stat().st_mtime_ns
        if self._known.get(path) == written:
            return
        told = json.loads(path.read_bytes())
        self._known[path] = written
        key = path.relative_to(self._folder).as_posix().removesuffix(object_keys.RESULT_SUFFIX)
        self._seen.results[key] = told
        end = told["drop_id"], told["attempt"]
        self._seen.tellings.append(Telling(written / 1e9, "result", end, document=told))
