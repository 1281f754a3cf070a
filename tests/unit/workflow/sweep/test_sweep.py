"""The sweep finds again whatever was lost, and costs one LIST page per 1,000 keys for what is over."""

from __future__ import annotations

from typing import Any

import pytest

from imagedrop.domain import drop as drops
from imagedrop.domain import object_keys, transitions
from imagedrop.domain.drop import FileVersion
from imagedrop.ports import ImsError, ObjectHead
from imagedrop.settings import Settings
from imagedrop.workflow.bucket_records import claims, end_markers
from imagedrop.workflow.sweep.bucket_inventory import BucketInventory
from imagedrop.workflow.sweep.redrive import MAX_REDRIVES
from imagedrop.workflow.sweep.sweep import MAX_FOUND
from tests.support.world import BUCKET, KEY, World


def registered(world: World, key: str = KEY, body: bytes = b"image") -> None:
    row = world.accepted(key, body)
    world.ports.queues.send("registrations", {"drop_id": row.drop_id, "attempt": 1})
    world.run()
    assert world.row(key).stage == "registered"


def sent(world: World) -> list[dict]:  # type: ignore[type-arg]
    return world.ports.queues.bodies("drops")


def test_what_has_ended_costs_nothing_but_the_listing(world: World) -> None:
    for number in range(30):
        registered(world, f"golden/{number}.vhd", str(number).encode())
    before = world.ports.objects.calls.copy(), world.ports.ledger.calls.copy(), world.ports.images.calls.copy()
    world.ports.objects.page = 25
    done = world.sweep()
    keys = len(world.ports.objects.keys(BUCKET))
    objects = world.ports.objects.calls - before[0]
    assert set(objects) == {"list"}
    assert objects["list"] <= keys / 25 + 4
    assert set(world.ports.ledger.calls - before[1]) <= {"open", "queued", "load"}
    assert world.ports.images.calls == before[2]
    assert sent(world) == []
    assert (done["found"], done["driven"], done["listed"]) == (0, 0, 60)


def test_a_lost_event_is_found(world: World) -> None:
    world.put(KEY, b"image", event=False)
    world.sweep()
    assert sent(world) == [{"bucket": BUCKET, "key": KEY}]


def test_a_lone_sidecar_is_found_and_other_json_is_left_alone(world: World) -> None:
    world.put(KEY + ".json", {"name": "x"}, event=False)
    world.put("notes/readme.json", {"a": 1}, event=False)
    world.put("notes/readme.txt", b"hello", event=False)
    world.sweep()
    assert sent(world) == [{"bucket": BUCKET, "key": KEY}]


def test_any_other_version_of_a_file_that_an_end_has_read_is_found(world: World) -> None:
    registered(world)
    world.ports.clock.advance(5)
    world.put(KEY + ".json", {"name": "mended"}, event=False)
    world.sweep()
    assert sent(world) == [{"bucket": BUCKET, "key": KEY}]


def test_a_part_that_an_end_has_missed_and_that_came_since_is_found(world: World) -> None:
    missing = {"golden/d.vhd": None}
    row = world.accepted()
    row = world.ports.ledger.save(
        transitions.end(row, world.ports.clock(), "rejected", None, versions={**row.versions, **missing})
    )
    world.ports.queues.send("notices", {"drop_id": row.drop_id, "attempt": 1})
    world.run()
    world.sweep()
    assert sent(world) == []
    world.put("golden/d.vhd", b"data", event=False)
    world.sweep()
    assert {"bucket": BUCKET, "key": KEY} in sent(world)


def test_a_data_file_of_a_registered_drop_is_no_drop_of_its_own(world: World) -> None:
    world.put("golden/d.vhd", b"data", event=False)
    head = world.ports.objects.head(BUCKET, "golden/d.vhd")
    assert head is not None
    row = world.accepted()
    versions = {**row.versions, head.key: FileVersion(etag=head.etag, last_modified=head.last_modified)}
    row = world.ports.ledger.save(row.model_copy(update={"versions": versions}))
    world.ports.queues.send("registrations", {"drop_id": row.drop_id, "attempt": 1})
    world.run()
    world.ports.ledger.wipe()
    world.sweep()
    assert sent(world) == []


def test_wiped_queues_lose_nothing(world: World) -> None:
    world.accepted()
    world.ports.queues.wipe()
    world.live_through(hours=2)
    assert world.row().stage == "registered"


def test_a_job_whose_message_is_lost_is_followed_again_by_a_new_generation(world: World) -> None:
    row = world.accepted()
    world.ports.queues.send("registrations", {"drop_id": row.drop_id, "attempt": 1})
    world.run(5)
    world.ports.queues.wipe()
    world.live_through(hours=1)
    assert world.row().stage == "registered"
    assert world.row().generation >= 1
    assert len(world.ports.images.bodies) == 1


