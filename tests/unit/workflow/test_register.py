"""Exactly one image, whatever CreateImage answers or does not answer."""

from __future__ import annotations

from typing import Any

import pytest

from imagedrop.ports import Image, ImsError, ObjectsRefused
from tests.support.world import BUCKET, KEY, SIDECAR, World


def asked(world: World) -> None:
    row = world.accepted()
    world.ports.queues.send("registrations", {"drop_id": row.drop_id, "attempt": row.attempt})


def unknown() -> ImsError:
    return ImsError("unknown", "ReadTimeout", "no answer")


def test_a_drop_becomes_one_image_and_its_owner_is_told_once(world: World) -> None:
    asked(world)
    world.run()
    assert world.row().stage == "registered"
    assert world.row().end_marked
    assert len(world.ports.images.bodies) == 1
    assert [mail.to for mail in world.mails()] == ["ada@example.com"]
    assert len(world.ports.topic.published) == 1
    assert world.result()["images"][0]["id"] == "image-0001-0"
    assert world.result()["job_id"] == "job-0001"


def test_while_ims_works_the_bucket_holds_a_claim_and_afterwards_a_seal(world: World) -> None:
    asked(world)
    world.run(10)
    claim = f".imagedrop/{world.row().drop_id}.json"
    assert claim in world.ports.objects.keys(BUCKET)
    assert b'"job_id": "job-0001"' in (world.ports.objects.body(BUCKET, claim) or b"")
    world.run()
    assert claim not in world.ports.objects.keys(BUCKET)
    assert any(key.startswith(".imagedrop/ended/") for key in world.ports.objects.keys(BUCKET))


def test_a_lost_answer_is_looked_up_and_never_sent_again(world: World) -> None:
    asked(world)
    world.ports.images.fail("create", unknown(), after=True)
    world.run()
    assert world.row().stage == "registered"
    assert world.ports.images.calls["create"] == 1


def test_a_request_that_never_arrived_and_is_never_shown_ends_as_outcome_unknown(world: World) -> None:
    asked(world)
    world.ports.images.fail("create", unknown())
    world.run()
    row = world.row()
    assert (row.stage, row.reason and row.reason.code) == ("failed", "ims.outcome_unknown")
    assert world.ports.images.calls["create"] == 1
    assert world.ports.images.calls["by_tag"] < 600


def test_where_ims_shows_imports_a_request_that_never_arrived_is_sent_again_after_twenty_minutes() -> None:
    world = World(ims_shows_imports=True)
    asked(world)
    world.ports.images.fail("create", unknown())
    world.run(1_190)
    assert world.ports.images.calls["create"] == 1
    world.run()
    assert world.row().stage == "registered"
    assert world.ports.images.calls["create"] == 2
    assert len(world.ports.images.bodies) == 1


@pytest.mark.parametrize("kind", ["busy", "undelivered"])
def test_what_surely_was_not_taken_is_sent_again(world: World, kind: str) -> None:
    asked(world)
    world.ports.images.fail("create", *(ImsError(kind, "IMG.0060", "busy") for _ in range(5)))  # type: ignore[arg-type]
    world.run()
    assert world.row().stage == "registered"
    assert world.ports.images.calls["create"] == 6


def test_a_refusal_rejects_with_imss_own_reason(world: World) -> None:
    asked(world)
    world.ports.images.fail("create", ImsError("refused", "IMG.0056", "the OS version is invalid"))
    world.run()
    assert world.row().stage == "rejected"
    assert world.result()["reason"] == {"code": "IMG.0056", "message": "the OS version is invalid"}
    assert "IMG.0056" in world.mails()[0].text
    assert world.ports.images.calls["create"] == 1


def test_waiting_for_an_operator_keeps_the_stage_and_goes_on_when_he_has_acted(world: World) -> None:
    asked(world)
    world.ports.images.fail("create", *(ImsError("held", "IMG.0015", "quota") for _ in range(3)))
    world.run(10)
    held = world.row()
    assert held.stage == "accepted"
    assert held.held is not None
    assert held.held.code == "IMG.0015"
    world.run()
    assert world.row().stage == "registered"
    assert world.row().held is None


def test_what_is_held_until_the_deadline_fails_and_says_by_what(world: World) -> None:
    asked(world)
    world.ports.images.fail("create", *(ImsError("held", "IMG.0015", "quota reached") for _ in range(200)))
    world.run()
    reason = world.row().reason
    assert reason is not None
    assert reason.code == "deadline"
    assert "IMG.0015" in reason.message


