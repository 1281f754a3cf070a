"""Who says where things are: a named folder, the environment, the stack on ./.imagedrop."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from imagedrop_cli import connections
from imagedrop_cli.output import CommandError
from imagedrop_local import addresses

KEYS = {"HUAWEICLOUD_SDK_AK": "ak", "HUAWEICLOUD_SDK_SK": "sk"}


def running(folder: Path, **more: Any) -> Path:
    obs = {"endpoint": "http://127.0.0.1:9", "bucket": "drops", "addressing": "path", "region": "cn-north-4"}
    keys = {"access_key": "LOCAL", "secret_key": "secret"}
    folder.mkdir(parents=True, exist_ok=True)
    addresses.write(folder, {"pid": os.getpid(), "obs": {**obs, **keys}, **more})
    return folder


def test_the_stack_here_is_used_where_nothing_else_is_said(here: Path) -> None:
    running(here / ".imagedrop")
    found = connections.obs(None, {})
    assert (found.settings.obs_endpoint, found.keys.ak) == ("http://127.0.0.1:9", "LOCAL")
    assert found.settings.drop_bucket == "drops"


def test_the_environment_counts_before_the_stack_here(here: Path) -> None:
    running(here / ".imagedrop")
    found = connections.obs(None, {"IMAGEDROP_REGION": "cn-east-3", **KEYS})
    assert found.settings.obs_url() == "https://obs.cn-east-3.myhuaweicloud.com"
    assert (found.keys.ak, found.settings.obs_addressing) == ("ak", "virtual")


def test_a_named_folder_counts_before_the_environment(here: Path) -> None:
    found = connections.obs(running(here / "mine"), {"IMAGEDROP_REGION": "cn-east-3", **KEYS})
    assert found.keys.ak == "LOCAL"


def test_a_named_folder_without_a_stack_is_told(here: Path) -> None:
    with pytest.raises(CommandError, match="imagedrop up --folder"):
        connections.obs(here / "mine", KEYS)


def test_keys_of_a_real_cloud_are_never_the_stack_s(here: Path) -> None:
    obs = {"endpoint": "https://obs.example", "bucket": "b", "addressing": "virtual", "region": "r"}
    found = connections.obs(running(here / "mine", obs=obs), KEYS)
    assert found.keys.ak == "ak"


def test_keys_named_as_aws_names_them_do_too() -> None:
    environment = {"IMAGEDROP_REGION": "r", "AWS_ACCESS_KEY_ID": "a", "AWS_SECRET_ACCESS_KEY": "s"}
    assert connections.obs(None, environment).keys.ak == "a"


def test_a_bucket_is_in_the_path_where_the_endpoint_is_an_address() -> None:
    found = connections.obs(None, {"IMAGEDROP_OBS_ENDPOINT": "http://127.0.0.1:4580", **KEYS})
    assert found.settings.obs_addressing == "path"


@pytest.mark.parametrize(
    ("environment", "word"),
    [
        ({}, "IMAGEDROP_REGION"),
        ({"HUAWEICLOUD_SDK_AK": "ak", "HUAWEICLOUD_SDK_SK": "sk"}, "which region"),
        ({"IMAGEDROP_REGION": "r"}, "HUAWEICLOUD_SDK_SK"),
        ({"IMAGEDROP_REGION": "r", "IMAGEDROP_REGOIN": "r", **KEYS}, "did you mean IMAGEDROP_REGION"),
    ],
)
def test_what_is_missing_is_named(environment: dict[str, str], word: str) -> None:
    with pytest.raises(CommandError, match=word) as stop:
        connections.obs(None, environment)
    assert stop.value.code == 2


def test_a_stack_that_was_killed_does_not_run(here: Path) -> None:
    folder = running(here / "mine")
    assert addresses.read(folder) is not None
    addresses.write(folder, {"pid": 2**22 + 1})  # above what Linux gives out
    assert addresses.read(folder) is None


def test_only_its_owner_may_read_the_addresses(here: Path) -> None:
    assert (running(here / "mine") / addresses.FILE).stat().st_mode & 0o777 == 0o600


def test_the_addresses_of_another_process_stay(here: Path) -> None:
    addresses.write(here, {"pid": os.getppid()})
    addresses.remove(here)
    assert (here / addresses.FILE).exists()
    addresses.write(here, {"pid": os.getpid()})
    addresses.remove(here)
    assert not (here / addresses.FILE).exists()


def test_the_environment_is_as_before_afterwards(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IMAGEDROP_LEDGER_TABLE", "mine")
    monkeypatch.setenv(connections.FOLDER, "nowhere")
    before = dict(os.environ)
    with connections.function_environment("status", None):
        assert os.environ["IMAGEDROP_LEDGER_TABLE"] == "mine"
        assert connections.FOLDER not in os.environ  # it is no setting of a function
    assert dict(os.environ) == before
