"""What each function may do. A wider policy fails here."""

import json
import re
from datetime import UTC, datetime
from typing import Any

import pytest

from imagedrop.adapters.dynamodb.items import to_row
from imagedrop.adapters.dynamodb.notes import EXPIRES
from imagedrop.adapters.dynamodb.open_index import QUEUED_ATTRIBUTES
from imagedrop.domain import transitions
from imagedrop.domain.drop import Drop

CONSUME = {
    "sqs:ReceiveMessage",
    "sqs:DeleteMessage",
    "sqs:DeleteMessageBatch",
    "sqs:GetQueueAttributes",
    "sqs:ChangeMessageVisibility",
    "sqs:ChangeMessageVisibilityBatch",
}
WRITE = {f"dynamodb:{action}Item" for action in ("Get", "Put", "Update", "Delete", "ConditionCheck")}
DECRYPT = {("kms:Decrypt", "key/*")}
HUAWEI = {("secretsmanager:GetSecretValue", "HuaweiCredentialsSecretArn")} | DECRYPT
OPEN = {("dynamodb:Query", "LedgerTable/index/open")}
QUEUES = ("Drops", "Registrations", "Polls", "Notices")


def consume(queue: str) -> set[tuple[str, str]]:
    return {(action, f"{queue}Queue") for action in CONSUME}


def send(*queues: str) -> set[tuple[str, str]]:
    return {("sqs:SendMessage*", f"{queue}Queue") for queue in queues}


LEDGER = {(action, "LedgerTable") for action in WRITE}
NOTES = {("dynamodb:GetItem", "LedgerTable"), ("dynamodb:PutItem", "LedgerTable")}
NOTIFY = {("sns:Publish", "NoticesTopic"), ("ses:SendEmail", "identity")}
MAY = {
    "Intake": send("Drops") | {("secretsmanager:GetSecretValue", "secret:imagedrop/webhook*")} | DECRYPT | NOTES,
    "Validate": consume("Drops") | send(*QUEUES) | HUAWEI | LEDGER,
    "Register": consume("Registrations") | send(*QUEUES) | HUAWEI | LEDGER | OPEN,
    "Poll": consume("Polls") | send("Registrations", "Polls", "Notices") | HUAWEI | LEDGER | OPEN,
    "Notify": consume("Notices")
    | send("Drops")
    | HUAWEI
    | LEDGER
    | NOTIFY
    | {("secretsmanager:GetSecretValue", "secret:imagedrop/smtp*")},
    "Sweep": send(*QUEUES) | HUAWEI | LEDGER | OPEN,
    "Status": {("dynamodb:GetItem", "LedgerTable")} | OPEN,
}


@pytest.mark.parametrize("function", MAY)
def test_a_function_may_do_only_what_it_needs(resources: dict[str, Any], function: str) -> None:
    role = resources[f"{function}FunctionRole"]["Properties"]
    granted = {
        (action, target(resource))
        for policy in role["Policies"]
        for statement in statements(policy)
        for action in listed(statement["Action"])
        for resource in listed(statement["Resource"])
        if statement["Effect"] == "Allow"
    }
    assert granted == MAY[function]


@pytest.mark.parametrize("function", MAY)
def test_the_only_managed_policy_is_for_logs(resources: dict[str, Any], function: str) -> None:
    managed = resources[f"{function}FunctionRole"]["Properties"]["ManagedPolicyArns"]
    assert [str(arn).rpartition("/")[2].rstrip("'}]") for arn in managed] == ["AWSLambdaBasicExecutionRole"]


def test_intake_is_open_to_all_and_status_only_to_signed_requests(resources: dict[str, Any]) -> None:
    urls = {
        name: resource["Properties"]["AuthType"]
        for name, resource in resources.items()
        if resource["Type"] == "AWS::Lambda::Url"
    }
    assert urls == {"IntakeFunctionUrl": "NONE", "StatusFunctionUrl": "AWS_IAM"}
    open_to_all = {
        resource["Properties"]["FunctionName"]["Ref"]
        for resource in resources.values()
        if resource["Properties"].get("Principal") == "*"
    }
    assert open_to_all == {"IntakeFunction"}


