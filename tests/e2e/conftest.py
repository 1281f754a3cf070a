"""One stack for all tests: each uses keys and image names of its own.

Without an option it is the embedded one. `pytest tests/e2e --endpoint URL` runs the tests of this stack on a
LocalStack, with the template that `sam build` has built (`make localstack`).
"""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.support.cli import Cli
from tests.support.e2e import World
from tests.support.engine import Embedded, Engine
from tests.support.sam_engine import SamEngine

SETTINGS = {"poll_longest": 1}
TIME_SCALE = 120


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--endpoint", metavar="URL", help="of the LocalStack to deploy to and to test")
    parser.addoption("--sam", default="sam", metavar="PATH", help="the SAM CLI")


@pytest.fixture(scope="package")
def local(tmp_path_factory: pytest.TempPathFactory, pytestconfig: pytest.Config) -> Iterator[Engine]:
    """Stopped after the last test of this package: later tests may not open sockets, and its threads would."""
    folder, day = tmp_path_factory.mktemp("stack"), 1440  # minutes; tests run the sweep themselves
    endpoint = _endpoint(pytestconfig)
    if endpoint is None:
        with Embedded(folder, time_scale=TIME_SCALE, settings=SETTINGS, sweep_every=day) as running:
            yield running
        return
    sam = pytestconfig.getoption("--sam")
    with SamEngine(
        folder, endpoint, sam, _reporter(pytestconfig), time_scale=TIME_SCALE, settings=SETTINGS
    ) as deployed:
        yield deployed


@pytest.fixture
def cli(local: Engine, capsys: pytest.CaptureFixture[str]) -> Cli:
    return Cli(capsys, "--folder", str(local.folder))


@pytest.fixture
def world(local: Engine, tmp_path: Path) -> World:
    return World(local, tmp_path)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    here = [item for item in items if Path(__file__).parent in item.path.parents]
    for item in here:
        item.add_marker(pytest.mark.timeout(600))  # a drop takes seconds, and several times longer on a busy machine
    if _endpoint(config) is not None:
        _select_tests_of_the_deployed_stack(config, items, here)


def _select_tests_of_the_deployed_stack(
    config: pytest.Config, items: list[pytest.Item], here: list[pytest.Item]
) -> None:
    """Those that use the stack of this package; what LocalStack cannot do is skipped with the reason."""
    selected = [item for item in here if "local" in getattr(item, "fixturenames", ())]
    config.hook.pytest_deselected(items=[item for item in items if item not in selected])
    items[:] = selected
    for item in items:
        if marker := item.get_closest_marker("not_on_localstack"):
            item.add_marker(pytest.mark.skip(reason=f"not on LocalStack: {marker.args[0]}"))


def _reporter(config: pytest.Config) -> Callable[[str], None]:
    """Prints a line at once, although pytest captures the output of fixtures and tests."""
    capture, terminal = (config.pluginmanager.getplugin(name) for name in ("capturemanager", "terminalreporter"))
    assert capture is not None
    assert terminal is not None

    def report(line: str) -> None:
        with capture.global_and_fixture_disabled():
            terminal.write_line(line)

    return report


def _endpoint(config: pytest.Config) -> str | None:
    endpoint: str | None = config.getoption("--endpoint", default=None)
    return endpoint


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
