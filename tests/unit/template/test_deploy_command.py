"""README.md's deploy command gives `sam deploy` every value that it needs."""

from __future__ import annotations

import re
import shlex
import tomllib
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[3]
OVERRIDES = "--parameter-overrides"


@pytest.fixture(scope="module")
def commands() -> dict[str, list[str]]:
    """`build` and `deploy` -> the arguments of the command."""
    blocks = re.findall(r"```sh\n(.*?)```", (ROOT / "README.md").read_text("utf-8"), re.DOTALL)
    lines = "".join(blocks).replace("\\\n", " ").splitlines()
    split = [shlex.split(line) for line in lines if line.startswith("sam ")]
    return {words[1]: words[2:] for words in split}


@pytest.fixture(scope="module")
def config(commands: dict[str, list[str]]) -> dict[str, Any]:
    """The environment of samconfig.toml that the command names."""
    deploy = commands["deploy"]
    environments = tomllib.loads((ROOT / "samconfig.toml").read_text("utf-8"))
    found: dict[str, Any] = environments[deploy[deploy.index("--config-env") + 1]]
    return found


@pytest.fixture(scope="module")
def given(commands: dict[str, list[str]]) -> dict[str, str]:
    """The parameters that the command gives."""
    deploy = commands["deploy"]
    return dict(pair.split("=", 1) for pair in deploy[deploy.index(OVERRIDES) + 1 :])


def test_build_and_deploy_name_the_same_environment(commands: dict[str, list[str]]) -> None:
    assert commands["build"] == ["--config-env", "prod"]
    assert commands["deploy"][:3] == ["--config-env", "prod", OVERRIDES]


def test_the_command_gives_every_parameter_that_has_no_default(template: dict[str, Any], given: dict[str, str]) -> None:
    needed = {name for name, parameter in template["Parameters"].items() if "Default" not in parameter}
    assert needed <= given.keys() <= template["Parameters"].keys()


def test_the_command_repeats_the_overrides_of_samconfig_because_it_replaces_them(
    config: dict[str, Any], given: dict[str, str]
) -> None:
    listed = dict(pair.split("=", 1) for pair in config["global"]["parameters"]["parameter_overrides"])
    assert listed.items() <= given.items()


def test_the_values_are_allowed_and_the_secret_is_in_the_region_of_the_stack(
    template: dict[str, Any], config: dict[str, Any], given: dict[str, str]
) -> None:
    for name, value in given.items():
        parameter = template["Parameters"][name]
        assert re.fullmatch(parameter.get("AllowedPattern", ".*"), value), name
        assert value in map(str, parameter.get("AllowedValues", [value])), name
    region = config["global"]["parameters"]["region"]
    assert given["HuaweiCredentialsSecretArn"].split(":")[3] == region
