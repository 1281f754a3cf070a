"""One stack for all tests: each uses keys and image names of its own."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from imagedrop_local.local_stack import LocalStack
from tests.support.cli import Cli
from tests.support.e2e import World


@pytest.fixture(scope="package")
def local(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalStack]:
    """Stopped after the last test of this package: later tests may not open sockets, and its threads would."""
    folder, day = tmp_path_factory.mktemp("stack"), 1440  # minutes; tests run the sweep themselves
    with LocalStack(folder, time_scale=120, settings={"poll_longest": 1}, sweep_every=day) as running:
        yield running


@pytest.fixture
def cli(local: LocalStack, capsys: pytest.CaptureFixture[str]) -> Cli:
    return Cli(capsys, "--folder", str(local.folder))


@pytest.fixture
def world(local: LocalStack, tmp_path: Path) -> World:
    return World(local, tmp_path)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A drop takes seconds, and several times longer on a busy machine."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.timeout(600))


@pytest.fixture(autouse=True)
def _own_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith(("IMAGEDROP_", "HUAWEICLOUD_", "AWS_"))]:
        monkeypatch.delenv(name)


@pytest.fixture(autouse=True)
def _own_log() -> Iterator[None]:
    """Silences log handlers that functions in this process added: they write to the captured output of the test."""
    yield
    for handler in logging.getLogger("imagedrop").handlers:
        handler.setLevel(logging.CRITICAL + 1)
