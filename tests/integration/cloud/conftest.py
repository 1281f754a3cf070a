"""The three simulators together, and a raw client for each."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.config import Config

from imagedrop_local import simulated_cloud
from imagedrop_local.cloud import Cloud, Ports
from imagedrop_local.smn.certificate import Certificate
from imagedrop_local.switches import Switches
from tests.support import tiny_disks
from tests.support.raw_client import RawClient
from tests.support.signed_requests import AK, PROJECT, REGION, SK


class RunningCloud:
    """A cloud with a bucket `drops` and a disk. Its jobs take at least 5 s: none ends during a test."""

    def __init__(self, folder: Path, **switches: Any) -> None:
        self._clients = ExitStack()
        smn = {"smn_retry_interval": 0.02, "smn_push_timeout": 20}
        self.cloud = Cloud(
            folder,
            credentials=(AK, SK),
            region=REGION,
            project_id=PROJECT,
            switches=Switches(**{**smn, **switches}),
            poll_interval=0.02,
        ).start()
        self.cloud.store.create_bucket("drops")
        self.cloud.store.put("drops", "disk.qcow2", tiny_disks.qcow2(40 * tiny_disks.GIB))

    def client(self, service: str, **options: Any) -> RawClient:
        client = RawClient(self.cloud.urls[service], **options)
        self._clients.callback(client.close)
        return client

    def stop(self) -> None:
        self._clients.close()
        self.cloud.stop()

    def s3(self) -> Any:
        client = boto3.client(
            "s3",
            endpoint_url=self.cloud.urls["obs"],
            region_name=REGION,
            aws_access_key_id=AK,
            aws_secret_access_key=SK,
            config=Config(signature_version="s3v4", s3={"addressing_style": "path"}, retries={"total_max_attempts": 1}),
        )
        self._clients.callback(client.close)
        return client


@pytest.fixture(scope="session")
def signing_key(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Made once: generating an RSA key takes longer than any of these tests."""
    folder = tmp_path_factory.mktemp("key")
    Certificate(folder, REGION)
    return folder / "signing.pem"


@pytest.fixture
def make_running(tmp_path: Path, signing_key: Path) -> Iterator[Callable[..., RunningCloud]]:
    (tmp_path / "smn").mkdir()
    shutil.copy(signing_key, tmp_path / "smn")
    with ExitStack() as stack:

        def make(**switches: Any) -> RunningCloud:
            running = RunningCloud(tmp_path, **switches)
            stack.callback(running.stop)
            return running

        yield make


@pytest.fixture
def running(make_running: Callable[..., RunningCloud]) -> RunningCloud:
    return make_running()


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[..., Cloud]]:
    """Starts a simulated cloud with a bucket `drops`. Takes the time scale and switches."""
    running: list[Cloud] = []

    def start(scale: float = 60, **switches: Any) -> Cloud:
        cloud = simulated_cloud.create_cloud(tmp_path / "cloud", Ports(), scale, Switches(**switches)).start()
        cloud.store.create_bucket("drops")
        running.append(cloud)
        return cloud

    yield start
    for cloud in running:
        cloud.stop()
