"""An OBS simulator on a free port, and its clients."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.config import Config

from imagedrop_local.faults import Faults
from imagedrop_local.http import Server
from imagedrop_local.obs.service import Obs
from imagedrop_local.obs.store import Store
from imagedrop_local.obs.switches import ObsSwitches

AK, SK, REGION = "AKTESTTESTTEST", "SKTESTTESTTESTTEST", "cn-north-4"
TOPIC = f"urn:smn:{REGION}:project:drops"


@dataclass
class Cloud:
    """A running simulator. `messages`: (topic, message) of each published event. `start` starts the sender, unless
    `manual_start`: then the test calls `obs.start()`."""

    folder: Path
    switches: ObsSwitches = field(default_factory=ObsSwitches)
    path_style: bool = True
    poll_interval: float = 0.02
    skew: timedelta = timedelta()
    manual_start: bool = False
    faults: Faults = field(default_factory=Faults)
    messages: list[tuple[str, str]] = field(default_factory=list)

    def start(self) -> Cloud:
        self.store = Store(self.folder, REGION)
        self.obs = Obs(
            self.store,
            {AK: SK},
            lambda: datetime.now(UTC) + self.skew,
            self.faults,
            lambda topic, message: self.messages.append((topic, message)),
            lambda topic: topic == TOPIC,
            self.switches,
            path_style=self.path_style,
            poll_interval=self.poll_interval,
        )
        self.server = Server(self.obs, self).start()
        if not self.manual_start:
            self.obs.start()
        return self

    def stop(self) -> None:
        self.obs.stop()
        self.server.stop()

    def state(self) -> dict[str, Any]:
        return self.obs.state()

    def client(self, ak: str = AK, sk: str = SK, region: str = REGION, **more: Any) -> Any:
        """boto3 as imagedrop configures it; `more`: further settings of its Config."""
        settings: dict[str, Any] = {
            "signature_version": "s3v4",
            "s3": {"addressing_style": "path"},
            "request_checksum_calculation": "when_required",
            "response_checksum_validation": "when_required",
            "retries": {"total_max_attempts": 1},
        }
        return boto3.client(
            "s3",
            endpoint_url=self.server.url,
            region_name=region,
            aws_access_key_id=ak,
            aws_secret_access_key=sk,
            config=Config(**settings | more),
        )

    def virtual_client(self) -> Any:
        """boto3 with the bucket in the host name; every name reaches this server."""
        client = boto3.client(
            "s3",
            endpoint_url=f"http://obs.{REGION}.myhuaweicloud.com",
            region_name=REGION,
            aws_access_key_id=AK,
            aws_secret_access_key=SK,
            config=Config(
                signature_version="s3v4",
                s3={"addressing_style": "virtual"},
                request_checksum_calculation="when_required",
                response_checksum_validation="when_required",
                retries={"total_max_attempts": 1},
            ),
        )

        def redirect(request: Any, **_: Any) -> None:
            host, _, rest = request.url.removeprefix("http://").partition("/")
            request.headers["Host"] = host
            request.url = f"{self.server.url}/{rest}"

        client.meta.events.register("before-send.s3", redirect)
        return client


Launch = Callable[..., Cloud]


@pytest.fixture
def launch(tmp_path: Path) -> Iterator[Launch]:
    running: list[Cloud] = []

    def start(**more: Any) -> Cloud:
        cloud = Cloud(tmp_path / "cloud", **more).start()
        running.append(cloud)
        return cloud

    yield start
    for cloud in running:
        cloud.stop()


@pytest.fixture
def cloud(launch: Launch) -> Cloud:
    cloud = launch()
    cloud.store.create_bucket("drops")
    return cloud


@pytest.fixture
def s3(cloud: Cloud) -> Any:
    return cloud.client()
