"""The contract of the port Ledger, for DynamoDB (ministack) and for the fake in memory."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from imagedrop.adapters.dynamodb.items import to_dynamodb, to_row
from imagedrop.adapters.dynamodb.ledger import DynamoLedger
from imagedrop.adapters.dynamodb.open_index import QUEUED_ATTRIBUTES
from imagedrop.domain import drop as drops
from imagedrop.domain import transitions
from imagedrop.domain.drop import ChannelDelivery, Drop, FileVersion, Owner, Reason
from imagedrop.ports import KEPT_OF_KEY, Conflict, KeyTaken, Ledger, QueuedDrop
from imagedrop_local.memory import MemoryLedger
from tests.contract.clouds import unique
from tests.support.service_calls import aws_client_of

NOW = datetime(2026, 11, 24, 13, 0, tzinfo=UTC)
KEY = "golden/窗 +%.vhd"


@pytest.fixture(scope="package")
def dynamo(request: pytest.FixtureRequest) -> Callable[[], DynamoLedger]:
    """A new table, as template.yaml makes it."""

    def made() -> DynamoLedger:
        client, table = request.getfixturevalue("aws")("dynamodb"), unique("ledger")
        client.create_table(
            TableName=table,
            BillingMode="PAY_PER_REQUEST",
            AttributeDefinitions=[
                {"AttributeName": name, "AttributeType": "S"} for name in ("pk", "open", "updated_at")
            ],
            KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
            GlobalSecondaryIndexes=[
                {
                    "IndexName": "open",
                    "KeySchema": [
                        {"AttributeName": "open", "KeyType": "HASH"},
                        {"AttributeName": "updated_at", "KeyType": "RANGE"},
                    ],
                    "Projection": {"ProjectionType": "INCLUDE", "NonKeyAttributes": list(QUEUED_ATTRIBUTES[1:])},
                }
            ],
        )
        return DynamoLedger(aws_client_of(client), table)

    return made


@pytest.fixture(params=["memory", "dynamo"])
def ledger(request: pytest.FixtureRequest) -> Ledger:
    if request.param == "memory":
        return MemoryLedger()
    made: Ledger = request.getfixturevalue("dynamo")()
    return made


def row(etag: str = "e1", key: str = KEY, at: datetime = NOW) -> Drop:
    return transitions.new_drop("drops", key, etag, at, 3600)


def full(**changes: Any) -> Drop:
    hostile: dict[str, Any] = {"": 1.5, "n": 10**60, "none": None, "deep": []}
    for _ in range(60):
        hostile["deep"] = [hostile["deep"]]
    known: dict[str, Any] = {
        "versions": {KEY: FileVersion(etag="e1", last_modified="2026-11-24T13:00:00Z"), KEY + ".json": None},
        "owner": Owner(email="ada@example.com", name="Ada 阿达", language="zh"),
        "sidecar": hostile,
        "facts": {"virtual_size": 42949672960, "ratio": 0.1},
        "findings": ({"id": "a.b", "severity": "error", "message": "", "fix": "x", "values": {"share": 0.25}},),
        "missing": ("a.json",),
        "images": (drops.DropImage(role="system", id="i", min_disk=40),),
        "reason": Reason(code="object.replaced", message="<&>\n"),
        "deliveries": {"mail": ChannelDelivery(state="done", at="2026-11-24T13:00:00.000Z")},
    }
    return row().model_copy(update=known | changes)


def test_saved_row_is_read_back_unchanged(ledger: Ledger) -> None:
    saved = ledger.save(full())
    assert saved.revision > 0
    assert saved == full(revision=saved.revision)
    assert ledger.get(saved.drop_id) == saved


def test_missing_row_is_none(ledger: Ledger) -> None:
    assert ledger.get("nothing") is None


def test_save_of_an_old_revision_conflicts(ledger: Ledger) -> None:
    first = ledger.save(row())
    second = ledger.save(first.updated(NOW, generation=1))
    with pytest.raises(Conflict):
        ledger.save(first.updated(NOW, generation=2))
    assert ledger.get(first.drop_id) == second


def test_new_row_does_not_replace_an_existing_one(ledger: Ledger) -> None:
    saved = ledger.save(row())
    with pytest.raises(Conflict):
        ledger.save(row())
    assert ledger.get(saved.drop_id) == saved


def test_save_of_a_deleted_row_conflicts(ledger: Ledger) -> None:
    saved = ledger.save(row())
    ledger.delete(saved)
    assert ledger.get(saved.drop_id) is None
    with pytest.raises(Conflict):
        ledger.save(saved)


def test_save_of_a_row_that_was_deleted_and_created_again_conflicts(ledger: Ledger) -> None:
    first = ledger.save(row())
    ledger.delete(first)
    again = ledger.save(row().updated(NOW + timedelta(milliseconds=5)))
    with pytest.raises(Conflict):
        ledger.save(first.updated(NOW, generation=1))
    assert ledger.get(first.drop_id) == again


def test_delete_of_an_old_revision_conflicts(ledger: Ledger) -> None:
    first = ledger.save(row())
    second = ledger.save(first)
    with pytest.raises(Conflict):
        ledger.delete(first)
    assert ledger.get(first.drop_id) == second


def test_of_concurrent_writers_one_succeeds(ledger: Ledger) -> None:
    read, won, lost = ledger.save(row()), [], []

    def write(number: int) -> None:
        try:
            won.append(ledger.save(read.updated(NOW, generation=number)))
        except Conflict:
            lost.append(number)

    threads = [threading.Thread(target=write, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(won), len(lost)) == (1, 3)
    assert ledger.get(read.drop_id) == won[0]


def test_accepted_drop_holds_its_key_until_it_is_released(ledger: Ledger) -> None:
    old = ledger.accept(ledger.save(row("e1")))
    assert ledger.get(old.drop_id) == old
    with pytest.raises(KeyTaken) as taken:
        ledger.accept(row("e2"))
    assert taken.value.holder == old.drop_id
    assert ledger.get(row("e2").drop_id) is None
    ledger.release_key(old)
    assert ledger.accept(row("e2")).revision


def test_drop_may_be_accepted_again_under_its_own_key(ledger: Ledger) -> None:
    assert ledger.accept(ledger.accept(row())).revision


def test_accept_of_an_old_revision_conflicts_and_takes_no_key(ledger: Ledger) -> None:
    first = ledger.save(row("e1"))
    ledger.save(first)
    with pytest.raises(Conflict):
        ledger.accept(first)
    assert ledger.accept(row("e2")).revision


def test_same_key_in_another_bucket_and_longer_keys_are_free(ledger: Ledger) -> None:
    ledger.accept(row("e1"))
    ledger.accept(row("e1", key=KEY + "x"))
    ledger.accept(transitions.new_drop("other", KEY, "e1", NOW, 1))


def test_key_is_taken_over_from_the_row_that_was_read(ledger: Ledger) -> None:
    dead = ledger.accept(row("e1"))
    new = ledger.accept(row("e2"), over=dead)
    with pytest.raises(KeyTaken) as taken:
        ledger.accept(dead)
    assert taken.value.holder == new.drop_id


def test_key_is_not_taken_over_from_an_old_revision(ledger: Ledger) -> None:
    dead = ledger.accept(row("e1"))
    ledger.save(dead)
    with pytest.raises(KeyTaken) as taken:
        ledger.accept(row("e2"), over=dead)
    assert taken.value.holder == dead.drop_id
    assert ledger.get(row("e2").drop_id) is None


def test_key_is_taken_over_from_a_drop_whose_row_was_deleted(ledger: Ledger) -> None:
    dead = ledger.accept(row("e1"))
    ledger.delete(dead)
    assert ledger.accept(row("e2"), over=row("e1")).revision


def test_key_is_not_taken_over_from_a_third_drop(ledger: Ledger) -> None:
    other, holder = ledger.save(row("e0")), ledger.accept(row("e1"))
    with pytest.raises(KeyTaken) as taken:
        ledger.accept(row("e2"), over=other)
    assert taken.value.holder == holder.drop_id


def test_releasing_the_key_of_another_drop_changes_nothing(ledger: Ledger) -> None:
    holder = ledger.accept(row("e1"))
    ledger.release_key(row("e2"))
    with pytest.raises(KeyTaken) as taken:
        ledger.accept(row("e2"))
    assert taken.value.holder == holder.drop_id
    ledger.release_key(row("nobody", key="free"))


def test_open_lists_unfinished_rows_oldest_first(ledger: Ledger) -> None:
    later = ledger.save(row("e1", key="later", at=NOW + timedelta(minutes=1)))
    earlier = ledger.save(row("e2", key="earlier"))
    ended = ledger.save(row("e3", key="ended").model_copy(update={"stage": "failed", "end_marked": True}))
    untold = ledger.save(row("e4", key="untold", at=NOW + timedelta(minutes=2)).model_copy(update={"stage": "failed"}))
    assert not ended.open
    assert list(ledger.open()) == [earlier, later, untold]


def test_open_does_not_list_a_row_whose_end_is_marked(ledger: Ledger) -> None:
    saved = ledger.save(row().model_copy(update={"stage": "failed"}))
    assert list(ledger.open()) == [saved]
    ledger.save(saved.model_copy(update={"end_marked": True}))
    assert list(ledger.open()) == []


def test_open_ends_when_every_row_is_saved_meanwhile(ledger: Ledger) -> None:
    for number in range(5):
        ledger.save(row(f"e{number}", key=str(number)))
    listed = [ledger.save(row.updated(NOW + timedelta(hours=1))).key for row in ledger.open()]
    assert sorted(listed) == ["0", "1", "2", "3", "4"]


def accepted_row(number: int, **changes: Any) -> Drop:
    """An accepted row, last written at NOW + `number` minutes."""
    at = NOW + timedelta(minutes=number)
    return row(f"e{number}", key=str(number), at=at).model_copy(update={"stage": "accepted", **changes})


def test_queued_lists_drops_oldest_first_up_to_the_limit(ledger: Ledger) -> None:
    versions = {"2": None, "2.json": None, "d.vhd": None}
    later = accepted_row(2, admission="queued", versions=versions, request={"data_images": [{}, {}]})
    for drop in (
        later,
        accepted_row(1, admission="queued"),
        accepted_row(0),
        accepted_row(3, admission="called"),
        accepted_row(4, admission="queued"),
    ):
        ledger.save(drop)
    queued = ledger.queued()
    assert [drop.drop_id for drop in queued] == [accepted_row(number).drop_id for number in (1, 2, 4)]
    assert queued[1] == QueuedDrop(later.drop_id, "2", ("d.vhd",), 3, later.deadline_at)
    assert list(ledger.queued(2)) == list(queued[:2])


def test_admitted_drop_moves_from_queued_to_tasks_in_progress_until_it_ends(ledger: Ledger) -> None:
    waiting = ledger.save(accepted_row(1, admission="queued", request={"data_images": [{}]}))
    assert (dict(ledger.tasks_in_progress()), len(ledger.queued())) == ({}, 1)
    called = ledger.save(transitions.admit(waiting, NOW, 3600))
    assert (dict(ledger.tasks_in_progress()), list(ledger.queued())) == ({called.drop_id: 2}, [])
    ended = ledger.save(transitions.end(called, NOW, "rejected", None))
    assert (dict(ledger.tasks_in_progress()), list(ledger.open())) == ({}, [ended])


def test_tasks_in_progress_count_admitted_and_importing_drops(ledger: Ledger) -> None:
    called, unknown = (
        accepted_row(1, admission="called"),
        accepted_row(3, stage="submitting", sent_at="2026-11-24T13:00:00Z"),
    )
    for drop in (
        called,
        accepted_row(2, stage="importing"),
        unknown,
        accepted_row(4, stage="submitting", admission="called"),
        accepted_row(5),
    ):
        ledger.save(drop)
    assert dict(ledger.tasks_in_progress()) == {accepted_row(number).drop_id: 1 for number in (1, 2, 4)}


def test_deleted_row_is_in_no_list(ledger: Ledger) -> None:
    for drop in (accepted_row(1, admission="queued"), accepted_row(2, admission="called")):
        ledger.delete(ledger.save(drop))
    assert (dict(ledger.tasks_in_progress()), list(ledger.queued()), list(ledger.open())) == ({}, [], [])


def test_open_lists_queued_drops_only_on_request(ledger: Ledger) -> None:
    admissions = {0: "queued", 1: "", 2: "called", 3: "queued", 4: ""}
    for number, admission in admissions.items():
        ledger.save(accepted_row(number, admission=admission))
    assert [drop.key for drop in ledger.open()] == ["0", "1", "2", "3", "4"]
    assert [drop.key for drop in ledger.open(queued=False)] == ["1", "2", "4"]


def test_rows_of_key_lists_every_content_of_the_key(ledger: Ledger) -> None:
    waiting = ledger.save(transitions.new_drop("drops", KEY, None, NOW, 60))
    rows = [ledger.save(row("e1")), ledger.accept(row("e2")), waiting]
    ledger.save(row("e1", key="other"))
    ledger.save(transitions.new_drop("other", KEY, "e1", NOW, 60))
    assert sorted(drop.drop_id for drop in ledger.rows_of_key("drops", KEY)) == sorted(drop.drop_id for drop in rows)
    ledger.delete(rows[0])
    assert len(list(ledger.rows_of_key("drops", KEY))) == 2
    assert list(ledger.rows_of_key("drops", "nothing")) == []


def test_images_that_name_a_part_are_listed(ledger: Ledger) -> None:
    for image in ("b.vhd", "a.vhd", "b.vhd"):
        ledger.record_part("drops", "data.vhd", image)
    assert list(ledger.images_naming_part("drops", "data.vhd")) == ["a.vhd", "b.vhd"]
    assert list(ledger.images_naming_part("drops", "other.vhd")) == []
    assert list(ledger.images_naming_part("elsewhere", "data.vhd")) == []


def test_rows_of_a_key_with_many_versions_are_the_open_ones_and_the_newest_of_the_others(ledger: Ledger) -> None:
    open_rows = [ledger.save(row("e-open", at=NOW - timedelta(days=1)))]
    ended = {"stage": "failed", "end_marked": True}
    saved = [
        ledger.save(row(f"e{number}", at=NOW + timedelta(seconds=number)).model_copy(update=ended))
        for number in range(3 * KEPT_OF_KEY)
    ]
    open_rows.append(ledger.accept(row("e-new", at=NOW + timedelta(days=1))))
    found = {drop.drop_id for drop in ledger.rows_of_key("drops", KEY)}
    assert {drop.drop_id for drop in [*open_rows, *saved[-KEPT_OF_KEY:]]} <= found
    assert len(found) <= 2 * KEPT_OF_KEY + 1
    assert ledger.get(saved[0].drop_id) == saved[0]  # the row itself stays


def test_images_that_name_a_part_are_bounded_and_the_last_one_is_listed(ledger: Ledger) -> None:
    for number in range(2 * KEPT_OF_KEY):
        ledger.record_part("drops", "data.vhd", f"{number:03d}.vhd")
    for image in ("zz.vhd", "000-.vhd"):
        ledger.record_part("drops", "data.vhd", image)
        named = ledger.images_naming_part("drops", "data.vhd")
        assert image in named
        assert KEPT_OF_KEY <= len(named) <= 2 * KEPT_OF_KEY


def test_notes_are_stored_by_name(ledger: Ledger) -> None:
    assert ledger.load("sweep") is None
    ledger.store("sweep", {"after": "窗", "share": 0.5, "nested": {"": [1, None]}})
    ledger.store("other", {})
    assert ledger.load("sweep") == {"after": "窗", "share": 0.5, "nested": {"": [1, None]}}
    ledger.store("sweep", {"after": None})
    assert (ledger.load("sweep"), ledger.load("other")) == ({"after": None}, {})


def test_longest_keys_of_obs_fit(ledger: Ledger) -> None:
    saved = ledger.accept(transitions.new_drop("b" * 63, "窗" * 341, None, NOW, 60))
    ledger.record_part("b" * 63, "窗" * 341, "窗" * 341)
    assert list(ledger.rows_of_key("b" * 63, "窗" * 341)) == [saved]


def test_note_with_an_expiry_time_is_kept_until_then(ledger: Ledger) -> None:
    ledger.store("push:1", {"at": "now"}, NOW + timedelta(days=365_00))
    assert ledger.load("push:1") == {"at": "now"}


def test_counters_are_independent_and_stop_at_their_limit(ledger: Ledger) -> None:
    later = NOW + timedelta(days=365_00)
    assert [ledger.count("mails:窗", 2, later) for _ in range(4)] == [True, True, False, False]
    assert ledger.count("mails:b", 1, later)
    assert ledger.count("mails:窗", 3, later)
    assert ledger.load("mails:窗") is None


def test_concurrent_counts_do_not_exceed_the_limit(dynamo: Callable[[], DynamoLedger]) -> None:
    ledger, counted = dynamo(), list[bool]()
    until = NOW + timedelta(days=365_00)
    threads = [threading.Thread(target=lambda: counted.append(ledger.count("n", 5, until))) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(counted) == [False] * 7 + [True] * 5


def test_notes_and_counters_with_an_expiry_time_have_the_ttl_attribute(dynamo: Callable[[], DynamoLedger]) -> None:
    ledger, until = dynamo(), NOW + timedelta(hours=1)
    ledger.store("kept", {})
    ledger.store("short", {}, until)
    ledger.count("short", 1, until)
    items = {item["pk"]["S"]: item.get("expires") for item in ledger._client.scan(TableName=ledger._table)["Items"]}
    expires = {"N": str(int(until.timestamp()))}
    assert items == {"note:kept": None, "note:short": expires, "count:short": expires}


def test_unreadable_row_does_not_hide_the_others(dynamo: Callable[[], DynamoLedger]) -> None:
    ledger = dynamo()
    broken, whole = ledger.save(row("e1")), ledger.save(row("e2"))
    item = to_dynamodb({**to_row(broken), "stage": "no stage"})
    ledger._client.put_item(TableName=ledger._table, Item=item)
    assert [drop.drop_id for drop in ledger.open()] == [whole.drop_id]
