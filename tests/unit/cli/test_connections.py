"""Where connections come from: --folder, the environment, the stack in ./.imagedrop."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from imagedrop_cli import connections, options
from imagedrop_cli.output import CommandError
from imagedrop_local import addresses

KEYS = {"HUAWEICLOUD_SDK_AK": "ak", "HUAWEICLOUD_SDK_SK": "sk"}


def running(folder: Path, **fields: Any) -> Path:
    obs = {"endpoint": "http://127.0.0.1:9", "bucket": "drops", "addressing": "path", "region": "cn-north-4"}
    keys = {"access_key": "LOCAL", "secret_key": "secret"}
    folder.mkdir(parents=True, exist_ok=True)
    addresses.write(folder, {"pid": os.getpid(), "obs": {**obs, **keys}, **fields})
    return folder


def test_obs_of_the_stack_in_the_current_folder_is_the_default(here: Path) -> None:
    running(here / ".imagedrop")
    obs = connections.obs(None, {})
    assert (obs.settings.obs_endpoint, obs.keys.ak) == ("http://127.0.0.1:9", "LOCAL")
    assert obs.settings.drop_bucket == "drops"


def test_environment_takes_precedence_over_the_stack_in_the_current_folder(here: Path) -> None:
    running(here / ".imagedrop")
    obs = connections.obs(None, {"IMAGEDROP_REGION": "cn-east-3", **KEYS})
    assert obs.settings.obs_url() == "https://obs.cn-east-3.myhuaweicloud.com"
    assert (obs.keys.ak, obs.settings.obs_addressing) == ("ak", "virtual")


def test_folder_option_takes_precedence_over_the_environment(here: Path) -> None:
    obs = connections.obs(running(here / "mine"), {"IMAGEDROP_REGION": "cn-east-3", **KEYS})
    assert obs.keys.ak == "LOCAL"


def test_folder_option_without_a_running_stack_is_an_error(here: Path) -> None:
    with pytest.raises(CommandError, match="imagedrop up --folder"):
        connections.obs(here / "mine", KEYS)


def test_keys_come_from_the_environment_if_the_stack_uses_a_real_cloud(here: Path) -> None:
    obs = {"endpoint": "https://obs.example", "bucket": "b", "addressing": "virtual", "region": "cn-north-4"}
    found = connections.obs(running(here / "mine", obs=obs), KEYS)
    assert found.keys.ak == "ak"


def test_keys_are_also_read_from_the_aws_variables() -> None:
    environment = {"IMAGEDROP_REGION": "cn-north-4", "AWS_ACCESS_KEY_ID": "a", "AWS_SECRET_ACCESS_KEY": "s"}
    assert connections.obs(None, environment).keys.ak == "a"


def test_endpoint_with_an_ip_address_uses_path_addressing() -> None:
    obs = connections.obs(None, {"IMAGEDROP_OBS_ENDPOINT": "http://127.0.0.1:4580", **KEYS})
    assert obs.settings.obs_addressing == "path"


@pytest.mark.parametrize(
    ("environment", "text"),
    [
        ({}, "IMAGEDROP_REGION"),
        ({"HUAWEICLOUD_SDK_AK": "ak", "HUAWEICLOUD_SDK_SK": "sk"}, "region is missing"),
        ({"IMAGEDROP_REGION": "cn-north-4"}, "HUAWEICLOUD_SDK_SK"),
        ({"IMAGEDROP_REGION": "cn-north-4", "IMAGEDROP_REGOIN": "r", **KEYS}, "did you mean IMAGEDROP_REGION"),
    ],
)
def test_missing_or_wrong_settings_are_named_in_the_error(environment: dict[str, str], text: str) -> None:
    with pytest.raises(CommandError, match=text) as error:
        connections.obs(None, environment)
    assert error.value.code == 2


@pytest.mark.parametrize("name", [name for names in connections.KEY_NAMES for name in names])
@pytest.mark.parametrize("value", ["hidden\n", " hidden", "hid\tden", "hidden\u201d", "hidden\x00"])
def test_key_with_a_character_that_no_key_has_is_named_and_not_shown(name: str, value: str) -> None:
    names = next(names for names in connections.KEY_NAMES if name in names)
    with pytest.raises(CommandError) as error:
        connections.read_keys(dict.fromkeys(names, "x") | {name: value})
    assert (error.value.code, name in error.value.message, "hid" in error.value.message) == (2, True, False)


def test_addresses_of_a_killed_stack_are_ignored(here: Path) -> None:
    folder = running(here / "mine")
    assert addresses.read(folder) is not None
    addresses.write(folder, {"pid": 2**22 + 1})  # above what Linux gives out
    assert addresses.read(folder) is None


def test_only_the_owner_can_read_the_addresses_file(here: Path) -> None:
    assert (running(here / "mine") / addresses.FILE).stat().st_mode & 0o777 == 0o600


def test_addresses_of_another_process_are_not_deleted(here: Path) -> None:
    addresses.write(here, {"pid": os.getppid()})
    addresses.remove(here)
    assert (here / addresses.FILE).exists()
    addresses.write(here, {"pid": os.getpid()})
    addresses.remove(here)
    assert not (here / addresses.FILE).exists()


def test_function_environment_restores_the_environment(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IMAGEDROP_LEDGER_TABLE", "mine")
    monkeypatch.setenv(options.FOLDER, "nowhere")
    before = dict(os.environ)
    with connections.function_environment("status", None):
        assert os.environ["IMAGEDROP_LEDGER_TABLE"] == "mine"
        assert options.FOLDER not in os.environ  # functions refuse unknown IMAGEDROP_ variables
    assert dict(os.environ) == before
