"""The bucket from outside: uploads, its listing, and the result files and end markers that imagedrop writes."""

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

from imagedrop.adapters.calls import Calls
from imagedrop.adapters.obs.objects import ObsObjects
from imagedrop.domain import object_keys
from imagedrop.domain.drop import FileVersion
from imagedrop_cli import connections
from tests.chaos.observation import BUCKET, Notice, Observation, Upload

SCAN_EVERY = 0.3  # s


class Bucket:
    """Uses OBS's API. An upload that fails is repeated."""

    def __init__(self, addresses: dict[str, Any], observed: Observation) -> None:
        self._client, self._observed = connections.obs_of_stack(addresses, {}).client(), observed
        self.requests = 0

    def put(self, key: str, body: bytes, content: str) -> None:
        etag = hashlib.md5(body, usedforsecurity=False).hexdigest()
        self._observed.uploads.append(Upload(time.time(), key, etag, content))
        while True:
            self.requests += 1
            try:
                self._client.put_object(Bucket=BUCKET, Key=key, Body=body)
            except (ClientError, BotoCoreError):
                time.sleep(0.2)
            else:
                return

    def list_all(self) -> dict[str, FileVersion]:
        objects, after = ObsObjects(self._client, Calls(lambda seconds: time.sleep(seconds), random.Random())), None
        found: dict[str, FileVersion] = {}
        while True:
            page = objects.list(BUCKET, "", after)
            found |= {head.key: FileVersion(etag=head.etag, last_modified=head.last_modified) for head in page.objects}
            after = page.after
            if after is None:
                return found


class Watcher:
    """Records result files and end markers in the bucket's folder before they are overwritten."""

    def __init__(self, folder: Path, observed: Observation) -> None:
        self._folder, self._observed = folder / "obs" / BUCKET, observed
        self._known: dict[Path, int] = {}
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, name="watcher", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Scans once more."""
        self._stopped.set()
        self._thread.join(60)
        self.scan()

    def _run(self) -> None:
        while not self._stopped.wait(SCAN_EVERY):
            self.scan()

    def scan(self) -> None:
        for path in (self._folder / object_keys.END_MARKERS).glob("*/*"):
            self._observed.end_markers.setdefault(path.relative_to(self._folder).as_posix(), time.time())
        for path in self._folder.glob(f"*/*{object_keys.RESULT_SUFFIX}"):
            with contextlib.suppress(OSError, ValueError):
                self._read(path)

    def _read(self, path: Path) -> None:
        written = path.stat().st_mtime_ns
        if self._known.get(path) == written:
            return
        result = json.loads(path.read_bytes())
        self._known[path] = written
        key = path.relative_to(self._folder).as_posix().removesuffix(object_keys.RESULT_SUFFIX)
        self._observed.results[key] = result
        end = result["drop_id"], result["attempt"]
        self._observed.notices.append(Notice(written / 1e9, "result", end, document=result))
