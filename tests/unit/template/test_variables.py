"""The functions' environment has every setting; samconfig.toml names parameters that exist."""

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest

from docs_pages.settings import GROUPS, default_of
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
REQUIRED = {"Region", "ProjectId", "DropBucket", "HuaweiCredentialsSecretArn"}


def variables(template: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = template["Globals"]["Function"]["Environment"]["Variables"]
    return found


def test_every_setting_is_a_variable_and_every_variable_a_setting(template: dict[str, Any]) -> None:
    named = {name.removeprefix(PREFIX).lower() for name in variables(template) if name.startswith(PREFIX)}
    assert named == set(Settings.model_fields)


def parameter_of(variable: dict[str, Any]) -> str:
    """The parameter or resource that a variable refers to. The name of the installation has a default of its own."""
    name: str = (variable["Fn::If"][1] if "Fn::If" in variable else variable)["Ref"]
    return name


def source_of(field: str) -> str:
    """The parameter or resource that a setting comes from."""
    camel = "".join(word.capitalize() for word in field.split("_"))
    return RESOURCES.get(field, SECRETS.get(field, camel))


@pytest.mark.parametrize("field", Settings.model_fields)
def test_a_setting_comes_from_the_parameter_of_its_name(template: dict[str, Any], field: str) -> None:
    source = parameter_of(variables(template)[PREFIX + field.upper()])
    assert source == source_of(field)
    assert source in (template["Resources"] if field in RESOURCES else template["Parameters"])


@pytest.mark.parametrize("field", sorted(Settings.model_fields.keys() - RESOURCES))
def test_a_parameter_is_described_in_the_words_of_its_setting(template: dict[str, Any], field: str) -> None:
    """Without Markdown, and without Chinese, which CloudFormation's console does not show."""
    setting, parameter = Settings.model_fields[field], template["Parameters"][source_of(field)]
    words = re.sub(r" \([^\x00-\x7f]+\)", "", (setting.description or "").replace("`", ""))
    default = default_of(setting.default).strip("`")
    if default and parameter.get("Default") == "":
        words += f" Default: {default}."
    assert parameter["Description"] == words


def test_the_settings_page_and_the_console_have_the_same_groups(template: dict[str, Any]) -> None:
    on_console = {
        group["Label"]["default"]: group["Parameters"]
        for group in template["Metadata"]["AWS::CloudFormation::Interface"]["ParameterGroups"]
    }
    for title, settings in list(GROUPS.items())[:-1]:
        assert [source_of(field) for field in settings] == on_console[title][: len(settings)]
    assert sorted(field for settings in GROUPS.values() for field in settings) == sorted(Settings.model_fields)


def test_with_only_the_required_parameters_every_setting_keeps_its_default(template: dict[str, Any]) -> None:
    parameters = template["Parameters"]
    given = {name: parameter_of(variables(template)[name]) for name in variables(template) if name.startswith(PREFIX)}
    left_out = {
        name: str(parameters[source]["Default"])
        for name, source in given.items()
        if source in parameters and source not in REQUIRED
    }
    assert Settings.read(left_out) == Settings()


def test_only_the_required_parameters_have_no_default(template: dict[str, Any]) -> None:
    assert {name for name, parameter in template["Parameters"].items() if "Default" not in parameter} == REQUIRED


def test_every_parameter_is_in_a_group_of_the_console(template: dict[str, Any]) -> None:
    groups = template["Metadata"]["AWS::CloudFormation::Interface"]["ParameterGroups"]
    placed = [name for group in groups for name in group["Parameters"]]
    assert sorted(placed) == sorted(template["Parameters"])


@pytest.mark.parametrize("environment", ["local", "dev", "prod"])
def test_samconfig_overrides_only_parameters_that_exist(template: dict[str, Any], environment: str) -> None:
    config = tomllib.loads((ROOT / "samconfig.toml").read_text(encoding="utf-8"))[environment]
    names = {pair.split("=")[0] for pair in config["global"]["parameters"]["parameter_overrides"]}
    assert names
    assert names <= template["Parameters"].keys()


def test_samconfig_gives_the_local_stack_every_required_parameter(template: dict[str, Any]) -> None:
    config = tomllib.loads((ROOT / "samconfig.toml").read_text(encoding="utf-8"))["local"]
    assert {pair.split("=")[0] for pair in config["global"]["parameters"]["parameter_overrides"]} >= REQUIRED
