"""The sweep finds what was lost. For drops that have ended it costs one LIST page per 1,000 keys."""

from __future__ import annotations

from typing import Any

import pytest

from imagedrop.domain import drop as drops
from imagedrop.domain import object_keys, transitions
from imagedrop.domain.drop import FileVersion
from imagedrop.ports import ImsError, ObjectsUnavailable, OutOfTime
from imagedrop.workflow.bucket_records import claims, end_markers, installation
from imagedrop.workflow.sweep.redrive import MAX_REDRIVES
from imagedrop.workflow.sweep.search import MAX_FOUND, MAX_UNKNOWN
from imagedrop_local.project_paths import function
from tests.support.world import BUCKET, KEY, World


def registered(world: World, key: str = KEY, body: bytes = b"image") -> None:
    row = world.accepted(key, body)
    world.ports.queues.send("registrations", {"drop_id": row.drop_id, "attempt": 1})
    world.run()
    assert world.row(key).stage == "registered"


def sent(world: World) -> list[dict[str, Any]]:
    return world.ports.queues.bodies("drops")


def test_drops_that_have_ended_cost_only_the_listing(world: World) -> None:
    for number in range(30):
        registered(world, f"golden/{number}.vhd", str(number).encode())
    before = world.ports.objects.calls.copy(), world.ports.ledger.calls.copy(), world.ports.images.calls.copy()
    world.ports.objects.page = 25
    done = world.sweep()
    keys = len(world.ports.objects.keys(BUCKET))
    objects = world.ports.objects.calls - before[0]
    assert set(objects) == {"list", "get"}
    assert objects["get"] == 2  # name and start of the installation
    assert objects["list"] <= keys / 25 + 4
    assert set(world.ports.ledger.calls - before[1]) <= {"open", "queued", "load"}  # no row
    assert world.ports.images.calls == before[2]
    assert sent(world) == []
    none = dict.fromkeys(("open", "revived", "found", "older", "driven", "late", "called"), 0)
    assert done == {**none, "listed": 60, "whole": True}


def test_a_round_that_crashes_goes_on_after_its_last_step() -> None:
    """Ten pages are a step. What it found is enqueued before the place is stored."""
    world = World(drop_prefix="golden/")
    for number in range(30):
        world.put(f"golden/{number:02d}.vhd", b"x", event=False)
    world.ports.objects.page = 1
    world.ports.objects.fail("list", *[None] * 16, RuntimeError("killed"))
    with pytest.raises(RuntimeError, match="killed"):
        world.sweep()
    assert [message["key"] for message in sent(world)] == [f"golden/{number:02d}.vhd" for number in range(9)]
    world.ports.queues.wipe()
    assert world.sweep()["whole"] is False
    assert [message["key"] for message in sent(world)] == [f"golden/{number:02d}.vhd" for number in range(9, 30)]
    assert world.sweep()["whole"] is True


@pytest.mark.parametrize("call", ["get", "list"])  # the name of the installation, the records
def test_a_bucket_that_does_not_answer_does_not_stop_the_redrives(world: World, call: str) -> None:
    world.accepted(admission="called")
    world.ports.clock.advance(1000)
    world.ports.objects.fail(call, ObjectsUnavailable("503"))
    with pytest.raises(ObjectsUnavailable):
        world.sweep()
    assert len(world.ports.queues.bodies("registrations")) == 1


def test_an_image_whose_event_was_lost_is_found(world: World) -> None:
    world.put(KEY, b"image", event=False)
    world.sweep()
    assert sent(world) == [{"bucket": BUCKET, "key": KEY}]


def test_a_sidecar_without_image_is_found_and_other_json_is_ignored(world: World) -> None:
    world.put(KEY + ".json", {"name": "x"}, event=False)
    world.put("notes/readme.json", {"a": 1}, event=False)
    world.put("notes/readme.txt", b"hello", event=False)
    world.sweep()
    assert sent(world) == [{"bucket": BUCKET, "key": KEY}]


def test_a_drop_is_found_when_a_file_has_another_version_than_its_end_has_read(world: World) -> None:
    registered(world)
    world.ports.clock.advance(5)
    world.put(KEY + ".json", {"name": "changed"}, event=False)
    world.sweep()
    assert sent(world) == [{"bucket": BUCKET, "key": KEY}]


