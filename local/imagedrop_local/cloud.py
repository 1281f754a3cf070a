"""OBS, IMS, SMN, EventGrid and KMS on one machine, over one folder, with one clock and one set of faults."""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, TextIO

from imagedrop_local.containers import Relay
from imagedrop_local.eg.service import EventGrid
from imagedrop_local.faults import Faults
from imagedrop_local.http import Server, Service
from imagedrop_local.ims.service import Ims
from imagedrop_local.kms.service import Kms
from imagedrop_local.obs.bucket_store import now
from imagedrop_local.obs.envelopes import EventFormat
from imagedrop_local.obs.service import Obs
from imagedrop_local.obs.store import Store
from imagedrop_local.smn.service import Smn
from imagedrop_local.sockets import LOOPBACK
from imagedrop_local.switches import Switches


@dataclass(frozen=True)
class Ports:
    """Ports on 127.0.0.1, and on the cloud's address; 0: any free one."""

    obs: int = 0
    ims: int = 0
    smn: int = 0
    eg: int = 0
    kms: int = 0


class FolderInUse(RuntimeError):
    """Another process runs a cloud on this folder."""


class Cloud:
    """`<folder>/obs/<bucket>/` are the buckets: a file copied there is a drop. `<folder>/ims`, `<folder>/smn` and
    `<folder>/eg` hold the other state. A second start continues from this state.

    `credentials`: (access key, secret key). `time_scale`: simulated seconds per second of `clock` (60: an import of
    five minutes takes five seconds). `path_style`: OBS accepts the bucket in the path, as clients on 127.0.0.1 send it;
    the real OBS does not. `poll_interval`: seconds between two checks of the folder for copied files. `address`: an
    IPv4 address of this machine at which others, such as containers, reach the cloud; it listens there too, and `urls`
    and all that follows from them have this address.
    """

    def __init__(
        self,
        folder: Path,
        *,
        credentials: tuple[str, str],
        ports: Ports | None = None,
        address: str = LOOPBACK,
        region: str = "cn-north-4",
        project_id: str = "0123456789abcdef0123456789abcdef",
        switches: Switches | None = None,
        time_scale: float = 60,
        path_style: bool = True,
        poll_interval: float = 1,
        clock: Callable[[], datetime] = now,
        faults: Faults | None = None,
    ) -> None:
        self.folder, self._ports, self.faults = Path(folder), ports or Ports(), faults or Faults()
        self._address = address
        self._lock = _lock(self.folder)
        keys, switches = dict([credentials]), switches or Switches()
        self.store = Store(self.folder / "obs", region, clock)
        self.smn = Smn(self.folder / "smn", keys, region, project_id, clock, switches, self.faults)
        self.ims = Ims(
            self.store, self.folder / "ims", keys, region, project_id, clock, time_scale, switches, self.faults
        )
        self.obs = Obs(
            self.store,
            keys,
            clock,
            self.faults,
            self.smn.publish,
            lambda topic: topic in self.smn.state()["topics"],
            switches,
            path_style,
            poll_interval,
        )
        self.eg = EventGrid(
            self.store,
            self.folder / "eg",
            EventFormat(switches, region),
            switches,
            self.faults,
            self.smn.publish,
            keys,
            project_id,
            clock,
        )
        self.kms = Kms(keys, project_id, clock, self.faults)
        self._servers: dict[str, Server] = {}
        self._relays = ExitStack()

    @property
    def urls(self) -> dict[str, str]:
        """By service: `obs`, `ims`, `smn`, `eg` and `kms`. Empty before `start`."""
        return {name: f"http://{self._address}:{server.port}" for name, server in self._servers.items()}

    def start(self) -> Cloud:
        """Raises OSError if a port is in use, or if `address` is not an address of this machine."""
        services: tuple[Service, ...] = (self.obs, self.ims, self.smn, self.eg, self.kms)
        try:
            for service in services:
                port: int = getattr(self._ports, service.name)
                server = self._servers[service.name] = Server(service, self, port).start()
                if self._address != LOOPBACK:
                    self._relays.enter_context(Relay(self._address, server.port, server.port, service.name))
        except OSError:
            self.stop()
            raise
        self.smn.origin = self.urls["smn"]
        self.smn.start()
        self.eg.start()
        self.obs.start()
        return self

    def stop(self) -> None:
        """Ends every thread and connection and unlocks the folder."""
        self._relays.close()
        for server in self._servers.values():
            server.stop()
        self._servers = {}
        self.obs.stop()
        self.eg.stop()
        self.smn.stop()
        self._lock.close()

    def state(self) -> dict[str, Any]:
        """What /_sim/state shows: buckets, events, images, jobs, topics, subscriptions, pushes, counts per call."""
        calls: dict[str, dict[str, int]] = {"obs": {}, "ims": {}, "smn": {}, "eg": {}, "kms": {}}
        for call, count in sorted(self.faults.calls.items()):
            service, _, name = call.partition(".")
            calls[service][name] = count
        return {**self.obs.state(), **self.ims.state(), **self.smn.state(), **self.eg.state(), "calls": calls}


def _lock(folder: Path) -> TextIO:
    folder.mkdir(parents=True, exist_ok=True)
    file = (folder / ".lock").open("a")
    if os.name == "posix":
        import fcntl

        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.close()
            raise FolderInUse(f"a cloud is running on {folder} already; stop it, or give another folder") from None
    return file
