from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from huaweicloudsdkcore.auth.credentials import BasicCredentials
from huaweicloudsdkims.v2 import ImsClient

from imagedrop_local.faults import Faults
from imagedrop_local.http import Server
from imagedrop_local.ims.service import Ims
from imagedrop_local.ims.switches import ImsSwitches
from imagedrop_local.obs.store import Store
from tests.support import signed_requests, tiny_disks


class Region:
    """IMS over HTTP, with a client of the official SDK. The clock stands still until a test moves it; imports run 60
    times as fast."""

    def __init__(self, folder: Path, **switches: Any) -> None:
        self.now = datetime.now(UTC)
        self.faults = Faults()
        self.store = Store(folder / "obs", signed_requests.REGION)
        self.store.create_bucket("drops")
        self.store.put("drops", "disk.qcow2", tiny_disks.qcow2(40 * tiny_disks.GIB))
        self.ims = Ims(
            self.store,
            folder / "ims",
            signed_requests.CREDENTIALS,
            signed_requests.REGION,
            signed_requests.PROJECT,
            lambda: self.now,
            60.0,
            ImsSwitches(**switches),
            self.faults,
        )
        self.server = Server(self.ims, self).start()
        self.client = self.connect()

    def state(self) -> dict[str, Any]:
        return self.ims.state()

    def connect(
        self, ak: str = signed_requests.AK, sk: str = signed_requests.SK, project: str = signed_requests.PROJECT
    ) -> ImsClient:
        credentials = BasicCredentials(ak, sk, project)
        return ImsClient.new_builder().with_endpoint(self.server.url).with_credentials(credentials).build()

    def wait(self) -> None:
        """Moves the clock until every import has ended."""
        self.now += timedelta(seconds=10)


@pytest.fixture
def make_region(tmp_path: Path) -> Iterator[Callable[..., Region]]:
    with ExitStack() as stack:

        def make(**switches: Any) -> Region:
            region = Region(tmp_path, **switches)
            stack.callback(region.server.stop)
            return region

        yield make


@pytest.fixture
def region(make_region: Callable[..., Region]) -> Region:
    return make_region()