def test_a_wiped_ledger_makes_no_second_image_and_tells_the_owner(world: World) -> None:
    row = world.accepted()
    world.ports.queues.send("registrations", {"drop_id": row.drop_id, "attempt": 1})
    world.run(5)
    world.ports.ledger.wipe()
    world.ports.queues.wipe()
    world.live_through(hours=1)
    assert world.row().stage == "registered"
    assert len(world.ports.images.bodies) == 1
    assert len(world.mails()) == 1


def test_a_wiped_ledger_registers_nothing_again_that_was_over(world: World) -> None:
    registered(world)
    world.ports.ledger.wipe()
    world.live_through(hours=1)
    assert world.ports.ledger.rows() == []
    assert (len(world.ports.images.bodies), len(world.mails())) == (1, 1)


def test_an_end_found_again_in_a_result_file_is_told_at_once(world: World) -> None:
    row = world.accepted()
    world.ports.images.fail("create", ImsError("refused", "IMG.0056", "no such OS"))
    world.ports.queues.send("registrations", {"drop_id": row.drop_id, "attempt": 1})
    world.ports.mail.fail("send", RuntimeError("killed"))
    world.run(5)
    world.ports.ledger.wipe()
    world.ports.queues.wipe()
    world.sweep()
    world.run(5)
    assert len(world.mails()) == 1


def test_an_end_that_was_not_told_is_told(world: World) -> None:
    row = world.accepted()
    world.ports.ledger.save(transitions.end(row, world.ports.clock(), "failed", None))
    world.live_through(hours=1)
    assert len(world.mails()) == 1


def test_a_row_that_stands_still_is_given_up_after_five_drives(world: World) -> None:
    world.accepted()
    for _ in range(200):
        world.ports.clock.advance(300)
        world.ports.queues.wipe()  # nobody works
        world.sweep()
    row = world.row()
    assert row.stage == "failed"
    assert row.reason is not None
    assert row.reason.code == "internal"
    assert str(MAX_REDRIVES) in row.reason.message
    assert world.ports.meter.counts["SweepGaveUp"] >= 1


def test_a_long_wait_for_an_operator_is_no_standing_still(world: World) -> None:
    row = world.accepted()
    world.ports.images.fail("create", *(ImsError("held", "IMG.0015", "quota") for _ in range(40)))
    world.ports.queues.send("registrations", {"drop_id": row.drop_id, "attempt": 1})
    world.live_through(hours=6)
    assert world.row().redrives == 0
    assert world.ports.meter.counts["Redriven"] == 0


def test_a_waiting_drop_whose_image_was_replaced_makes_way(world: World) -> None:
    world.put(KEY, b"first", event=False)
    head = world.ports.objects.head(BUCKET, KEY)
    assert head is not None
    row = transitions.new_drop(BUCKET, KEY, head.etag, world.ports.clock(), 3600)
    world.ports.ledger.save(transitions.wait(row, world.ports.clock(), versions={KEY: None}, missing=()))
    world.put(KEY, b"second", event=False)
    world.sweep()
    assert world.ports.ledger.get(row.drop_id) is None
    assert {"bucket": BUCKET, "key": KEY} in sent(world)


def test_a_listing_that_runs_out_of_time_goes_on_in_the_next_round(world: World) -> None:
    from imagedrop_local.project_paths import function

    for number in range(10):
        world.put(f"golden/{number}.vhd", b"x", event=False)
    world.ports.objects.page = 3
    rounds = [function("sweep").handle(world.ports, lambda: 0.0) for _ in range(5)]
    found = [message["key"] for message in sent(world)]
    assert set(found) == {f"golden/{number}.vhd" for number in range(10)}
    assert rounds[0]["whole"] is False


def test_the_seals_name_says_which_versions_an_end_has_read() -> None:
    inventory = BucketInventory(Settings(), BUCKET)
    version = FileVersion(etag="e", last_modified="2026-11-24T13:00:00Z")
    beside = object_keys.sidecar_key(KEY)
    row = drops.Drop(
        drop_id=drops.drop_id(BUCKET, KEY, "e"),
        bucket=BUCKET,
        key=KEY,
        etag="e",
        versions={KEY: version, beside: None},
        received_at="",
        updated_at="",
        deadline_at="",
    )
    inventory.add(ObjectHead(end_markers.end_marker_key(row), "", 0, "2026-11-24T13:00:00Z"))
    inventory.add(ObjectHead(KEY, "e", 1, version.last_modified))
    assert inventory.has_ended(KEY)
    inventory.add(ObjectHead(beside, "s", 1, version.last_modified))
    assert not inventory.has_ended(KEY)
    assert len(end_markers.end_marker_key(row).encode()) < 1024


