"""The functions' environment: parameters, resources, and the document with all other settings."""

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest

from docs_pages.settings import GROUPS
from imagedrop.settings import DOCUMENT, PREFIX, Settings

ROOT = Path(__file__).parents[3]
RESOURCES = {
    "ledger_table": "LedgerTable",
    "drops_queue": "DropsQueue",
    "registrations_queue": "RegistrationsQueue",
    "polls_queue": "PollsQueue",
    "notices_queue": "NoticesQueue",
    "topic_arn": "NoticesTopic",
}
PARAMETERS = {  # the settings that are parameters of their own
    "region": "Region",
    "project_id": "ProjectId",
    "drop_bucket": "DropBucket",
    "credentials": "HuaweiCredentialsSecretArn",
    "declarations_accepted": "DeclarationsAccepted",
    "mail_from": "MailFrom",
    "operator_mail": "OperatorMail",
}
REQUIRED = {"Region", "ProjectId", "DropBucket", "HuaweiCredentialsSecretArn"}
NAME = "installation"  # a setting with a default of the template's


def variables(template: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = template["Globals"]["Function"]["Environment"]["Variables"]
    return {name: value for name, value in found.items() if name.startswith(PREFIX)}


def test_every_variable_is_a_setting_or_the_document(template: dict[str, Any]) -> None:
    named = {name.removeprefix(PREFIX).lower() for name in variables(template).keys() - {DOCUMENT}}
    assert named == {*PARAMETERS, *RESOURCES, NAME}
    assert named < Settings.model_fields.keys()


def test_a_setting_comes_from_the_parameter_or_resource_of_its_name(template: dict[str, Any]) -> None:
    sources = {**PARAMETERS, **RESOURCES}
    given = {name: value["Ref"] for name, value in variables(template).items() if "Ref" in value}
    assert given == {f"{PREFIX}{field.upper()}": source for field, source in sources.items()} | {DOCUMENT: "Settings"}
    assert set(PARAMETERS.values()) | {"Settings"} == template["Parameters"].keys()
    assert set(RESOURCES.values()) < template["Resources"].keys()


def test_whoever_deploys_is_asked_at_most_eight_questions(template: dict[str, Any]) -> None:
    assert len(template["Parameters"]) <= 8


def test_with_only_the_required_parameters_every_setting_keeps_its_default(template: dict[str, Any]) -> None:
    parameters = template["Parameters"]
    given = {f"{PREFIX}{field.upper()}": parameters[name].get("Default", "") for field, name in PARAMETERS.items()}
    given[DOCUMENT] = parameters["Settings"]["Default"]
    assert Settings.read(given) == Settings()


def test_only_the_required_parameters_have_no_default(template: dict[str, Any]) -> None:
    assert {name for name, parameter in template["Parameters"].items() if "Default" not in parameter} == REQUIRED


def test_the_example_in_the_description_of_settings_is_one(template: dict[str, Any]) -> None:
    parameter = template["Parameters"]["Settings"]
    [example] = re.findall(r"\{.*\}", parameter["Description"])
    assert re.fullmatch(parameter["AllowedPattern"], example)
    assert Settings.read({DOCUMENT: example}) != Settings()


@pytest.mark.parametrize("cut", ["{", '{"ims_tasks":', "ims_tasks=20", ""])
def test_a_document_that_a_shell_has_cut_is_refused_before_anything_is_deployed(
    template: dict[str, Any], cut: str
) -> None:
    assert not re.fullmatch(template["Parameters"]["Settings"]["AllowedPattern"], cut)


def test_the_settings_page_has_every_setting() -> None:
    assert sorted(field for settings in GROUPS.values() for field in settings) == sorted(Settings.model_fields)


def test_samconfig_gives_sam_local_every_required_parameter(template: dict[str, Any]) -> None:
    config = tomllib.loads((ROOT / "samconfig.toml").read_text(encoding="utf-8"))
    given = dict(pair.split("=", 1) for pair in config["local"]["global"]["parameters"]["parameter_overrides"])
    assert given.keys() >= REQUIRED
    for name, value in given.items():
        assert re.fullmatch(template["Parameters"][name].get("AllowedPattern", ".*"), value), name