def test_newer_content_before_the_call_ends_the_drop_and_nothing_is_sent(world: World) -> None:
    asked(world)
    world.put(KEY, b"newer", event=False)
    world.step()
    assert world.ports.images.calls["create"] == 0
    ended = [row for row in world.ports.ledger.rows() if row.ended]
    assert [row.reason and row.reason.code for row in ended] == ["object.replaced"]
    assert {"bucket": BUCKET, "key": KEY} in world.ports.queues.bodies("drops")


def test_a_sidecar_that_changed_before_the_call_is_judged_anew(world: World) -> None:
    asked(world)
    world.ports.clock.advance(2)
    world.put(KEY + ".json", {"name": "other"}, event=False)
    world.ports.queues.apply_response(
        "registrations", event := world.ports.queues.event("registrations"), world_register(world, event)
    )
    assert world.ports.images.calls["create"] == 0
    assert (world.row().stage, world.row().attempt) == ("waiting", 2)


def world_register(world: World, event: dict) -> dict:  # type: ignore[type-arg]
    from imagedrop_local.project_paths import function

    answer: dict = function("register").handle(event, world.ports)  # type: ignore[type-arg]
    return answer


def test_an_image_of_an_earlier_attempt_is_taken_and_no_second_one_made(world: World) -> None:
    row = world.accepted()
    image = Image("old", "Golden W", "active", 40, "2026-11-24T12:00:00Z", {"imagedrop": row.drop_id})
    world.ports.images.add(image)
    world.ports.queues.send("registrations", {"drop_id": row.drop_id, "attempt": 1})
    world.run()
    assert world.row().stage == "registered"
    assert [one.id for one in world.row().images] == ["old"]
    assert world.ports.images.calls["create"] == 0


def test_an_image_of_the_same_object_with_another_drops_tag_is_never_taken(world: World) -> None:
    asked(world)
    foreign = Image(
        "foreign", "Golden W", "active", 40, "2026-11-24T23:00:00Z", {"imagedrop": "x" * 43}, f"file,{BUCKET}:{KEY}"
    )
    world.ports.images.add(foreign)
    world.ports.images.fail("create", unknown())
    world.run()
    assert world.row().stage == "failed"
    assert world.row().images == ()


def test_an_untagged_image_of_this_object_name_and_time_is_ours(world: World) -> None:
    asked(world)
    world.ports.images.fail("create", unknown())
    world.run(30)
    late = Image("late", "Golden W", "active", 40, world.now(), {}, f"file,{BUCKET}:{KEY}")
    world.ports.images.add(late)
    world.run()
    assert world.row().stage == "registered"
    assert world.row().images[0].id == "late"


@pytest.mark.parametrize("tagged", [False, True])
def test_an_image_that_two_clocks_cannot_tell_from_ours_is_not_asked_for_again(tagged: bool) -> None:
    """IMS's clock is five minutes slow, and it shows tags only when an import is over."""
    world = World(ims_shows_imports=True, attempt_deadline=7200)
    asked(world)
    made_at = "2026-11-24T12:55:10Z"
    image = Image("ours", "Golden W", "saving", 40, made_at, {}, f"file,{BUCKET}:{KEY}")
    world.ports.images.fail("create", unknown())
    world.ports.images.add(image)
    world.run(3600)
    assert world.ports.images.calls["create"] == 1
    if tagged:
        tags = {"imagedrop": world.row().drop_id}
        world.ports.images.add(Image("ours", "Golden W", "active", 40, made_at, tags, f"file,{BUCKET}:{KEY}"))
    world.run()
    assert (world.row().stage, world.ports.images.calls["create"]) == ("registered" if tagged else "failed", 1)


def test_a_killed_image_of_an_earlier_try_is_not_taken_for_this_ones(world: World) -> None:
    """IMS's clock is fast: the dead one seems to have been made since."""
    asked(world)
    tags = {"imagedrop": world.row().drop_id}
    dead = Image("dead", "Golden W", "killed", 40, "2026-11-24T13:05:00Z", tags, f"file,{BUCKET}:{KEY}")
    world.ports.images.add(dead)
    world.ports.images.fail("create", unknown(), after=True)
    world.run()
    assert [one.id for one in world.row().images] == ["image-0001-0"]


def test_an_image_of_long_ago_keeps_nobody_from_asking_again() -> None:
    world = World(ims_shows_imports=True)
    asked(world)
    old = Image("old", "Golden W", "active", 40, "2026-11-24T12:30:00Z", {}, f"file,{BUCKET}:{KEY}")
    world.ports.images.add(old)
    world.ports.images.fail("create", unknown())
    world.run()
    assert (world.row().stage, world.ports.images.calls["create"]) == ("registered", 2)