def test_intake_can_read_only_the_notes_of_received_notifications(resources: dict[str, Any]) -> None:
    found = [
        statement["Condition"]
        for policy in resources["IntakeFunctionRole"]["Properties"]["Policies"]
        for statement in statements(policy)
        if "dynamodb:GetItem" in listed(statement["Action"])
    ]
    assert found == [{"ForAllValues:StringLike": {"dynamodb:LeadingKeys": ["note:push:*"]}}]


def test_no_concurrency_is_reserved_because_a_new_account_has_little_of_it(resources: dict[str, Any]) -> None:
    assert not [name for name, found in resources.items() if "ReservedConcurrentExecutions" in found["Properties"]]


def test_intake_may_read_only_the_secret_of_its_webhook(resources: dict[str, Any]) -> None:
    [resource] = [
        statement["Resource"]
        for policy in resources["IntakeFunctionRole"]["Properties"]["Policies"]
        for statement in statements(policy)
        if "secretsmanager:GetSecretValue" in listed(statement["Action"])
    ]
    assert resource["Fn::Sub"].endswith(":secret:imagedrop/webhook*")


@pytest.mark.parametrize("function", MAY)
def test_a_function_may_decrypt_only_the_secrets_that_it_may_read(resources: dict[str, Any], function: str) -> None:
    found = [
        statement
        for policy in resources[f"{function}FunctionRole"]["Properties"]["Policies"]
        for statement in statements(policy)
    ]
    secrets = [
        target(each["Resource"]) for each in found if listed(each["Action"]) == ["secretsmanager:GetSecretValue"]
    ]
    keys = [
        target(value)
        for each in found
        if each["Action"] == "kms:Decrypt"
        for condition in each["Condition"].values()
        for name, value in condition.items()
        if name == "kms:EncryptionContext:SecretARN"
    ]
    assert sorted(keys) == sorted(secrets)


def test_notify_may_send_only_as_the_sender_of_the_parameter(resources: dict[str, Any]) -> None:
    [condition] = [
        statement["Condition"]
        for policy in resources["NotifyFunctionRole"]["Properties"]["Policies"]
        for statement in statements(policy)
        if "ses:SendEmail" in listed(statement["Action"])
    ]
    assert condition == {"StringEquals": {"ses:FromAddress": {"Ref": "MailFrom"}}}


def test_notes_of_the_ledger_expire_and_rows_do_not(resources: dict[str, Any]) -> None:
    assert resources["LedgerTable"]["Properties"]["TimeToLiveSpecification"] == {
        "AttributeName": EXPIRES,
        "Enabled": True,
    }
    assert EXPIRES not in Drop.model_fields


def test_the_ledger_is_kept_when_the_stack_is_deleted(resources: dict[str, Any]) -> None:
    assert (resources["LedgerTable"]["DeletionPolicy"], resources["LedgerTable"]["UpdateReplacePolicy"]) == (
        "Retain",
        "Retain",
    )


def test_the_index_has_every_attribute_that_is_read_from_it(resources: dict[str, Any]) -> None:
    drop = transitions.new_drop("drops", "w.vhd", "e", datetime(2026, 11, 24, tzinfo=UTC), 60)
    drop = drop.model_copy(update={"versions": {"w.vhd": None, "w.vhd.json": None, "d.vhd": None}})
    index = resources["LedgerTable"]["Properties"]["GlobalSecondaryIndexes"][0]
    projected = index["Projection"]["NonKeyAttributes"]
    assert {"pk", "updated_at", *projected} == {"pk", "updated_at", *QUEUED_ATTRIBUTES}
    assert to_row(drop).keys() >= {"open", "pk", "updated_at", *projected}


def statements(policy: dict[str, Any]) -> list[dict[str, Any]]:
    chosen = policy["Fn::If"][1] if "Fn::If" in policy else policy
    found: list[dict[str, Any]] = listed(chosen["PolicyDocument"]["Statement"])
    return found


def listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def target(resource: Any) -> str:
    """The logical name behind an ARN, with what is appended to it."""
    text = json.dumps(resource)
    assert '"*"' not in text
    if ":ses:" in text:
        return "identity"
    if ":kms:" in text:
        return text.rpartition(":")[2].rstrip('"}')
    if found := re.search(r"secret:[^\"]+", text):
        return found[0]
    for pattern in (r"\$\{(LedgerTable)\.Arn\}(/index/open)", r'"Fn::GetAtt": \["(\w+)"()', r'"Ref": "(\w+)"()'):
        if found := re.search(pattern, text):
            return found[1] + found[2]
    raise AssertionError(text)