def test_a_drop_is_found_when_a_part_comes_that_its_end_has_missed(world: World) -> None:
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


@pytest.mark.parametrize("page", [2, 3])
@pytest.mark.parametrize("part", ["golden/a.vhd", "golden/z.vhd"])
def test_a_part_that_comes_is_found_even_if_no_round_lists_it_together_with_its_image(
    world: World, part: str, page: int
) -> None:
    row = world.accepted()
    row = world.ports.ledger.save(
        transitions.end(row, world.ports.clock(), "rejected", None, versions={**row.versions, part: None})
    )
    world.ports.queues.send("notices", {"drop_id": row.drop_id, "attempt": 1})
    world.run()
    world.ports.objects.delete(BUCKET, object_keys.result_key(KEY))
    world.put(part, b"data", event=False)
    world.ports.objects.page = page
    for _ in range(4):
        function("sweep").handle(world.ports, lambda: 0.0)
    assert {"bucket": BUCKET, "key": KEY} in sent(world)


def test_of_ended_drops_whose_parts_are_not_in_this_round_only_some_are_validated_again(world: World) -> None:
    for number in range(MAX_UNKNOWN + 20):
        ended(world, number, row=False, part="golden/z.vhd")
    world.ports.objects.page = len(world.ports.objects.keys(BUCKET))
    world.put("notes.txt", b"x", event=False)
    assert function("sweep").handle(world.ports, lambda: 0.0)["found"] == MAX_UNKNOWN


def test_a_data_file_of_a_registered_drop_is_not_found_as_a_drop(world: World) -> None:
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


def test_a_drop_is_registered_even_if_the_queues_are_lost(world: World) -> None:
    world.accepted()
    world.ports.queues.wipe()
    world.live_through(hours=2)
    assert world.row().stage == "registered"


def test_a_job_whose_message_was_lost_is_polled_again_with_a_new_generation(world: World) -> None:
    row = world.accepted()
    world.ports.queues.send("registrations", {"drop_id": row.drop_id, "attempt": 1})
    world.run(5)
    world.ports.queues.wipe()
    world.live_through(hours=1)
    assert world.row().stage == "registered"
    assert world.row().generation >= 1
    assert len(world.ports.images.bodies) == 1


def test_messages_from_before_the_ledger_was_lost_are_void(world: World) -> None:
    row = world.accepted()
    world.ports.queues.send("registrations", {"drop_id": row.drop_id, "attempt": 1})
    world.run(5)
    world.ports.ledger.save(world.row().updated(world.ports.clock(), generation=6))
    claims.write_claim(world.ports.objects, world.row(), world.ports.settings.installation)
    world.ports.ledger.wipe()
    world.ports.queues.wipe()
    world.sweep()
    assert (world.row().stage, world.row().generation) == ("importing", 7)


def test_a_lost_ledger_makes_no_second_image_and_the_owner_is_notified(world: World) -> None:
    row = world.accepted()
    world.ports.queues.send("registrations", {"drop_id": row.drop_id, "attempt": 1})
    world.run(5)
    world.ports.ledger.wipe()
    world.ports.queues.wipe()
    world.live_through(hours=1)
    assert world.row().stage == "registered"
    assert len(world.ports.images.bodies) == 1
    assert len(world.mails()) == 1


def test_a_lost_ledger_does_not_register_ended_drops_again(world: World) -> None:
    registered(world)
    world.ports.ledger.wipe()
    world.live_through(hours=1)
    assert world.ports.ledger.rows() == []
    assert (len(world.ports.images.bodies), len(world.mails())) == (1, 1)


def test_an_end_that_is_recovered_from_a_result_file_is_notified_immediately(world: World) -> None:
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


def test_an_end_whose_owner_was_not_notified_is_notified(world: World) -> None:
    row = world.accepted()
    world.ports.ledger.save(transitions.end(row, world.ports.clock(), "failed", None))
    world.live_through(hours=1)
    assert len(world.mails()) == 1


def test_a_drop_without_progress_fails_after_five_redrives(world: World) -> None:
    world.accepted()
    for _ in range(200):
        world.ports.clock.advance(300)
        world.ports.queues.wipe()  # no worker gets a message
        world.sweep()
    row = world.row()
    assert row.stage == "failed"
    assert row.reason is not None
    assert row.reason.code == "internal"
    assert str(MAX_REDRIVES) in row.reason.message
    counts = world.ports.meter.counts
    assert (counts["Redriven"] > MAX_REDRIVES, counts["SweepGaveUp"] >= 1) == (True, True)


