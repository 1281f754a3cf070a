"""`status` and `redrive` with the name of a stack on AWS: its functions say where ledger, queues and bucket are."""

from __future__ import annotations

import pytest

from imagedrop_cli import connections
from imagedrop_local.stack.deployed import NAME
from tests.support.cli import Cli
from tests.support.e2e import World
from tests.support.engine import Engine


@pytest.fixture
def laptop(local: Engine, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Cli:
    """With AWS's own variables only."""
    for name, value in connections.aws_environment(local.addresses["aws"]).items():
        monkeypatch.setenv(name, value)
    return Cli(capsys)


def test_ended_drop_is_shown_and_redriven(laptop: Cli, cli: Cli, world: World) -> None:
    image = world.image("by-stack")
    world.fault(service="ims", call="ImportJob", times=1, fault="status", code="IMG.0057")
    assert cli("drop", image, "--wait", "--json").json["result"]["stage"] == "failed"
    shown = laptop("status", "--stack", NAME, "--json")
    assert [row["stage"] for row in shown.json["drops"] if row["key"] == image.name] == ["failed"]
    assert laptop("status", image.name, "--stack", NAME).code == 0
    world.until(lambda: world.mails("by-stack"))
    assert laptop("redrive", image.name, "--stack", NAME).code == 0
    world.until(lambda: (world.result(image) or {}).get("attempt") == 2)


def test_stack_that_is_not_there(laptop: Cli) -> None:
    for command in (("status",), ("redrive", "a.qcow2")):
        found = laptop(*command, "--stack", "other")
        assert (found.code, "no stack other" in found.err) == (2, True)


def test_stack_and_folder_contradict_each_other(cli: Cli) -> None:
    found = cli("status", "--stack", NAME)
    assert (found.code, "not both" in found.err) == (2, True)
