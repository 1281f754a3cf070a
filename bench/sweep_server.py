"""The OBS simulator over the keys of a large bucket, in its own process."""

from __future__ import annotations

import multiprocessing
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from bench.big_bucket import BUCKET, BigBucket, foreign_key, image_key, rejected_without_sidecar
from imagedrop_local.cloud_connection import REGION
from imagedrop_local.faults import Faults
from imagedrop_local.http import Server
from imagedrop_local.obs.model import Attributes, Page, StoredObject
from imagedrop_local.obs.service import Obs
from imagedrop_local.obs.store import Store
from imagedrop_local.obs.switches import ObsSwitches
from imagedrop_local.simulated_cloud import ACCESS_KEY, SECRET_KEY


class BigStore(Store):
    """Lists the keys of a BigBucket. All other calls see an empty folder."""

    def __init__(self, folder: Path, bucket: BigBucket) -> None:
        super().__init__(folder, REGION)
        self._bucket = bucket

    def list(self, bucket: str, prefix: str = "", after: str = "", delimiter: str = "", limit: int = 1000) -> Page:
        heads = self._bucket.heads(prefix, after, limit + 1)
        objects = [
            StoredObject(
                bucket=bucket,
                key=head.key,
                etag=head.etag,
                size=head.size,
                last_modified=datetime.fromisoformat(head.last_modified),
                storage_class="STANDARD",
                attributes=Attributes(),
                path=self.folder,
            )
            for head in heads[:limit]
        ]
        return Page(objects, (), objects[-1].key if len(heads) > limit else None)


def generated(folder: Path, ended: int, foreign: int) -> Store:
    return BigStore(folder, BigBucket(ended, foreign))


def stored(folder: Path, ended: int, foreign: int) -> Store:
    """The simulator's own store, with such keys as files."""
    store = Store(folder, REGION)
    store.create_bucket(BUCKET)
    for number in range(ended):
        found = store.put(BUCKET, image_key(number), str(number).encode())
        last_modified = found.last_modified.strftime("%Y-%m-%dT%H:%M:%SZ")
        store.put(BUCKET, rejected_without_sidecar(found.key, found.etag, last_modified), b"")
    for number in range(foreign):
        store.put(BUCKET, foreign_key(number), b"log")
    return store


class Simulator:
    """The server's control: /_sim/state shows the number of requests by call."""

    def __init__(self, make: Callable[[Path, int, int], Store], folder: Path, ended: int, foreign: int) -> None:
        store, self.faults = make(folder, ended, foreign), Faults()
        store.create_bucket(BUCKET)
        switches = ObsSwitches(obs_copied_in_events=False)
        keys = {ACCESS_KEY: SECRET_KEY}
        obs = Obs(store, keys, lambda: datetime.now(UTC), self.faults, switches=switches, path_style=True)
        self.server = Server(obs, self).start()

    def state(self) -> dict[str, Any]:
        return {name.removeprefix("obs."): count for name, count in self.faults.calls.items()}


@contextmanager
def serving(make: Callable[[Path, int, int], Store], ended: int, foreign: int) -> Iterator[str]:
    """The URL of a server in its own process, so that it takes no memory from the sweep."""
    parent_end, child_end = multiprocessing.Pipe()
    with tempfile.TemporaryDirectory() as folder:
        arguments = (child_end, make, Path(folder), ended, foreign)
        child = multiprocessing.get_context("spawn").Process(target=_serve, args=arguments)
        child.start()
        child_end.close()
        try:
            yield str(parent_end.recv())
        finally:
            parent_end.close()  # ends the child
            child.join()


def _serve(
    connection: Connection, make: Callable[[Path, int, int], Store], folder: Path, ended: int, foreign: int
) -> None:
    simulator = Simulator(make, folder, ended, foreign)
    connection.send(simulator.server.url)
    connection.poll(None)
    simulator.server.stop()
