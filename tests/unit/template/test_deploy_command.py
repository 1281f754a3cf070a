"""The commands in docs/deploy.md that deploy to AWS, and the questions that they ask."""

from __future__ import annotations

import json
import re
import tomllib
from pathlib import Path
from typing import Any, get_args

import pytest
from samtranslator.yaml_helper import yaml_parse

from imagedrop.common.vocabulary import Language
from imagedrop.findings.catalogue import CATALOGUE
from imagedrop.settings import DOCUMENT, Settings
from tests.deploy.page import examples, section

ROOT = Path(__file__).parents[3]
AWS_PAGE = (ROOT / "docs/deploy-aws.md").read_text("utf-8")


def test_the_commands_need_no_environment_of_samconfig() -> None:
    blocks = re.findall(r"```sh\n(.*?)```", section(ROOT), re.DOTALL)
    assert blocks[-1].splitlines() == ["sam build", "sam deploy --guided"]


def test_every_question_is_answered_in_the_order_in_which_it_is_asked(template: dict[str, Any]) -> None:
    """SAM CLI: commands/deploy/guided_context.py. tests/deploy/guided.py asks the SAM CLI itself."""
    assert list(examples(ROOT)) == [
        "Stack Name",
        "AWS Region",
        *(f"Parameter {name}" for name in template["Parameters"]),
        "Confirm changes before deploy",
        "Allow SAM CLI IAM role creation",
        "Disable rollback",
        *(f"{name} Function Url has no authentication. Is this okay?" for name in open_to_all(template)),
        "Save arguments to configuration file",
        "SAM configuration file",
        "SAM configuration environment",
        "Deploy this changeset?",
    ]


def open_to_all(template: dict[str, Any]) -> list[str]:
    """The functions with a URL that needs no signature."""
    return [
        name
        for name, found in template["Resources"].items()
        if found["Properties"].get("FunctionUrlConfig", {}).get("AuthType") == "NONE"
    ]


def test_where_enter_means_no_and_no_ends_the_run_the_answer_is_yes(template: dict[str, Any]) -> None:
    answers = examples(ROOT)
    asked = [f"{name} Function Url has no authentication. Is this okay?" for name in open_to_all(template)]
    assert {answers[question] for question in (*asked, "Deploy this changeset?")} == {"y"}


def test_cloudformation_accepts_the_examples(template: dict[str, Any]) -> None:
    answers = examples(ROOT)
    for name, parameter in template["Parameters"].items():
        answer = answers[f"Parameter {name}"]
        assert re.fullmatch(parameter.get("AllowedPattern", ".*"), answer), name
        assert answer in parameter.get("AllowedValues", [answer]), name
    Settings.read({DOCUMENT: answers["Parameter Settings"]})


def test_samconfig_names_no_file_that_is_missing() -> None:
    config = tomllib.loads((ROOT / "samconfig.toml").read_text("utf-8"))
    files = {"template", "template_file", "env_vars", "config_file", "base_dir", "layer_cache_basedir", "event"}
    for environment in (found for found in config.values() if isinstance(found, dict)):
        for command in environment.values():
            named = {value for name, value in command["parameters"].items() if name in files}
            named |= {
                value.removeprefix("file://")
                for value in command["parameters"].values()
                if isinstance(value, str) and value.startswith("file://")
            }
            assert [name for name in named if not (ROOT / name).exists()] == []


def test_the_command_for_arm_changes_every_place_that_names_an_architecture() -> None:
    [(old, new)] = re.findall(r"^sed -i 's/(\w+)/(\w+)/' template.yaml$", AWS_PAGE, re.MULTILINE)
    source = (ROOT / "template.yaml").read_text("utf-8")
    template = yaml_parse("".join(line.replace(old, new, 1) for line in source.splitlines(keepends=True)))
    layer = template["Resources"]["CoreLayer"]
    assert template["Globals"]["Function"]["Architectures"] == ["arm64"]
    assert layer["Metadata"]["BuildArchitecture"] == "arm64"
    assert layer["Properties"]["CompatibleArchitectures"] == ["arm64"]
    assert "x86_64" not in json.dumps(template)


@pytest.mark.parametrize("language", get_args(Language))
def test_a_drop_refused_for_the_declarations_names_setting_and_parameter(
    template: dict[str, Any], language: Language
) -> None:
    _, fix = CATALOGUE["place.declarations"].text(language, {})
    assert "DeclarationsAccepted" in template["Parameters"]
    assert {"IMAGEDROP_DECLARATIONS_ACCEPTED", "DeclarationsAccepted"} <= set(re.findall(r"[A-Za-z_]+", fix))
