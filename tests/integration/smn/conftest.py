from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from huaweicloudsdkcore.auth.credentials import BasicCredentials
from huaweicloudsdksmn.v2 import SmnClient

from imagedrop_local.faults import Faults
from imagedrop_local.http import Server
from imagedrop_local.smn.certificate import Certificate
from imagedrop_local.smn.service import Smn
from imagedrop_local.smn.switches import SmnSwitches
from tests.support import signed_requests
from tests.support.endpoint import Endpoint, visit
from tests.support.waiting import until


class SmnServer:
    """SMN over HTTP, with a client of the official SDK and one endpoint for pushes."""

    def __init__(self, folder: Path, endpoint: Endpoint, **switches: Any) -> None:
        self.endpoint, self.clock_offset, self.faults = endpoint, timedelta(), Faults()
        self.service = Smn(
            folder,
            signed_requests.CREDENTIALS,
            signed_requests.REGION,
            signed_requests.PROJECT,
            lambda: datetime.now(UTC) + self.clock_offset,
            SmnSwitches(**{"smn_retry_interval": 0.02, "smn_push_timeout": 20, **switches}),
            self.faults,
        )
        self.server = Server(self.service, self).start()
        self.service.origin = self.server.url
        self.service.start()
        self.client = self.connect()

    def connect(self, sk: str = signed_requests.SK) -> SmnClient:
        credentials = BasicCredentials(signed_requests.AK, sk, signed_requests.PROJECT)
        return SmnClient.new_builder().with_endpoint(self.server.url).with_credentials(credentials).build()

    def state(self) -> dict[str, Any]:
        return self.service.state()

    def stop(self) -> None:
        self.service.stop()
        self.server.stop()

    def subscribed(self, **headers: str) -> str:
        """The URN of a topic with a confirmed subscription of the endpoint."""
        urn = self.service.create_topic("drops")
        self.service.subscribe(urn, "http", self.endpoint.url, headers)
        push = self.endpoint.wait(1, "SubscriptionConfirmation")[0]
        visit(push.body["subscribe_url"])
        return urn

    def push_counts(self, **counts: int) -> dict[str, int]:
        """The numbers of pushes by result, once none waits and these counts are reached."""

        def pushes() -> dict[str, int] | None:
            found: dict[str, int] = self.state()["pushes"]
            reached = all(found.get(name) == count for name, count in counts.items())
            return found if reached and not found["waiting"] else None

        return until(pushes)


@pytest.fixture
def endpoint() -> Iterator[Endpoint]:
    endpoint = Endpoint()
    yield endpoint
    endpoint.stop()


@pytest.fixture(scope="session")
def signing_key(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Made once: generating an RSA key takes longer than any of these tests."""
    folder = tmp_path_factory.mktemp("key")
    Certificate(folder, signed_requests.REGION)
    return folder / "signing.pem"


@pytest.fixture
def make_smn(tmp_path: Path, endpoint: Endpoint, signing_key: Path) -> Iterator[Callable[..., SmnServer]]:
    shutil.copy(signing_key, tmp_path)
    with ExitStack() as stack:

        def make(**switches: Any) -> SmnServer:
            server = SmnServer(tmp_path, endpoint, **switches)
            stack.callback(server.stop)
            return server

        yield make


@pytest.fixture
def smn(make_smn: Callable[..., SmnServer]) -> SmnServer:
    return make_smn()
