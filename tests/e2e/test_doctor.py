"""`imagedrop doctor` on a stack: what is on AWS is right, and then something is broken."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from imagedrop_cli.checkup.aws import AwsChecks
from imagedrop_cli.checkup.results import CheckResult, run
from imagedrop_cli.deployment import Deployment
from imagedrop_cli.output import InputError
from imagedrop_local.stack.deployed import NAME
from tests.support.cli import Cli
from tests.support.engine import Engine
from tests.support.engine_facts import LOCALSTACK
from tests.support.waiting import until


def results(local: Engine) -> dict[str, CheckResult]:
    return {result.name: result for result in run(AwsChecks(Deployment(local.stack.client, NAME)).checks())}


def test_a_running_stack_has_nothing_wrong_but_what_a_simulated_aws_lacks(cli: Cli, local: Engine) -> None:
    found = cli("doctor", "--json")
    checks = {check["name"]: check for check in found.json["checks"]}
    wrong = {name: check["seen"] for name, check in checks.items() if check["outcome"] == "wrong"}
    never_verified = {"mail.identity"} if local.name == LOCALSTACK else set()
    assert wrong.keys() <= {"mail.ses"} | never_verified, wrong
    assert "aws.alarms" not in checks  # nobody gets alarms of a stack on this machine
    right = {name for name, check in checks.items() if check["outcome"] == "ok"}
    assert right >= {
        "bucket.access", "ims.access", "aws.stack", "aws.mappings", "aws.schedule", "aws.queues", "aws.dead_letters",
        "aws.webhook_secret", "mail.identity", "mail.operator", "bucket.installation", "declarations",
        "events.way", "events.subscription",
    } - never_verified, checks  # fmt: skip


@pytest.mark.not_on_localstack("functions do not log to the log group of the template")
def test_last_call_of_the_intake_is_shown(local: Engine) -> None:
    local.stack.client("lambda").invoke(FunctionName=local.stack.outputs.functions["intake"], Payload=b"{}")
    until(lambda: results(local)["events.last"].outcome == "ok")
    assert "the intake was called at 20" in results(local)["events.last"].seen


@contextmanager
def disabled_mapping(local: Engine) -> Iterator[None]:
    functions = local.stack.client("lambda")
    [mapping] = functions.list_event_source_mappings(FunctionName=local.stack.outputs.functions["poll"])[
        "EventSourceMappings"
    ]
    functions.update_event_source_mapping(UUID=mapping["UUID"], Enabled=False)
    yield
    functions.update_event_source_mapping(UUID=mapping["UUID"], Enabled=True)


@contextmanager
def disabled_schedule(local: Engine) -> Iterator[None]:
    events = local.stack.client("events")
    names = [rule["Name"] for rule in events.list_rules()["Rules"]]
    for name in names:
        events.disable_rule(Name=name)
    yield
    for name in names:
        events.enable_rule(Name=name)


@contextmanager
def dead_letter(local: Engine) -> Iterator[None]:
    url, queues = local.stack.outputs.dead_letters["polls"], local.stack.client("sqs")
    queues.send_message(QueueUrl=url, MessageBody="{}")
    yield
    queues.purge_queue(QueueUrl=url)


@contextmanager
def deleted_webhook_secret(local: Engine) -> Iterator[None]:
    secrets = local.stack.client("secretsmanager")
    text = secrets.get_secret_value(SecretId="imagedrop/webhook")["SecretString"]
    secrets.delete_secret(SecretId="imagedrop/webhook", ForceDeleteWithoutRecovery=True)
    yield
    secrets.create_secret(Name="imagedrop/webhook", SecretString=text)


@contextmanager
def unverified_sender(local: Engine) -> Iterator[None]:
    ses = local.stack.client("sesv2")
    ses.delete_email_identity(EmailIdentity="imagedrop@example.com")
    yield
    ses.create_email_identity(EmailIdentity="imagedrop@example.com")


@pytest.mark.parametrize(
    ("broken", "name", "seen"),
    [
        (disabled_mapping, "aws.mappings", "poll: Disabl"),
        (disabled_schedule, "aws.schedule", "no enabled rule"),
        (dead_letter, "aws.dead_letters", "1 of polls"),
        (deleted_webhook_secret, "aws.webhook_secret", "there is no secret imagedrop/webhook"),
        pytest.param(
            unverified_sender,
            "mail.identity",
            "neither imagedrop@example.com nor its domain",
            marks=pytest.mark.not_on_localstack("SES does not show a verified sender as verified"),
        ),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_what_is_broken_is_wrong_and_right_again_afterwards(
    local: Engine, broken: object, name: str, seen: str
) -> None:
    assert callable(broken)
    with broken(local):
        found = results(local)[name]
        assert (found.outcome, seen in found.seen, bool(found.fix)) == ("wrong", True, True), found
    assert results(local)[name].outcome == "ok"


def test_a_stack_that_does_not_exist_is_named(local: Engine) -> None:
    with pytest.raises(InputError, match="no stack other"):
        AwsChecks(Deployment(local.stack.client, "other"))


def test_only_one_installation_can_be_checked(cli: Cli) -> None:
    found = cli("doctor", "--stack", "x")
    assert (found.code, "use one of" in found.err) == (2, True)
