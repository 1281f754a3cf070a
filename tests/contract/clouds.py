"""The simulators of OBS and IMS, with one folder, for contract tests."""

from __future__ import annotations

import itertools
import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from imagedrop.adapters.secrets import HuaweiKeys
from imagedrop.settings import Settings
from imagedrop_local.faults import Faults
from imagedrop_local.http import Server
from imagedrop_local.ims.service import Ims
from imagedrop_local.ims.switches import ImsSwitches
from imagedrop_local.memory import memory_settings
from imagedrop_local.obs.service import Obs
from imagedrop_local.obs.store import Store

KEYS = HuaweiKeys("AKCONTRACT", "secret-of-contract")
PROJECT = "0123456789abcdef0123456789abcdef"
REGION = "cn-north-4"
TIME_SCALE = 1000
_numbers = itertools.count(1)


def unique(prefix: str) -> str:
    return f"{prefix}-{next(_numbers)}"


class StoppedClock:
    """A clock that stops. Advance it by less than 15 minutes, because it also checks the time of signatures."""

    def __init__(self) -> None:
        self.start, self.ahead = datetime.now(UTC), timedelta()

    def __call__(self) -> datetime:
        return self.start + self.ahead


@dataclass
class Cloud:
    store: Store
    obs: Server
    ims: Server
    faults: Faults
    clock: StoppedClock

    def settings(self, **changes: Any) -> Settings:
        defaults = {
            "region": REGION,
            "project_id": PROJECT,
            "obs_endpoint": self.obs.url,
            "obs_addressing": "path",
            "ims_endpoint": self.ims.url,
        }
        return memory_settings(**defaults | changes)


class _Control:
    def __init__(self, faults: Faults, state: Callable[[], dict[str, Any]]) -> None:
        self.faults, self.state = faults, state


@contextmanager
def cloud_in(folder: Path, ims_switches: ImsSwitches) -> Iterator[Cloud]:
    faults, clock, keys = Faults(random.Random(1)), StoppedClock(), {KEYS.ak: KEYS.sk}
    store = Store(folder / "buckets", region=REGION)
    store.create_bucket("drops")
    obs = Obs(store, keys, clock, faults, path_style=True)
    ims = Ims(store, folder / "ims", keys, REGION, PROJECT, clock, TIME_SCALE, ims_switches, faults, random.Random(1))
    servers = [Server(service, _Control(faults, service.state)).start() for service in (obs, ims)]
    try:
        yield Cloud(store, servers[0], servers[1], faults, clock)
    finally:
        for server in servers:
            server.stop()