def test_a_drop_that_waits_for_an_operator_is_not_redriven(world: World) -> None:
    row = world.accepted()
    world.ports.images.fail("create", *(ImsError("held", "IMG.0015", "quota") for _ in range(40)))
    world.ports.queues.send("registrations", {"drop_id": row.drop_id, "attempt": 1})
    world.live_through(hours=6)
    assert world.row().redrives == 0
    assert world.ports.meter.counts["Redriven"] == 0


def test_a_waiting_drop_whose_image_was_replaced_is_deleted(world: World) -> None:
    world.put(KEY, b"first", event=False)
    head = world.ports.objects.head(BUCKET, KEY)
    assert head is not None
    row = transitions.new_drop(BUCKET, KEY, head.etag, world.ports.clock(), 3600)
    world.ports.ledger.save(transitions.wait(row, world.ports.clock(), versions={KEY: None}, missing=()))
    world.put(KEY, b"second", event=False)
    world.sweep()
    assert world.ports.ledger.get(row.drop_id) is None
    assert {"bucket": BUCKET, "key": KEY} in sent(world)


def test_a_waiting_drop_whose_files_are_in_another_round_is_left_to_that_round() -> None:
    world = World(drop_prefix="golden/")
    world.put(KEY, b"image")
    world.run()
    world.put("golden/a.txt", b"x", event=False)
    world.put("golden/b.txt", b"x", event=False)
    world.ports.objects.page = 2
    calls = world.ports.objects.calls["head"]
    assert function("sweep").handle(world.ports, lambda: 0.0)["driven"] == 0
    assert function("sweep").handle(world.ports, lambda: 0.0)["driven"] == 0
    world.put(KEY + ".json", {"name": "x"}, event=False)
    driven = [function("sweep").handle(world.ports, lambda: 0.0)["driven"] for _ in range(2)]
    assert (driven, world.ports.objects.calls["head"]) == ([0, 1], calls)


def test_a_listing_that_runs_out_of_time_continues_in_the_next_round(world: World) -> None:
    for number in range(10):
        world.put(f"golden/{number}.vhd", b"x", event=False)
    world.ports.objects.page = 3
    rounds = [function("sweep").handle(world.ports, lambda: 0.0) for _ in range(5)]
    found = [message["key"] for message in sent(world)]
    assert set(found) == {f"golden/{number}.vhd" for number in range(10)}
    assert rounds[0]["whole"] is False


def test_a_drop_that_cannot_be_redriven_does_not_stop_the_others(world: World) -> None:
    for number in range(3):
        world.accepted(f"golden/{number}.vhd", str(number).encode(), admission="called")
    world.ports.clock.advance(1000)
    world.ports.queues.fail("send", RuntimeError("throttled"))
    assert world.sweep()["driven"] == 2
    assert len(world.ports.queues.bodies("registrations")) == 2


def test_a_round_that_is_out_of_time_leaves_the_rest_to_the_next_one(world: World) -> None:
    for number in range(3):
        world.accepted(f"golden/{number}.vhd", str(number).encode(), admission="called")
    world.ports.clock.advance(1000)
    world.ports.queues.fail("send", None, OutOfTime("too late"))
    counts = world.sweep()
    assert (counts["driven"], counts["whole"], len(world.ports.queues.bodies("registrations"))) == (1, False, 1)
    assert world.ports.meter.counts["DriveFailed"] == 0
    world.ports.clock.advance(1000)
    assert world.sweep()["driven"] == 3


def test_a_lost_ledger_does_not_undo_an_end_with_a_result_file(world: World) -> None:
    """Although the claim of the live drop still exists."""
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


def test_objects_of_others_in_the_folder_of_claims_are_not_taken_for_claims(world: World) -> None:
    for name in ("notes.json", "a/b.json", "x" * 43, "installation"):
        world.ports.objects.upload(BUCKET, object_keys.FOLDER + name, b"{}")
    before = world.ports.ledger.calls["get"]
    world.sweep()
    assert world.ports.ledger.calls["get"] == before


