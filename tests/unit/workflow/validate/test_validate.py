"""From the files in the bucket to an accepted, rejected or waiting drop, and on to its end, in memory."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import pytest

from imagedrop.domain import drop as drops
from imagedrop.domain.object_keys import END_MARKERS
from imagedrop.ports import ImsError, run_in_sequence
from imagedrop.workflow.validate import validate
from imagedrop_local.project_paths import SAMPLES
from tests.support.world import BUCKET, World, ids

SAMPLE = (SAMPLES / "windows-server-2022.qcow2").read_bytes()
SIDECAR: dict[str, Any] = json.loads((SAMPLES / "windows-server-2022.qcow2.json").read_text())
KEY = "golden/w.qcow2"
BESIDE = KEY + ".json"


def sidecar(**changes: Any) -> dict[str, Any]:
    return {name: value for name, value in (SIDECAR | changes).items() if value is not None}


def test_image_and_sidecar_become_a_registered_image(world: World) -> None:
    world.put(KEY, SAMPLE)
    world.put(BESIDE, sidecar())
    world.run()
    result = world.result(KEY)
    assert (result["stage"], result["attempt"]) == ("registered", 1)
    assert set(result["versions"]) == {KEY, BESIDE}
    assert result["drop_id"] == drops.drop_id(BUCKET, KEY, result["etag"])
    body = world.ports.images.bodies[0]
    assert body["image_url"] == f"{BUCKET}:{KEY}"
    assert {"key": "imagedrop", "value": result["drop_id"]} in body["image_tags"]
    assert (body["min_disk"], body["hw_firmware_type"]) == (40, "uefi")
    assert len(world.mails()) == 1


def test_what_an_image_is_judged_by_is_read_side_by_side(world: World) -> None:
    asked: list[int] = []

    def together(calls: Sequence[Callable[[], bytes]]) -> Sequence[bytes]:
        asked.append(len(calls))
        return run_in_sequence(calls)

    world.ports = replace(world.ports, run_parallel=together)
    world.put(KEY, SAMPLE)
    world.put(BESIDE, sidecar())
    world.run()
    assert world.row(KEY).stage == "registered"
    assert max(asked) > 1


@pytest.mark.parametrize("order", [(KEY, BESIDE), (BESIDE, KEY)])
def test_the_parts_may_come_in_any_order_and_hours_apart(world: World, order: tuple[str, str]) -> None:
    files = {KEY: SAMPLE, BESIDE: sidecar()}
    world.put(order[0], files[order[0]])
    world.run()
    world.ports.clock.advance(3 * 3600)
    assert world.row(KEY).stage == "waiting"
    world.put(order[1], files[order[1]])
    world.run()
    assert world.row(KEY).stage == "registered"
    assert [row.stage for row in world.ports.ledger.rows()] == ["registered"]


def test_doubled_events_make_one_image_and_one_mail(world: World) -> None:
    world.put(KEY, SAMPLE)
    world.put(BESIDE, sidecar())
    for _ in range(5):
        world.event(KEY)
        world.event(BESIDE)
    world.run()
    world.event(KEY)
    world.run()
    assert (len(world.ports.images.bodies), len(world.mails())) == (1, 1)


def test_every_fault_of_sidecar_and_image_is_told_at_once(world: World) -> None:
    world.put(KEY, SAMPLE[:100_000])
    world.put(BESIDE, sidecar(nmae="x", min_disk=5, hw_firmware_type="bios"))
    world.run()
    result = world.result(KEY)
    assert result["stage"] == "rejected"
    found = ids(result["findings"])
    assert len([one for one in result["findings"] if one["severity"] == "error"]) >= 3, found
    assert "image.truncated" in found
    assert world.ports.images.calls["create"] == 0
    assert all(one["fix"] for one in result["findings"])


def test_mending_is_dropping_again(world: World) -> None:
    world.put(KEY, SAMPLE)
    world.put(BESIDE, sidecar(min_disk=5))
    world.run()
    assert world.row(KEY).stage == "rejected"
    world.ports.clock.advance(60)
    world.put(BESIDE, sidecar())
    world.run()
    assert world.row(KEY).stage == "registered"
    assert world.result(KEY)["attempt"] == 2
    assert len(world.mails()) == 2


def test_a_slow_look_begins_no_attempt_for_files_that_a_faster_one_has_judged(world: World) -> None:
    world.put(KEY, SAMPLE, event=False)
    world.put(BESIDE, sidecar(min_disk=5), event=False)
    ledger, get = world.ports.ledger, world.ports.ledger.get

    def late(drop_id: str) -> drops.Drop | None:
        """The slow one has its files, and asks for the row only now."""
        ledger.get = get  # type: ignore[method-assign]
        world.ports.clock.advance(5)
        world.put(BESIDE, sidecar(min_disk=6))
        world.run(60)
        return get(drop_id)

    ledger.get = late  # type: ignore[method-assign]
    validate.validate_key(world.ports, BUCKET, KEY)
    world.run()
    assert (world.row(KEY).attempt, len(world.mails())) == (1, 1)


def test_a_slow_look_leaves_the_result_of_newer_content_alone(world: World) -> None:
    world.put(KEY, SAMPLE)
    world.put(BESIDE, sidecar(min_disk=5))
    world.run()
    objects, get = world.ports.objects, world.ports.objects.get

    def late(bucket: str, key: str, *, limit: int) -> Any:
        """The slow one has found nothing changed, and asks for the result file only now."""
        if key.endswith(".result.json"):
            objects.get = get  # type: ignore[method-assign]
            world.put(KEY, SAMPLE + bytes(512))
            world.run()
        return get(bucket, key, limit=limit)

    objects.get = late  # type: ignore[method-assign]
    validate.validate_key(world.ports, BUCKET, KEY)
    head = world.ports.objects.head(BUCKET, KEY)
    assert head is not None
    assert world.result(KEY)["etag"] == head.etag


def test_attempts_are_counted_on_when_the_ledger_is_lost(world: World) -> None:
    """Whoever drops doubles by drop id and attempt would else take the second end for the first."""
    world.put(KEY, SAMPLE)
    world.put(BESIDE, sidecar(min_disk=5))
    world.run()
    world.ports.clock.advance(60)
    world.put(KEY, SAMPLE + bytes(512))  # whose result file tells of it alone
    world.run()
    world.ports.ledger.wipe()
    world.ports.clock.advance(60)
    world.put(KEY, SAMPLE)
    world.run()
    told = [json.loads(one.body) for one in world.ports.topic.published]
    assert [one["attempt"] for one in told if one["etag"] == told[0]["etag"]] == [1, 2]


@pytest.mark.parametrize("min_disk", [5, 40])  # rejected, registered
def test_no_number_is_told_twice_though_the_ledger_is_lost_while_a_look_stands_still(
    world: World, min_disk: int
) -> None:
    save = world.ports.ledger.save

    def slow(row: drops.Drop) -> drops.Drop:
        world.ports.ledger.save = save  # type: ignore[method-assign]
        world.run()  # a faster look, and all that follows
        world.ports.ledger.wipe()
        return save(row)

    world.put(KEY, SAMPLE)
    world.put(BESIDE, sidecar(min_disk=min_disk))
    world.ports.ledger.save = slow  # type: ignore[method-assign]
    validate.validate_key(world.ports, BUCKET, KEY)
    world.run()
    told = [json.loads(one.body)["attempt"] for one in world.ports.topic.published]
    assert told == [1, 2]


def test_a_drop_that_is_answered_gets_a_number_that_nobody_has_been_told(world: World) -> None:
    """A result file that somebody has put back tells of an older attempt than the last."""
    world.put(KEY, SAMPLE)
    world.put(BESIDE, sidecar())
    world.run()
    old = world.ports.objects.get(BUCKET, KEY + ".result.json", limit=1 << 20)
    assert old is not None
    for _ in range(2):
        world.ports.clock.advance(60)
        world.put(KEY, SAMPLE)
        world.run()
        world.ports.objects.put(BUCKET, KEY + ".result.json", old[1])
        world.ports.ledger.wipe()
    told = [json.loads(one.body)["attempt"] for one in world.ports.topic.published]
    assert told == [1, 2, 3]


def test_an_answer_gets_the_next_number_though_somebody_has_cleared_the_seals_away(world: World) -> None:
    world.put(KEY, SAMPLE)
    world.put(BESIDE, sidecar())
    world.run()
    for head in world.ports.objects.list(BUCKET, END_MARKERS).objects:
        world.ports.objects.delete(BUCKET, head.key)
    world.ports.clock.advance(60)
    world.put(KEY, SAMPLE)
    world.run()
    told = [json.loads(one.body)["attempt"] for one in world.ports.topic.published]
    assert told == [1, 2]


def test_a_mended_sidecar_whose_event_is_lost_is_found_by_the_sweep(world: World) -> None:
    world.put(KEY, SAMPLE)
    world.put(BESIDE, sidecar(min_disk=5))
    world.run()
    world.ports.clock.advance(60)
    world.put(BESIDE, sidecar(), event=False)
    world.live_through(0.5)
    assert world.row(KEY).stage == "registered"


def test_a_registered_drop_that_is_dropped_again_is_answered_with_its_image(world: World) -> None:
    world.put(KEY, SAMPLE)
    world.put(BESIDE, sidecar())
    world.run()
    image = world.result(KEY)["images"][0]["id"]
    world.ports.clock.advance(60)
    world.put(KEY, SAMPLE)
    world.run()
    result = world.result(KEY)
    assert (result["stage"], result["attempt"], result["images"][0]["id"]) == ("registered", 2, image)
    assert ids(result["findings"]) == {"drop.already_registered"}
    assert len(world.ports.images.bodies) == 1


def test_unless_ims_no_longer_has_that_image(world: World) -> None:
    world.put(KEY, SAMPLE)
    world.put(BESIDE, sidecar())
    world.run()
    world.ports.images.remove(world.result(KEY)["images"][0]["id"])
    world.ports.clock.advance(60)
    world.put(KEY, SAMPLE)
    world.run()
    assert world.result(KEY)["stage"] == "registered"
    assert len(world.ports.images.bodies) == 2


def test_newer_content_waits_for_the_older_and_both_become_images(world: World) -> None:
    world.put(KEY, SAMPLE)
    world.put(BESIDE, sidecar())
    world.run(30)
    assert world.row(KEY).stage == "importing"
    newer = SAMPLE + b"\0" * 512
    world.put(KEY, newer)
    world.run(30)
    stages = sorted(row.stage for row in world.ports.ledger.rows())
    assert stages == ["importing", "waiting"]
    world.live_through(2)
    stages = sorted(row.stage for row in world.ports.ledger.rows())
    # The older one's object was replaced while IMS read it: that is said, and the newer one is registered.
    assert stages == ["failed", "registered"]


def test_an_image_whose_sidecar_never_comes_is_told_to_the_operator(world: World) -> None:
    world.put(KEY, SAMPLE)
    world.live_through(25)
    assert world.row(KEY).stage == "rejected"
    assert ids(world.result(KEY)["findings"]) == {"pair.sidecar_missing"}
    assert [mail.to for mail in world.mails()] == ["operator@example.com"]


def test_a_sidecar_whose_image_never_comes_is_told_to_its_owner_once(world: World) -> None:
    world.put(BESIDE, sidecar())
    world.live_through(30)
    assert ids(world.result(KEY)["findings"]) == {"pair.image_missing"}
    assert [mail.to for mail in world.mails()] == ["ada@example.com"]


def test_a_late_sidecar_mends_an_overdue_image(world: World) -> None:
    world.put(KEY, SAMPLE)
    world.live_through(25)
    world.put(BESIDE, sidecar())
    world.run()
    assert world.result(KEY)["stage"] == "registered"


def test_a_late_image_mends_an_overdue_sidecar(world: World) -> None:
    world.put(BESIDE, sidecar())
    world.live_through(25)
    world.put(KEY, SAMPLE)
    world.run()
    assert world.result(KEY)["stage"] == "registered"


def test_an_older_image_than_the_sidecar_says_is_waited_out(world: World) -> None:
    world.put(KEY, b"an older image")
    world.put(BESIDE, sidecar(size=len(SAMPLE)))
    world.run()
    assert world.row(KEY).stage == "waiting"
    world.put(KEY, SAMPLE)
    world.live_through(1)
    assert world.result(KEY)["stage"] == "registered"
    assert len(world.mails()) == 1


def test_data_files_are_waited_for_and_are_no_drops_of_their_own(world: World) -> None:
    wanted = sidecar(data_images=[{"file": "data.qcow2", "name": "data disk", "min_disk": 40}])
    world.put("golden/data.qcow2", SAMPLE)
    world.run()
    world.put(KEY, SAMPLE)
    world.put(BESIDE, wanted | {"data_images": [{"file": "later.qcow2", "name": "data disk", "min_disk": 40}]})
    world.run()
    assert world.row(KEY).missing == ("golden/later.qcow2",)
    world.put("golden/later.qcow2", SAMPLE)
    world.run()
    result = world.result(KEY)
    assert result["stage"] == "registered", result
    assert "golden/later.qcow2" in result["versions"]
    assert [(image["role"], image["file"]) for image in result["images"]] == [
        ("system", KEY),
        ("data", "golden/later.qcow2"),
    ]
    assert list(world.ports.ledger.rows_of_key(BUCKET, "golden/later.qcow2")) == []


def test_a_data_file_that_came_first_stops_being_a_drop_when_a_sidecar_names_it(world: World) -> None:
    world.put("golden/data.qcow2", SAMPLE)
    world.run()
    assert world.row("golden/data.qcow2").stage == "waiting"
    world.put(KEY, SAMPLE)
    world.put(BESIDE, sidecar(data_images=[{"file": "data.qcow2", "name": "data disk", "min_disk": 40}]))
    world.run()
    assert list(world.ports.ledger.rows_of_key(BUCKET, "golden/data.qcow2")) == []
    world.live_through(26)
    assert len(world.mails()) == 1


def test_a_data_file_that_never_comes_is_told_to_the_owner(world: World) -> None:
    world.put(KEY, SAMPLE)
    world.put(BESIDE, sidecar(data_images=[{"file": "data.qcow2", "name": "data disk", "min_disk": 40}]))
    world.live_through(25)
    assert "pair.part_missing" in ids(world.result(KEY)["findings"])
    assert [mail.to for mail in world.mails()] == ["ada@example.com"]


def test_result_files_claims_and_foreign_files_start_nothing(world: World) -> None:
    world.put(KEY + ".result.json", {})
    world.put(".imagedrop/x.json", {})
    world.put("notes.txt", b"hello")
    world.put("config.json", {"a": 1})
    world.live_through(30)
    assert world.ports.ledger.rows() == []


def test_a_redrive_starts_a_new_attempt_once(world: World) -> None:
    world.put(KEY, SAMPLE)
    world.put(BESIDE, sidecar(min_disk=5))
    world.run()
    world.event(KEY, after_attempt=1)
    world.event(KEY, after_attempt=1)
    world.run()
    assert (world.row(KEY).stage, world.row(KEY).attempt) == ("rejected", 2)


def test_one_bad_record_never_harms_its_batch(world: World) -> None:
    world.put(KEY, SAMPLE, event=False)
    world.put(BESIDE, sidecar(), event=False)
    for body in ({"junk": True}, {"Records": [{"eventName": "ObjectCreated:Put"}]}):
        world.ports.queues.send("drops", body)
    world.event(KEY)
    world.run()
    assert world.row(KEY).stage == "registered"


def test_obs_being_away_delays_and_loses_nothing(world: World) -> None:
    from imagedrop.ports import ObjectsUnavailable

    world.put(KEY, SAMPLE)
    world.put(BESIDE, sidecar())
    world.ports.objects.fail("head", *(ObjectsUnavailable("503") for _ in range(4)))
    world.ports.objects.fail("read", ObjectsUnavailable("503"))
    world.run()
    assert world.row(KEY).stage == "registered"


def test_an_owner_of_a_foreign_domain_is_refused_and_not_written_to() -> None:
    world = World(owner_domains=("corp.example",))
    world.put(KEY, SAMPLE)
    world.put(BESIDE, sidecar())
    world.run()
    assert "owner.domain_not_allowed" in ids(world.result(KEY)["findings"])
    assert [mail.to for mail in world.mails()] == ["operator@example.com"]


def test_without_the_declarations_nothing_is_registered() -> None:
    world = World(declarations_accepted=False)
    world.put(KEY, SAMPLE)
    world.put(BESIDE, sidecar())
    world.run()
    assert world.result(KEY)["stage"] == "rejected"
    assert world.ports.images.calls["create"] == 0


def test_an_end_is_told_before_the_next_attempt_begins(world: World) -> None:
    world.put(KEY, SAMPLE)
    world.put(BESIDE, sidecar(min_disk=5))
    world.ports.mail.fail("send", RuntimeError("throttled"))
    world.run(60)
    assert world.row(KEY).stage == "rejected"
    world.put(BESIDE, sidecar())
    world.run()
    assert (world.row(KEY).stage, world.row(KEY).attempt) == ("registered", 2)
    assert [json.loads(one.body)["attempt"] for one in world.ports.topic.published] == [1, 2]
    assert len(world.mails()) == 2


def test_a_redrive_that_comes_before_the_end_is_told_waits_for_it(world: World) -> None:
    world.put(KEY, SAMPLE)
    world.put(BESIDE, sidecar(min_disk=5))
    world.ports.topic.fail("publish", RuntimeError("throttled"))
    world.run(60)
    world.event(KEY, after_attempt=1)
    world.run()
    assert [json.loads(one.body)["attempt"] for one in world.ports.topic.published] == [1, 2]


def test_the_end_of_a_lone_sidecar_is_told_though_its_image_comes_just_then(world: World) -> None:
    world.put(BESIDE, sidecar())
    world.run()
    world.ports.clock.advance(25 * 3600)
    world.sweep()
    world.ports.topic.fail("publish", RuntimeError("killed"))
    world.step()
    assert world.row(KEY).stage == "rejected"
    world.ports.queues.wipe()
    world.put(KEY, SAMPLE)
    world.live_through(2)
    assert [json.loads(one.body)["stage"] for one in world.ports.topic.published] == ["registered", "rejected"]
    assert [row.stage for row in world.ports.ledger.rows()] == ["rejected", "registered"]
    assert not any(row.open for row in world.ports.ledger.rows())


def test_an_image_that_is_taken_away_after_its_end_is_not_missed(world: World) -> None:
    world.put(KEY, SAMPLE)
    world.put(BESIDE, sidecar())
    world.run()
    world.ports.objects.delete(BUCKET, KEY)
    world.event(BESIDE)
    world.live_through(26)
    assert len(world.mails()) == 1
    world.ports.ledger.wipe()
    world.live_through(26)
    assert len(world.mails()) == 1


DATA = "golden/data.qcow2"
NEEDS_DATA = {"data_images": [{"file": "data.qcow2", "name": "data disk", "min_disk": 40}]}


def test_a_file_that_no_sidecar_names_any_more_is_a_drop_again(world: World) -> None:
    world.put(KEY, SAMPLE)
    world.put(BESIDE, sidecar(**NEEDS_DATA))
    world.run()
    world.put(BESIDE, sidecar())
    world.run()
    world.put(DATA, SAMPLE)
    world.live_through(26)
    assert world.result(DATA)["stage"] == "rejected"
    assert world.sweep()["found"] == 0


def test_a_part_whose_own_row_was_made_in_a_race_is_forgotten(world: World) -> None:
    world.put(DATA, SAMPLE)
    world.run()
    world.put(KEY, SAMPLE)
    world.put(BESIDE, sidecar(**NEEDS_DATA))
    row = world.row(DATA)
    world.run()
    world.ports.ledger.save(row.model_copy(update={"revision": 0}))  # by a worker that looked before and was slow
    world.live_through(26)
    assert list(world.ports.ledger.rows_of_key(BUCKET, DATA)) == []
    assert {mail.to for mail in world.mails()} == {"ada@example.com"}


def test_one_drop_that_shares_a_file_never_holds_up_the_other(world: World) -> None:
    other = "golden/a.qcow2"
    for key in (other, KEY):
        world.put(key, SAMPLE, event=False)
        world.put(key + ".json", sidecar(**NEEDS_DATA))
    world.run()
    world.ports.ledger.fail("save", RuntimeError("the first one always fails"))
    world.put(DATA, SAMPLE)
    world.step()
    assert [world.row(key).stage for key in (other, KEY)] == ["waiting", "importing"]


def test_a_drop_that_cannot_be_judged_ends_too(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> None:
        raise RecursionError("a bug")

    monkeypatch.setattr("imagedrop.workflow.validate.accept.inspect", broken)
    world.put(KEY, SAMPLE)
    world.put(BESIDE, sidecar())
    world.live_through(4)
    assert world.result(KEY)["reason"]["code"] == "internal"
    assert len(world.mails()) == 1


def test_images_that_were_made_while_a_file_was_replaced_are_not_taken_by_the_next_attempt(world: World) -> None:
    world.put(KEY, SAMPLE)
    world.put(BESIDE, sidecar(**NEEDS_DATA))
    world.put(DATA, SAMPLE)
    world.run(30)
    world.put(DATA, SAMPLE + b"\0" * 512)
    world.run()
    assert [json.loads(one.body)["stage"] for one in world.ports.topic.published] == ["failed", "registered"]
    assert world.row(KEY).attempt == 2
    assert [image.id for image in world.row(KEY).images] == ["image-0002-0", "image-0002-1"]


def test_a_wiped_ledger_forgets_no_owner_who_is_still_to_be_told(world: World) -> None:
    world.put(KEY, SAMPLE)
    world.put(BESIDE, sidecar(min_disk=5))
    world.ports.mail.fail("send", RuntimeError("throttled"))
    world.run(5)
    world.ports.ledger.wipe()
    world.ports.queues.wipe()
    world.live_through(2)
    assert [mail.to for mail in world.mails()] == ["ada@example.com"]


def test_a_part_of_a_drop_that_was_taken_away_is_left_to_itself(world: World) -> None:
    world.put(KEY, SAMPLE)
    world.put(BESIDE, sidecar(**NEEDS_DATA))
    world.put(DATA, SAMPLE)
    world.run()
    world.ports.objects.delete(BUCKET, KEY)
    world.put(DATA, SAMPLE + b"\0" * 512)
    world.live_through(26)
    assert world.result(DATA)["stage"] == "rejected"
    assert world.sweep()["found"] == 0


def test_the_end_of_one_attempt_never_frees_the_key_of_the_next(world: World) -> None:
    """A worker is slow after it has ended the drop; others tell it, and begin again."""
    world.put(KEY, SAMPLE)
    world.put(BESIDE, sidecar())
    world.ports.images.fail("create", ImsError("refused", "IMG.0056", "no such OS"))
    ledger, save = world.ports.ledger, world.ports.ledger.save

    def slow(row: drops.Drop) -> drops.Drop:
        saved = save(row)
        if saved.ended:
            ledger.save = save  # type: ignore[method-assign]
            world.ports.queues.send("notices", {"drop_id": row.drop_id, "attempt": 1})  # as the sweep does
            world.put(BESIDE, sidecar(description="mended"))
            for _ in range(3):
                world.step()
        return saved

    ledger.save = slow  # type: ignore[method-assign]
    world.run(30)
    assert (world.row(KEY).stage, world.row(KEY).attempt) == ("importing", 2)
    assert world.ports.ledger.live()[BUCKET, KEY] == world.row(KEY).drop_id


def test_newer_content_takes_the_key_over_from_what_has_ended(world: World) -> None:
    world.put(KEY, SAMPLE)
    world.put(BESIDE, sidecar())
    world.run()
    world.put(KEY, SAMPLE + b"\0" * 512)
    world.run()
    assert [row.stage for row in world.ports.ledger.rows()] == ["registered", "registered"]


def test_an_image_that_is_named_as_its_own_data_disk_is_still_judged_as_a_system_disk(world: World) -> None:
    world.put(KEY, SAMPLE)
    world.put(BESIDE, sidecar(data_images=[{"file": "w.qcow2"}, {"file": "w.qcow2.json"}]))
    world.run()
    found = ids(world.result(KEY)["findings"])
    assert "firmware.unknown" not in found
    assert "image.not_generalized" in found  # what only a system disk is told
    assert world.row(KEY).stage == "rejected"


def test_attempts_are_numbered_on_when_content_comes_back(world: World) -> None:
    """Machines drop a notice whose drop id and attempt they have seen."""
    world.put(KEY, SAMPLE)
    world.put(BESIDE, sidecar(min_disk=5))
    world.run()
    world.ports.objects.delete(BUCKET, BESIDE)
    world.event(KEY)
    world.run()
    assert (world.row(KEY).stage, world.row(KEY).attempt) == ("waiting", 2)
    world.put(KEY, SAMPLE + b"\0" * 512)
    world.put(BESIDE, sidecar(min_disk=6))
    world.live_through(1)
    assert world.sweep()["open"] == 0
    world.put(KEY, SAMPLE)
    world.live_through(1)
    ends = [json.loads(one.body) for one in world.ports.topic.published]
    assert len({(end["drop_id"], end["attempt"]) for end in ends}) == len(ends) == 3


def test_a_sidecar_whose_image_was_taken_away_before_it_was_judged_waits_for_it(world: World) -> None:
    world.put(KEY, SAMPLE)
    world.put(BESIDE, sidecar(min_disk=5))
    world.run()
    world.put(BESIDE, sidecar(size=1))
    world.run()
    assert (world.row(KEY).stage, world.row(KEY).attempt) == ("waiting", 2)
    world.ports.objects.delete(BUCKET, KEY)
    world.live_through(26)
    assert ids(world.result(KEY)["findings"]) == {"pair.image_missing"}
    assert world.sweep()["found"] == 0


def test_a_result_that_was_written_over_with_older_content_s_is_put_right(world: World) -> None:
    """Two workers tell two ends of one key at once, and the older one's result comes last."""
    world.put(KEY, SAMPLE[:100_000])
    world.put(BESIDE, sidecar())
    world.run()
    older = world.ports.objects.body(BUCKET, KEY + ".result.json")
    world.put(KEY, SAMPLE)
    world.run()
    assert older is not None
    world.ports.objects.put(BUCKET, KEY + ".result.json", older)
    world.event(KEY)
    world.run()
    assert world.result(KEY)["stage"] == "registered"


