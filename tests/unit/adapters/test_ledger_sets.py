"""The sets of the ledger stay small, however many versions a key gets."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from imagedrop.adapters.dynamodb.ledger import DynamoLedger
from imagedrop.domain import transitions
from imagedrop.domain.drop import Drop
from imagedrop.ports import KEPT_OF_KEY
from tests.unit.adapters.dynamodb_table import DynamoTable

NOW = datetime(2026, 11, 24, 13, 0, tzinfo=UTC)
KEY = "golden/w.vhd"
PK = f"key:drops/{KEY}"


def ended(number: int) -> Drop:
    row = transitions.new_drop("drops", KEY, f"e{number}", NOW + timedelta(seconds=number), 3600)
    return row.model_copy(update={"stage": "failed", "end_marked": True})


def test_key_with_thousands_of_versions_costs_few_calls_and_little_space() -> None:
    table, versions = DynamoTable(), 2_000
    ledger = DynamoLedger(table, "ledger")
    for number in range(versions):
        last = ledger.save(ended(number))
    assert table.size(PK) < 20_000
    assert last.drop_id in {row.drop_id for row in ledger.rows_of_key("drops", KEY)}
    assert len(table.items[PK]["drops"]["SS"]) <= 2 * KEPT_OF_KEY + 1
    assert sum(table.calls.values()) < 6 * versions


def test_longest_keys_fit_in_the_set_of_a_part() -> None:
    table = DynamoTable()
    for number in range(1_000):
        DynamoLedger(table, "ledger").record_part("drops", "data.vhd", f"{number:04d}" + "窗" * 340)
    assert 100_000 < table.size("part:drops/data.vhd") < 400_000


def test_large_set_of_an_older_version_becomes_small_without_reading_all_rows_at_once() -> None:
    table = DynamoTable()
    ledger = DynamoLedger(table, "ledger")
    table.items[PK] = {"pk": {"S": PK}, "drops": {"SS": [f"old {number}" for number in range(5_000)]}}
    for number in range(40):
        table.calls.clear()
        ledger.save(ended(number))
        assert table.calls["get_item"] <= 3 * KEPT_OF_KEY
    assert len(table.items[PK]["drops"]["SS"]) <= 2 * KEPT_OF_KEY + 1
    assert {row.drop_id for row in ledger.rows_of_key("drops", KEY)} == {ended(number).drop_id for number in range(40)}


def test_id_that_another_worker_removed_before_its_row_was_there_is_recorded_again() -> None:
    table = DynamoTable()
    ledger = DynamoLedger(table, "ledger")
    for number in range(2 * KEPT_OF_KEY - 1):
        ledger.save(ended(number))
    put, slow = table.put_item, ended(10_000)

    def pruned_meanwhile(**arguments: Any) -> Any:
        table.put_item = put  # type: ignore[method-assign]
        ledger.save(ended(5_000))
        assert slow.drop_id not in table.items[PK]["drops"]["SS"]
        return put(**arguments)

    table.put_item = pruned_meanwhile  # type: ignore[method-assign, assignment]
    ledger.save(slow)
    assert slow.drop_id in {row.drop_id for row in ledger.rows_of_key("drops", KEY)}