def test_one_drop_that_cannot_be_driven_keeps_the_sweep_from_no_other(world: World) -> None:
    for number in range(3):
        world.accepted(f"golden/{number}.vhd", str(number).encode(), admission="called")
    world.ports.clock.advance(1000)
    world.ports.queues.fail("send", RuntimeError("throttled"))
    assert world.sweep()["driven"] == 2
    assert len(world.ports.queues.bodies("registrations")) == 2


def test_a_wiped_ledger_takes_back_no_end_that_was_written_down(world: World) -> None:
    """The claim still lies there, as of a call without an answer; the result file says what became of it."""
    row = world.accepted()
    refused = ImsError("refused", "IMG.0056", "no such OS")
    world.ports.images.fail("create", refused)
    world.ports.queues.send("registrations", {"drop_id": row.drop_id, "attempt": 1})
    world.ports.mail.fail("send", RuntimeError("killed"))
    world.run(60)
    assert world.result()["stage"] == "rejected"
    world.ports.ledger.wipe()
    world.ports.queues.wipe()
    world.live_through(26)
    assert (world.row().stage, world.result()["reason"]["code"]) == ("rejected", "IMG.0056")
    assert [mail.to for mail in world.mails()] == ["ada@example.com"]


def test_a_claim_that_came_after_the_end_is_cleared_away(world: World) -> None:
    registered(world)
    claim = object_keys.claim_key(world.row().drop_id)
    world.ports.objects.put(BUCKET, claim, b"{}")
    world.sweep()
    assert claim not in world.ports.objects.keys(BUCKET)


@pytest.mark.parametrize("changes", [{"stage": "waiting"}, {"request": None}, {"versions": {}}, {"stage": "importing"}])
def test_a_claim_that_nobody_can_go_on_from_stops_nothing(world: World, changes: dict[str, Any]) -> None:
    row = world.accepted().model_copy(update=changes)
    claims.write_claim(world.ports.objects, row)
    world.ports.ledger.wipe()
    world.put("golden/new.vhd", b"new", event=False)
    assert world.sweep()["revived"] == 0
    assert {"bucket": BUCKET, "key": "golden/new.vhd"} in sent(world)


def ended(world: World, number: int, row: bool) -> None:
    """A lone image that was rejected and told: what lies in the bucket for it and, perhaps, in the ledger."""
    key = f"golden/{number:06d}.vhd"
    head = world.ports.objects.upload(BUCKET, key, b"x", etag=str(number))
    versions = {key: FileVersion(etag=head.etag, last_modified=head.last_modified), key + ".json": None}
    at = dict.fromkeys(("received_at", "updated_at", "deadline_at"), world.now())
    over = drops.Drop(drop_id=drops.drop_id(BUCKET, key, head.etag), bucket=BUCKET, key=key, etag=head.etag, **at)
    over = over.model_copy(update={"stage": "rejected", "end_marked": True, "versions": versions})
    world.ports.objects.upload(BUCKET, end_markers.end_marker_key(over), b"", etag="seal")
    if row:
        world.ports.ledger.save(over)


def calls_of_a_round(world: World, count: int, rows: bool) -> dict[str, int]:
    """Every call of a port that a round of the sweep makes for so many drops that have ended, and no other."""
    for number in range(count):
        ended(world, number, rows)
    ports = (world.ports.objects, world.ports.ledger, world.ports.images, world.ports.queues)
    for port in ports:
        port.calls.clear()
    done = world.sweep()
    assert (done["listed"], done["open"], done["found"], done["driven"], done["whole"]) == (count, 0, 0, 0, True)
    return {name: number for port in ports for name, number in port.calls.items()}


def test_drops_that_have_ended_cost_one_page_a_thousand_keys_and_nothing_else(world: World) -> None:
    world.ports.objects.page = 100  # for a thousand: ten thousand drops are as a hundred thousand
    calls = calls_of_a_round(world, 10_000, rows=False)
    assert calls == {"list": 200 + 1, "load": 1, "open": 1, "queued": 1}  # an image and a seal each


def test_rows_that_have_ended_cost_the_sweep_nothing(world: World) -> None:
    assert calls_of_a_round(World(), 10, rows=True) == calls_of_a_round(world, 900, rows=True) | {"list": 2}


def test_where_more_is_new_than_can_be_worked_off_a_round_enqueues_a_part_of_it_and_in_time_all(world: World) -> None:
    keys = {f"golden/{number:04d}.vhd" for number in range(MAX_FOUND + 500)}
    for key in keys:
        world.ports.objects.upload(BUCKET, key, b"x", etag=key)
    assert world.sweep()["found"] == MAX_FOUND
    assert len({one["key"] for one in sent(world)}) == MAX_FOUND
    for _ in range(20):
        world.sweep()
    assert {one["key"] for one in sent(world)} == keys
