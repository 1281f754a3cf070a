"""What the ledger asks of DynamoDB, and how it reads a refusal."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from botocore.exceptions import BotoCoreError, ClientError, ReadTimeoutError

from imagedrop.adapters.dynamodb.ledger import DynamoLedger
from imagedrop.domain import transitions
from imagedrop.domain.drop import Drop
from imagedrop.ports import Conflict, KeyTaken, ServiceError
from tests.support.service_calls import aws_client_of

NOW = datetime(2026, 11, 24, 13, tzinfo=UTC)


class Table:
    """DynamoDB that refuses to write. `holder`: the drop that has the key."""

    def __init__(self, error: ClientError | BotoCoreError | None = None, holder: str | None = None) -> None:
        self.error, self.holder, self.reads = error, holder, list[dict[str, Any]]()

    def get_item(self, **arguments: Any) -> dict[str, Any]:
        self.reads.append(arguments)
        return {"Item": {"drop_id": {"S": self.holder}}} if self.holder else {}

    def __getattr__(self, name: str) -> Any:
        def write(**_: Any) -> dict[str, Any]:
            if self.error is not None and name != "update_item":
                raise self.error
            return {}

        return write


def refusal(code: str, *reasons: str) -> ClientError:
    response: Any = {"Error": {"Code": code, "Message": "m"}, "ResponseMetadata": {"HTTPStatusCode": 400}}
    if reasons:
        response["CancellationReasons"] = [{"Code": reason} for reason in reasons]
    return ClientError(response, "Write")


def ledger(table: Table) -> DynamoLedger:
    return DynamoLedger(aws_client_of(table), "ledger")


@pytest.fixture
def row() -> Drop:
    return transitions.new_drop("drops", "k", "e", NOW, 60)


def test_rows_and_notes_are_read_strongly_consistent(row: Drop) -> None:
    table = Table()
    ledger(table).get("d")
    ledger(table).load("sweep")
    ledger(table).images_naming_part("drops", "part")
    assert [read["ConsistentRead"] for read in table.reads] == [True] * 3


@pytest.mark.parametrize("code", ["ConditionalCheckFailedException", "TransactionConflictException"])
def test_write_that_meets_another_worker_is_a_conflict(code: str, row: Drop) -> None:
    for write in (ledger(Table(refusal(code))).save, ledger(Table(refusal(code))).delete):
        with pytest.raises(Conflict):
            write(row)


@pytest.mark.parametrize("reason", ["ConditionalCheckFailed", "TransactionConflict"])
@pytest.mark.parametrize("holder", [None, "other"])
def test_transaction_that_meets_another_worker_at_the_row_is_a_conflict(
    reason: str, holder: str | None, row: Drop
) -> None:
    with pytest.raises(Conflict):
        ledger(Table(refusal("TransactionCanceledException", reason, "None"), holder)).accept(row)


@pytest.mark.parametrize("reason", ["ConditionalCheckFailed", "TransactionConflict"])
def test_transaction_that_meets_another_drop_at_the_key_names_it(reason: str, row: Drop) -> None:
    cancelled = refusal("TransactionCanceledException", "None", reason)
    with pytest.raises(KeyTaken) as taken:
        ledger(Table(cancelled, "other")).accept(row)
    assert taken.value.holder == "other"
    with pytest.raises(Conflict):  # the drop that had it has released it meanwhile
        ledger(Table(cancelled)).accept(row)


def test_throttled_transaction_is_no_conflict(row: Drop) -> None:
    with pytest.raises(ServiceError) as raised:
        ledger(Table(refusal("TransactionCanceledException", "ThrottlingError", "None"))).accept(row)
    assert raised.value.kind == "busy"


def test_transaction_without_an_answer_is_no_conflict(row: Drop) -> None:
    with pytest.raises(ServiceError) as raised:
        ledger(Table(ReadTimeoutError(endpoint_url="http://dynamodb"))).accept(row)
    assert raised.value.kind == "unknown"


def test_other_refusals_are_no_conflict(row: Drop) -> None:
    with pytest.raises(ServiceError) as raised:
        ledger(Table(refusal("ValidationException"))).save(row)
    assert raised.value.kind == "refused"