def test_files_that_changed_after_a_crash_before_the_call_are_judged_anew(world: World) -> None:
    asked(world)
    world.ports.objects.fail("put", RuntimeError("killed while claiming"))
    world.step()
    assert (world.row().stage, world.row().sent_at) == ("submitting", None)
    world.ports.clock.advance(5)
    world.put(KEY + ".json", {**SIDECAR, "name": "Another"}, event=False)
    world.run(60)
    assert (world.row().attempt, world.ports.images.calls["create"]) == (2, 0)


def test_a_worker_that_died_before_it_sent_is_replaced(world: World) -> None:
    asked(world)
    world.ports.objects.fail("put", RuntimeError("killed while claiming"))
    world.run()
    assert world.row().stage == "registered"
    assert world.ports.images.calls["create"] == 1


def test_messages_of_an_older_attempt_change_nothing(world: World) -> None:
    row = world.accepted()
    world.ports.queues.send("registrations", {"drop_id": row.drop_id, "attempt": 7})
    world.run()
    assert world.row() == row
    assert world.ports.images.calls == {}


def test_two_messages_make_one_call(world: World) -> None:
    asked(world)
    world.ports.queues.send("registrations", {"drop_id": world.row().drop_id, "attempt": 1})
    world.run()
    assert world.ports.images.calls["create"] == 1


def test_an_answer_that_could_not_be_saved_is_looked_up(world: World) -> None:
    """The function dies after IMS has accepted and before the job id is in the ledger."""
    asked(world)
    saves = [None, None, RuntimeError("killed")]
    world.ports.ledger.fail("save", *saves)
    world.run()
    assert world.row().stage == "registered"
    assert world.ports.images.calls["create"] == 1


def test_nobody_looks_while_the_caller_may_still_hear_the_answer(world: World) -> None:
    """A second message comes in the middle of the call: the job's id is not lost over it."""
    asked(world)
    images, create = world.ports.images, world.ports.images.create

    def slow(body: Any) -> str:
        world.ports.queues.send("registrations", {"drop_id": world.row().drop_id, "attempt": 1})
        world.ports.clock.advance(40)
        world.step()
        return create(body)

    images.create = slow  # type: ignore[method-assign]
    world.run(60)
    assert (world.row().stage, world.row().job_id) == ("importing", "job-0001")


def test_an_image_that_has_come_by_the_deadline_is_found_by_a_last_look(world: World) -> None:
    asked(world)
    world.ports.images.fail("create", unknown(), after=True)
    world.run(100)
    world.ports.clock.advance(90_000)  # no function ran for a day
    world.run()
    assert world.row().stage == "registered"


def test_a_name_that_is_taken_is_refused_at_once_though_ims_was_busy_before(world: World) -> None:
    asked(world)
    busy, taken = ImsError("busy", "IMG.0060", "busy"), ImsError("refused", "IMG.0009", "the name is taken")
    world.ports.images.fail("create", busy, busy, taken)
    world.run()
    assert (world.row().stage, world.result()["reason"]["code"]) == ("rejected", "IMG.0009")


def test_a_name_that_is_taken_after_a_lost_answer_may_be_taken_by_us() -> None:
    world = World(ims_shows_imports=True)
    asked(world)
    taken = ImsError("refused", "IMG.0009", "the name is taken")
    world.ports.images.fail("create", unknown(), taken)
    world.run(1500)
    assert world.row().stage == "submitting"


def test_files_that_may_not_be_read_hold_the_drop_until_an_operator_has_acted(world: World) -> None:
    asked(world)
    world.ports.objects.fail("head", *(ObjectsRefused("AccessDenied", "no") for _ in range(10)))
    world.live_through(2)
    held = world.row().held
    assert (world.row().stage, held and held.code) == ("accepted", "AccessDenied")
    world.live_through(2)
    assert world.row().stage == "registered"


@pytest.mark.parametrize("kind", ["held", "busy", "undelivered"])
def test_what_was_definitely_not_taken_is_sent_again_though_the_ledger_is_lost(world: World, kind: str) -> None:
    asked(world)
    world.ports.images.fail("create", ImsError(kind, "IMG.0015", "quota"))  # type: ignore[arg-type]
    world.run(5)
    assert world.row().stage == "accepted"
    world.ports.ledger.wipe()
    world.ports.queues.wipe()
    world.live_through(hours=1)
    assert world.row().stage == "registered"
    assert world.ports.images.calls["create"] == 2