def test_an_answer_records_only_what_was_read_together(world: World) -> None:
    world.put(KEY, SAMPLE)
    world.put(BESIDE, sidecar())
    world.put(DATA, SAMPLE)
    world.run()
    get = world.ports.ledger.get

    def slow(drop_id: str) -> drops.Drop | None:
        world.ports.ledger.get = get  # type: ignore[method-assign]
        world.put(BESIDE, sidecar(**NEEDS_DATA))
        return get(drop_id)

    world.ports.ledger.get = slow  # type: ignore[method-assign]
    world.event(KEY)
    world.run()
    assert (world.row(KEY).attempt, len(world.mails())) == (2, 2)


def test_a_registered_drop_that_is_dropped_again_while_ims_is_away_makes_no_storm(world: World) -> None:
    world.put(KEY, SAMPLE)
    world.put(BESIDE, sidecar())
    world.run()
    world.ports.images.fail("by_ids", *(ImsError("undelivered", "away", "no route") for _ in range(5000)))
    calls = world.ports.images.calls["by_ids"]
    world.put(KEY, SAMPLE)
    world.live_through(3)
    assert 30 <= world.ports.images.calls["by_ids"] - calls <= 38
    world.ports.images._plans.clear()
    world.live_through(1)
    assert (world.row(KEY).stage, world.row(KEY).attempt, len(world.mails())) == ("registered", 2, 2)


def test_a_drop_of_which_only_the_data_image_is_left_is_registered_anew(world: World) -> None:
    world.put(DATA, SAMPLE)
    world.put(KEY, SAMPLE)
    world.put(BESIDE, sidecar(**NEEDS_DATA))
    world.run()
    roles = {image["role"]: image["id"] for image in world.result(KEY)["images"]}
    world.ports.images.remove(roles["system"])
    world.ports.clock.advance(60)
    world.put(KEY, SAMPLE)
    world.run()
    assert world.result(KEY)["stage"] == "registered"
    assert len(world.ports.images.bodies) == 2
