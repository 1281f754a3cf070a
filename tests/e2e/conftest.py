"""One stack for all: what a test drops has a key and a name of its own."""

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
    """Gone with the last test that knows of it: what still goes on in it would knock where no sockets are allowed."""
    parameters = {"PollLongest": "1", "SweepRate": "rate(1 day)"}  # the only sweep is a test's own
    with LocalStack(tmp_path_factory.mktemp("stack"), time_scale=120, parameters=parameters) as running:
        yield running


@pytest.fixture
def cli(local: LocalStack, capsys: pytest.CaptureFixture[str]) -> Cli:
    return Cli(capsys, "--folder", str(local.folder))


@pytest.fixture
def world(local: LocalStack, tmp_path: Path) -> World:
    return World(local, tmp_path)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Each drop takes seconds, and several times as many on a busy machine."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.timeout(600))


@pytest.fixture(autouse=True)
def _own_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [one for one in os.environ if one.startswith(("IMAGEDROP_", "HUAWEICLOUD_", "AWS_"))]:
        monkeypatch.delenv(name)


@pytest.fixture(autouse=True)
def _own_log() -> Iterator[None]:
    """A function that was called in this process would go on logging to what the test has captured."""
    yield
    for handler in logging.getLogger("imagedrop").handlers:
        handler.setLevel(logging.CRITICAL + 1)
