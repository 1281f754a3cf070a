"""The services behind the adapters: ministack, started once, and the simulators of OBS and IMS."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from imagedrop_local.ims.switches import ImsSwitches
from imagedrop_local.stack.aws import Clients
from imagedrop_local.stack.process import Ministack
from tests.contract.clouds import Cloud, cloud_in


@pytest.fixture(scope="package")
def aws(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Clients]:
    folder = tmp_path_factory.mktemp("ministack")
    stack = Ministack(folder, 0, folder / "ministack.log")
    stack.start()
    try:
        stack.wait_until_ready()
        yield Clients(stack.endpoint)
    finally:
        stack.stop()


@pytest.fixture
def ims_switches() -> ImsSwitches:
    return ImsSwitches()


@pytest.fixture
def cloud(tmp_path: Path, ims_switches: ImsSwitches) -> Iterator[Cloud]:
    with cloud_in(tmp_path, ims_switches) as made:
        yield made
