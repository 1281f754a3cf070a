"""Where a stack is, and which checks it gets."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from imagedrop_cli.checkup.aws import AwsChecks
from imagedrop_cli.deployment import Deployment, deployment
from imagedrop_cli.output import InputError


@pytest.fixture(autouse=True)
def no_files_of_aws(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"):
        monkeypatch.setenv(name, str(here / "none"))


@pytest.mark.parametrize(
    ("variables", "region"),
    [
        ({"AWS_REGION": "eu-central-1"}, "eu-central-1"),
        ({"AWS_DEFAULT_REGION": "eu-west-1"}, "eu-west-1"),
        ({"AWS_REGION": "", "AWS_DEFAULT_REGION": "eu-west-1"}, "eu-west-1"),
        ({"AWS_REGION": "eu-central-1", "AWS_DEFAULT_REGION": "eu-west-1"}, "eu-central-1"),
    ],
)
def test_region_is_that_of_the_variables(
    variables: dict[str, str], region: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in {"AWS_ACCESS_KEY_ID": "a", "AWS_SECRET_ACCESS_KEY": "s", **variables}.items():
        monkeypatch.setenv(name, value)
    assert deployment("imagedrop").clients("cloudformation").meta.region_name == region


def test_without_a_region_the_error_says_what_to_set() -> None:
    with pytest.raises(InputError, match="region of the stack imagedrop is not known: set AWS_REGION"):
        deployment("imagedrop")


def test_profile_that_does_not_exist_is_an_error_of_the_user(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_PROFILE", "none-such")
    with pytest.raises(InputError, match="none-such"):
        deployment("imagedrop")


@pytest.mark.parametrize(
    ("endpoint", "checked"),
    [("https://cloudformation.eu-west-1.amazonaws.com", True), ("http://127.0.0.1:4566", False)],
)
def test_alarms_of_the_stack_that_runs_here_are_not_checked(endpoint: str, checked: bool) -> None:
    outputs = {"IntakeUrl": "https://abc.lambda-url.eu-west-1.on.aws/", "ValidateFunction": "validate"}
    stack = {"Outputs": [{"OutputKey": name, "OutputValue": value} for name, value in outputs.items()]}
    client = SimpleNamespace(
        meta=SimpleNamespace(endpoint_url=endpoint),
        describe_stacks=lambda **_: {"Stacks": [stack]},
        get_function_configuration=lambda **_: {},
    )

    def clients(_: str) -> Any:
        return client

    names = [name for name, _ in AwsChecks(Deployment(clients, "imagedrop")).checks()]
    assert ("aws.alarms" in names, "aws.queues" in names) == (checked, True)
