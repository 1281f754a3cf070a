"""The functions' environment and the settings are one list; samconfig.toml names parameters that exist."""

import tomllib
from pathlib import Path
from typing import Any

import pytest

from imagedrop.settings import PREFIX, Settings

ROOT = Path(__file__).parents[3]
RESOURCES = {
    "ledger_table": "LedgerTable",
    "drops_queue": "DropsQueue",
    "registrations_queue": "RegistrationsQueue",
    "polls_queue": "PollsQueue",
    "notices_queue": "NoticesQueue",
    "topic_arn": "NoticesTopic",
}
SECRETS = {"credentials": "HuaweiCredentialsSecretArn", "webhook_secret": "WebhookSecretArn"}
NEEDED = {"Region", "ProjectId", "DropBucket", "HuaweiCredentialsSecretArn"}


def variables(template: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = template["Globals"]["Function"]["Environment"]["Variables"]
    return found


def test_every_setting_is_a_variable_and_every_variable_a_setting(template: dict[str, Any]) -> None:
    named = {name.removeprefix(PREFIX).lower() for name in variables(template) if name.startswith(PREFIX)}
    assert named == set(Settings.model_fields)


@pytest.mark.parametrize("field", Settings.model_fields)
def test_a_setting_comes_from_the_parameter_of_its_name(template: dict[str, Any], field: str) -> None:
    camel = "".join(word.capitalize() for word in field.split("_"))
    source = variables(template)[PREFIX + field.upper()]["Ref"]
    assert source == RESOURCES.get(field, SECRETS.get(field, camel))
    assert source in (template["Resources"] if field in RESOURCES else template["Parameters"])


def test_with_nothing_but_the_needed_parameters_every_setting_keeps_its_default(template: dict[str, Any]) -> None:
    parameters = template["Parameters"]
    given = {name: str(variables(template)[name]["Ref"]) for name in variables(template) if name.startswith(PREFIX)}
    left_out = {
        name: str(parameters[source]["Default"])
        for name, source in given.items()
        if source in parameters and source not in NEEDED
    }
    assert Settings.read(left_out) == Settings()


def test_only_what_no_installation_can_do_without_has_no_default(template: dict[str, Any]) -> None:
    assert {name for name, parameter in template["Parameters"].items() if "Default" not in parameter} == NEEDED


def test_every_parameter_has_its_place_on_the_console(template: dict[str, Any]) -> None:
    groups = template["Metadata"]["AWS::CloudFormation::Interface"]["ParameterGroups"]
    placed = [name for group in groups for name in group["Parameters"]]
    assert sorted(placed) == sorted(template["Parameters"])


@pytest.mark.parametrize("environment", ["local", "dev", "prod"])
def test_samconfig_overrides_parameters_that_exist(template: dict[str, Any], environment: str) -> None:
    config = tomllib.loads((ROOT / "samconfig.toml").read_text(encoding="utf-8"))[environment]
    names = {pair.split("=")[0] for pair in config["global"]["parameters"]["parameter_overrides"]}
    assert names
    assert names <= template["Parameters"].keys()


def test_samconfig_gives_the_local_stack_all_that_has_no_default(template: dict[str, Any]) -> None:
    config = tomllib.loads((ROOT / "samconfig.toml").read_text(encoding="utf-8"))["local"]
    assert {pair.split("=")[0] for pair in config["global"]["parameters"]["parameter_overrides"]} >= NEEDED
