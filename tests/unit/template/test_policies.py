"""What each function may do, written out: a wider policy fails here."""

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
HUAWEI = {("secretsmanager:GetSecretValue", "HuaweiCredentialsSecretArn")}
OPEN = {("dynamodb:Query", "LedgerTable/index/open")}
QUEUES = ("Drops", "Registrations", "Polls", "Notices")


def consume(queue: str) -> set[tuple[str, str]]:
    return {(action, f"{queue}Queue") for action in CONSUME}


def send(*queues: str) -> set[tuple[str, str]]:
    return {("sqs:SendMessage*", f"{queue}Queue") for queue in queues}


LEDGER = {(action, "LedgerTable") for action in WRITE}
MEMORY = {("dynamodb:GetItem", "LedgerTable"), ("dynamodb:PutItem", "LedgerTable")}
TELL = {("sns:Publish", "NoticesTopic"), ("ses:SendEmail", "identity")}
MAY = {
    "Intake": send("Drops") | {("secretsmanager:GetSecretValue", "WebhookSecretArn")} | MEMORY,
    "Validate": consume("Drops") | send(*QUEUES) | HUAWEI | LEDGER,
    "Register": consume("Registrations") | send(*QUEUES) | HUAWEI | LEDGER | OPEN,
    "Poll": consume("Polls") | send("Registrations", "Polls", "Notices") | HUAWEI | LEDGER | OPEN,
    "Notify": consume("Notices") | send("Drops") | HUAWEI | LEDGER | TELL,
    "Sweep": send(*QUEUES) | HUAWEI | LEDGER | OPEN,
    "Status": {("dynamodb:GetItem", "LedgerTable")} | OPEN,
}


@pytest.mark.parametrize("function", MAY)
def test_a_function_may_do_what_it_needs_and_nothing_else(resources: dict[str, Any], function: str) -> None:
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
def test_the_only_managed_policy_is_the_one_for_logs(resources: dict[str, Any], function: str) -> None:
    managed = resources[f"{function}FunctionRole"]["Properties"]["ManagedPolicyArns"]
    assert [str(arn).rpartition("/")[2].rstrip("'}]") for arn in managed] == ["AWSLambdaBasicExecutionRole"]


def test_intake_is_open_to_pushes_and_status_to_signed_requests_only(resources: dict[str, Any]) -> None:
    urls = {name: one["Properties"]["AuthType"] for name, one in resources.items() if one["Type"] == "AWS::Lambda::Url"}
    assert urls == {"IntakeFunctionUrl": "NONE", "StatusFunctionUrl": "AWS_IAM"}
    open_to_all = {
        one["Properties"]["FunctionName"]["Ref"]
        for one in resources.values()
        if one["Properties"].get("Principal") == "*"
    }
    assert open_to_all == {"IntakeFunction"}


def test_intake_sees_of_the_ledger_only_which_pushes_it_has_taken(resources: dict[str, Any]) -> None:
    found = [
        statement["Condition"]
        for policy in resources["IntakeFunctionRole"]["Properties"]["Policies"]
        for statement in statements(policy)
        if "dynamodb:GetItem" in listed(statement["Action"])
    ]
    assert found == [{"ForAllValues:StringLike": {"dynamodb:LeadingKeys": ["note:push:*"]}}]


def test_intakes_concurrency_is_capped_only_where_a_cap_is_asked_for(resources: dict[str, Any]) -> None:
    reserved = resources["IntakeFunction"]["Properties"]["ReservedConcurrentExecutions"]
    assert reserved == {"Fn::If": ["CapsIntake", {"Ref": "IntakeConcurrency"}, {"Ref": "AWS::NoValue"}]}
    assert not [name for name, one in resources.items() if "ReservedConcurrentExecutions" in one["Properties"]][1:]


def test_only_notes_expire(resources: dict[str, Any]) -> None:
    assert resources["LedgerTable"]["Properties"]["TimeToLiveSpecification"] == {
        "AttributeName": EXPIRES,
        "Enabled": True,
    }
    assert EXPIRES not in Drop.model_fields


def test_the_ledger_outlives_the_stack(resources: dict[str, Any]) -> None:
    assert (resources["LedgerTable"]["DeletionPolicy"], resources["LedgerTable"]["UpdateReplacePolicy"]) == (
        "Retain",
        "Retain",
    )


def test_the_index_carries_what_is_read_from_it(resources: dict[str, Any]) -> None:
    drop = transitions.new_drop("drops", "w.vhd", "e", datetime(2026, 11, 24, tzinfo=UTC), 60)
    drop = drop.model_copy(update={"versions": {"w.vhd": None, "w.vhd.json": None, "d.vhd": None}})
    index = resources["LedgerTable"]["Properties"]["GlobalSecondaryIndexes"][0]
    carried = index["Projection"]["NonKeyAttributes"]
    assert {"pk", "updated_at", *carried} == {"pk", "updated_at", *QUEUED_ATTRIBUTES}
    assert to_row(drop).keys() >= {"open", "pk", "updated_at", *carried}


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
    for pattern in (r"\$\{(LedgerTable)\.Arn\}(/index/open)", r'"Fn::GetAtt": \["(\w+)"()', r'"Ref": "(\w+)"()'):
        if found := re.search(pattern, text):
            return found[1] + found[2]
    raise AssertionError(text)