def test_a_claim_that_was_written_after_the_end_is_deleted(world: World) -> None:
    registered(world)
    claim = object_keys.claim_key(world.row().drop_id)
    world.ports.objects.put(BUCKET, claim, b"{}")
    world.sweep()
    assert claim not in world.ports.objects.keys(BUCKET)


@pytest.mark.parametrize("changes", [{"stage": "waiting"}, {"request": None}, {"versions": {}}, {"stage": "importing"}])
def test_an_incomplete_claim_is_ignored(world: World, changes: dict[str, Any]) -> None:
    row = world.accepted().model_copy(update=changes)
    claims.write_claim(world.ports.objects, row, world.ports.settings.installation)
    world.ports.ledger.wipe()
    world.put("golden/new.vhd", b"new", event=False)
    assert world.sweep()["revived"] == 0
    assert {"bucket": BUCKET, "key": "golden/new.vhd"} in sent(world)


def ended(world: World, number: int, row: bool, part: str | None = None) -> None:
    """An image without sidecar whose rejection was notified: its objects and, if `row`, its row in the ledger.
    `part`: it had a sidecar, and this part was missing."""
    key = f"golden/{number:06d}.vhd"
    head = world.ports.objects.upload(BUCKET, key, b"x", etag=str(number))
    version = FileVersion(etag=head.etag, last_modified=head.last_modified)
    versions: drops.Versions = {key: version, key + ".json": None}
    if part:
        world.ports.objects.upload(BUCKET, key + ".json", b"{}", etag=str(number))
        versions = {key: version, key + ".json": version, part: None}
    at = dict.fromkeys(("received_at", "updated_at", "deadline_at"), world.now())
    drop = drops.Drop(drop_id=drops.drop_id(BUCKET, key, head.etag), bucket=BUCKET, key=key, etag=head.etag, **at)
    drop = drop.model_copy(update={"stage": "rejected", "end_marked": True, "versions": versions})
    world.ports.objects.upload(BUCKET, end_markers.end_marker_key(drop), b"", etag="marker")
    if row:
        world.ports.ledger.save(drop)


def calls_of_a_round(world: World, count: int, rows: bool) -> dict[str, int]:
    """The calls that a round of the sweep makes for `count` drops that have ended."""
    for number in range(count):
        ended(world, number, rows)
    installation.take_bucket(world.ports.objects, BUCKET, "", world.ports.clock())
    ports = (world.ports.objects, world.ports.ledger, world.ports.images, world.ports.queues)
    for port in ports:
        port.calls.clear()
    done = world.sweep()
    assert (done["listed"], done["open"], done["found"], done["driven"], done["whole"]) == (count, 0, 0, 0, True)
    return {name: number for port in ports for name, number in port.calls.items()}


def test_ten_thousand_ended_drops_cost_one_list_page_per_thousand_keys(world: World) -> None:
    world.ports.objects.page = 100  # instead of 1,000, to save time
    calls = calls_of_a_round(world, 10_000, rows=False)
    # Two objects each: the image and the end marker. The place is stored after each ten pages of files, and at the end.
    # The objects that are read have name and start of the installation.
    assert calls == {"get": 2, "list": 200 + 2, "load": 2, "open": 1, "queued": 1, "store": 10 + 1}


def test_rows_of_ended_drops_cost_the_sweep_nothing(world: World) -> None:
    assert calls_of_a_round(World(), 10, rows=True) == calls_of_a_round(world, 900, rows=True) | {"list": 2}


def test_a_round_enqueues_at_most_1000_new_drops_and_later_rounds_all_of_them(world: World) -> None:
    keys = {f"golden/{number:04d}.vhd" for number in range(MAX_FOUND + 500)}
    for key in keys:
        world.ports.objects.upload(BUCKET, key, b"x", etag=key)
    assert world.sweep()["found"] == MAX_FOUND
    assert len({message["key"] for message in sent(world)}) == MAX_FOUND
    for _ in range(20):
        world.sweep()
    assert {message["key"] for message in sent(world)} == keys


def test_a_new_attempt_that_nobody_has_read_is_discarded_when_its_image_is_replaced(world: World) -> None:
    row = world.accepted()
    world.ports.ledger.save(transitions.new_attempt(row, world.ports.clock(), 3600))
    world.put(KEY, b"newer content", event=False)
    world.sweep()
    assert [row.parked for row in world.ports.ledger.rows()] == [True]
