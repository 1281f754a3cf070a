"""The ledger's contract, held by DynamoDB (ministack) and by the ledger in memory."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from contract.clouds import unique
from imagedrop import drop as drops
from imagedrop.drop import Drop, FileVersion, Owner, Reason, Told
from imagedrop.ledger import DynamoLedger
from imagedrop.ports import Conflict, KeyTaken, Ledger
from imagedrop_local.memory import MemoryLedger

NOW = datetime(2026, 11, 24, 13, 0, tzinfo=UTC)
KEY = "golden/窗 +%.vhd"


@pytest.fixture(scope="session")
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
                    "Projection": {"ProjectionType": "ALL"},
                }
            ],
        )
        return DynamoLedger(client, table)

    return made


@pytest.fixture(params=["memory", "dynamo"])
def ledger(request: pytest.FixtureRequest) -> Ledger:
    if request.param == "memory":
        return MemoryLedger()
    made: Ledger = request.getfixturevalue("dynamo")()
    return made


def row(etag: str = "e1", key: str = KEY, at: datetime = NOW) -> Drop:
    return drops.new("drops", key, etag, at, 3600)


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
        "told": {"mail": Told(state="done", at="2026-11-24T13:00:00.000Z")},
    }
    return row().model_copy(update=known | changes)


def test_a_row_comes_back_as_it_was_written(ledger: Ledger) -> None:
    saved = ledger.save(full())
    assert saved.revision == 1
    assert saved == full(revision=1)
    assert ledger.get(saved.drop_id) == saved


def test_a_drop_that_is_not_there_is_none(ledger: Ledger) -> None:
    assert ledger.get("nothing") is None


def test_only_the_revision_that_was_read_can_be_written_over(ledger: Ledger) -> None:
    first = ledger.save(row())
    second = ledger.save(first.with_(NOW, generation=1))
    with pytest.raises(Conflict):
        ledger.save(first.with_(NOW, generation=2))
    assert ledger.get(first.drop_id) == second


def test_a_new_row_does_not_replace_one_that_is_there(ledger: Ledger) -> None:
    saved = ledger.save(row())
    with pytest.raises(Conflict):
        ledger.save(row())
    assert ledger.get(saved.drop_id) == saved


def test_a_row_that_was_deleted_cannot_be_written_over(ledger: Ledger) -> None:
    saved = ledger.save(row())
    ledger.delete(saved)
    assert ledger.get(saved.drop_id) is None
    with pytest.raises(Conflict):
        ledger.save(saved)


def test_a_row_that_has_moved_on_is_not_deleted(ledger: Ledger) -> None:
    first = ledger.save(row())
    second = ledger.save(first)
    with pytest.raises(Conflict):
        ledger.delete(first)
    assert ledger.get(first.drop_id) == second


def test_of_writers_at_once_one_wins(ledger: Ledger) -> None:
    read, won, lost = ledger.save(row()), [], []

    def write(number: int) -> None:
        try:
            won.append(ledger.save(read.with_(NOW, generation=number)))
        except Conflict:
            lost.append(number)

    threads = [threading.Thread(target=write, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(won), len(lost)) == (1, 3)
    assert ledger.get(read.drop_id) == won[0]


def test_an_accepted_drop_holds_its_key_until_it_lets_go(ledger: Ledger) -> None:
    old = ledger.accept(ledger.save(row("e1")))
    assert ledger.get(old.drop_id) == old
    with pytest.raises(KeyTaken) as taken:
        ledger.accept(row("e2"))
    assert taken.value.holder == old.drop_id
    assert ledger.get(row("e2").drop_id) is None
    ledger.unlock(old)
    assert ledger.accept(row("e2")).revision == 1


def test_a_drop_may_be_accepted_again_under_its_own_key(ledger: Ledger) -> None:
    assert ledger.accept(ledger.accept(row())).revision == 2


def test_a_row_that_has_moved_on_is_not_accepted_and_takes_no_key(ledger: Ledger) -> None:
    first = ledger.save(row("e1"))
    ledger.save(first)
    with pytest.raises(Conflict):
        ledger.accept(first)
    assert ledger.accept(row("e2")).revision == 1


def test_keys_of_one_name_in_other_buckets_and_of_other_names_are_free(ledger: Ledger) -> None:
    ledger.accept(row("e1"))
    ledger.accept(row("e1", key=KEY + "x"))
    ledger.accept(drops.new("other", KEY, "e1", NOW, 1))


def test_a_key_is_taken_over_from_the_row_that_was_read(ledger: Ledger) -> None:
    dead = ledger.accept(row("e1"))
    new = ledger.accept(row("e2"), over=dead)
    with pytest.raises(KeyTaken) as taken:
        ledger.accept(dead)
    assert taken.value.holder == new.drop_id


def test_a_key_is_not_taken_over_from_a_row_that_has_moved_on(ledger: Ledger) -> None:
    dead = ledger.accept(row("e1"))
    ledger.save(dead)
    with pytest.raises(KeyTaken) as taken:
        ledger.accept(row("e2"), over=dead)
    assert taken.value.holder == dead.drop_id
    assert ledger.get(row("e2").drop_id) is None


def test_a_key_is_taken_over_from_a_drop_whose_row_is_gone(ledger: Ledger) -> None:
    dead = ledger.accept(row("e1"))
    ledger.delete(dead)
    assert ledger.accept(row("e2"), over=row("e1")).revision == 1


def test_a_key_is_not_taken_over_from_a_third(ledger: Ledger) -> None:
    other, holder = ledger.save(row("e0")), ledger.accept(row("e1"))
    with pytest.raises(KeyTaken) as taken:
        ledger.accept(row("e2"), over=other)
    assert taken.value.holder == holder.drop_id


def test_unlocking_what_another_holds_changes_nothing(ledger: Ledger) -> None:
    holder = ledger.accept(row("e1"))
    ledger.unlock(row("e2"))
    with pytest.raises(KeyTaken) as taken:
        ledger.accept(row("e2"))
    assert taken.value.holder == holder.drop_id
    ledger.unlock(row("nobody", key="free"))


def test_open_shows_what_is_not_over_oldest_first(ledger: Ledger) -> None:
    later = ledger.save(row("e1", key="later", at=NOW + timedelta(minutes=1)))
    earlier = ledger.save(row("e2", key="earlier"))
    ended = ledger.save(row("e3", key="ended").model_copy(update={"stage": "failed", "sealed": True}))
    untold = ledger.save(row("e4", key="untold", at=NOW + timedelta(minutes=2)).model_copy(update={"stage": "failed"}))
    assert not ended.open
    assert list(ledger.open()) == [earlier, later, untold]


def test_open_forgets_a_row_that_is_sealed(ledger: Ledger) -> None:
    saved = ledger.save(row().model_copy(update={"stage": "failed"}))
    assert list(ledger.open()) == [saved]
    ledger.save(saved.model_copy(update={"sealed": True}))
    assert list(ledger.open()) == []


def test_open_ends_though_every_row_is_written_meanwhile(ledger: Ledger) -> None:
    for number in range(5):
        ledger.save(row(f"e{number}", key=str(number)))
    seen = [ledger.save(one.with_(NOW + timedelta(hours=1))).key for one in ledger.open()]
    assert sorted(seen) == ["0", "1", "2", "3", "4"]


def test_of_key_shows_every_content_of_it(ledger: Ledger) -> None:
    waiting = ledger.save(drops.new("drops", KEY, None, NOW, 60))
    rows = [ledger.save(row("e1")), ledger.accept(row("e2")), waiting]
    ledger.save(row("e1", key="other"))
    ledger.save(drops.new("other", KEY, "e1", NOW, 60))
    assert sorted(one.drop_id for one in ledger.of_key("drops", KEY)) == sorted(one.drop_id for one in rows)
    ledger.delete(rows[0])
    assert len(list(ledger.of_key("drops", KEY))) == 2
    assert list(ledger.of_key("drops", "nothing")) == []


def test_a_part_knows_the_images_that_name_it(ledger: Ledger) -> None:
    for image in ("b.vhd", "a.vhd", "b.vhd"):
        ledger.name_part("drops", "data.vhd", image)
    assert list(ledger.part_of("drops", "data.vhd")) == ["a.vhd", "b.vhd"]
    assert list(ledger.part_of("drops", "other.vhd")) == []
    assert list(ledger.part_of("elsewhere", "data.vhd")) == []


def test_notes_are_kept_by_name(ledger: Ledger) -> None:
    assert ledger.load("sweep") is None
    ledger.store("sweep", {"after": "窗", "share": 0.5, "seen": {"": [1, None]}})
    ledger.store("other", {})
    assert ledger.load("sweep") == {"after": "窗", "share": 0.5, "seen": {"": [1, None]}}
    ledger.store("sweep", {"after": None})
    assert (ledger.load("sweep"), ledger.load("other")) == ({"after": None}, {})


def test_the_longest_keys_of_obs_fit(ledger: Ledger) -> None:
    saved = ledger.accept(drops.new("b" * 63, "窗" * 341, None, NOW, 60))
    ledger.name_part("b" * 63, "窗" * 341, "窗" * 341)
    assert list(ledger.of_key("b" * 63, "窗" * 341)) == [saved]
