"""Registration makes exactly one image, whether CreateImage answers or not."""

from __future__ import annotations

from typing import Any

import pytest

from imagedrop.common.timestamps import parse_timestamp, seconds_between
from imagedrop.domain.resend_bound import (
    FUNCTION_CLOCK_WRONG,
    IMS_CLOCK_BEHIND,
    REGISTER_TIME_LIMIT,
    RESEND_AFTER,
    SIGNATURE_VALID,
)
from imagedrop.ports import Image, ImsError, ObjectsRefused, ObjectsUnavailable, OutOfTime
from imagedrop.workflow.register import next_steps
from tests.support.world import BUCKET, KEY, SIDECAR, World


def send_accepted(world: World) -> None:
    row = world.accepted()
    world.ports.queues.send("registrations", {"drop_id": row.drop_id, "attempt": row.attempt})


def unknown() -> ImsError:
    return ImsError("unknown", "ReadTimeoutError", "no answer")


def test_accepted_drop_becomes_one_image_and_one_notice(world: World) -> None:
    send_accepted(world)
    world.run()
    assert world.row().stage == "registered"
    assert world.row().end_marked
    assert len(world.ports.images.bodies) == 1
    assert [mail.to for mail in world.mails()] == ["ada@example.com"]
    assert len(world.ports.topic.published) == 1
    assert world.result()["images"][0]["id"] == "image-0001-0"
    assert world.result()["job_id"] == "job-0001"


def test_bucket_holds_a_claim_during_the_import_and_an_end_marker_afterwards(world: World) -> None:
    send_accepted(world)
    world.run(10)
    claim = f".imagedrop/{world.row().drop_id}.json"
    assert claim in world.ports.objects.keys(BUCKET)
    assert b'"job_id": "job-0001"' in (world.ports.objects.body(BUCKET, claim) or b"")
    world.run()
    assert claim not in world.ports.objects.keys(BUCKET)
    assert any(key.startswith(".imagedrop/ended/") for key in world.ports.objects.keys(BUCKET))


def test_row_is_left_to_the_worker_that_calls_for_longer_than_it_may_run(world: World) -> None:
    send_accepted(world)
    create, waits = world.ports.images.create, []

    def calling(body: Any) -> str:
        row = world.row()
        waits.append(seconds_between(row.sent_at or "", parse_timestamp(row.next_at or "")))
        return create(body)

    world.ports.images.create = calling  # type: ignore[method-assign]
    world.run(5)
    assert waits[0] > REGISTER_TIME_LIMIT


@pytest.mark.parametrize(
    ("port", "call", "error"),
    [
        ("objects", "get", ObjectsUnavailable("503")),
        ("objects", "get", ObjectsRefused("AccessDenied", "no")),
        ("objects", "head", ObjectsUnavailable("503")),
        ("images", "by_tag", ImsError("unknown", "503", "down")),
        ("images", "by_tag", ImsError("held", "APIGW.0302", "no")),
    ],
)
def test_look_before_the_call_that_fails_is_repeated_and_the_slot_is_kept(
    world: World, port: str, call: str, error: Exception
) -> None:
    send_accepted(world)
    getattr(world.ports, port).fail(call, error)
    world.step()
    assert (world.row().stage, world.row().admission, world.row().tries) == ("accepted", "called", 1)
    assert (world.row().held is None) is ("no" not in str(error))
    world.run()
    assert world.row().stage == "registered"
    assert world.ports.meter.counts["RecordsFailed"] == 0


@pytest.mark.parametrize(("newer", "what"), [(b"newer", "was replaced by newer content"), (None, "was deleted")])
def test_image_that_changed_before_the_call_fails_the_drop_and_says_how(
    world: World, newer: bytes | None, what: str
) -> None:
    send_accepted(world)
    row = world.row()
    if newer:
        world.put(KEY, newer, event=False)
    else:
        world.ports.objects.delete(BUCKET, KEY)
    world.run(60)
    ended = world.ports.ledger.get(row.drop_id)
    assert ended is not None
    assert ended.reason is not None
    assert (ended.stage, ended.reason.code) == ("failed", "object.replaced")
    assert ended.reason.message == f"{KEY} {what} before it could be registered."
    assert not world.ports.images.bodies


def test_lost_answer_is_looked_up_and_create_image_is_called_once(world: World) -> None:
    send_accepted(world)
    world.ports.images.fail("create", unknown(), after=True)
    world.run()
    assert world.row().stage == "registered"
    assert world.ports.images.calls["create"] == 1


def test_request_that_never_arrived_is_sent_again_after_the_bound_where_ims_shows_imports() -> None:
    world = World(ims_shows_imports=True)
    send_accepted(world)
    world.ports.images.fail("create", unknown())
    world.run(RESEND_AFTER - 10)
    assert world.ports.images.calls["create"] == 1
    world.run()
    assert world.row().stage == "registered"
    assert world.ports.images.calls["create"] == 2
    assert len(world.ports.images.bodies) == 1


LAST_MOMENT = REGISTER_TIME_LIMIT + SIGNATURE_VALID + IMS_CLOCK_BEHIND + 2 * FUNCTION_CLOCK_WRONG - 1


@pytest.mark.parametrize("accepted_after", [1_203, 1_243, LAST_MOMENT])
def test_request_that_ims_accepts_at_the_last_moment_is_not_sent_again(
    monkeypatch: pytest.MonkeyPatch, accepted_after: int
) -> None:
    """Seconds by the clock of the worker that looks."""
    monkeypatch.setattr(next_steps, "LOOK_UP_LONGEST", 5.0)
    world = World(ims_shows_imports=True)
    send_accepted(world)
    world.ports.images.fail("create", unknown())
    world.ports.images.shows_imports = True
    world.run(accepted_after)
    world.ports.images.create(world.row().request or {})
    world.run()
    assert (world.row().stage, len(world.ports.images.bodies)) == ("registered", 1)


def test_request_that_ims_accepts_during_a_slow_search_is_not_sent_again() -> None:
    """IMS accepts it within the bound, after the search by name has found nothing; the search ends after the bound. IMS
    shows no tags."""
    world = World(ims_shows_imports=True)
    images, clock = world.ports.images, world.ports.clock
    images.shows_imports, by_name = True, images.by_name
    send_accepted(world)
    images.fail("create", unknown())
    bound = clock.seconds() + RESEND_AFTER

    def slow_by_name(name: str) -> Any:
        found = by_name(name)
        if bound - 300 < clock.seconds() < bound and not images.bodies:
            images.create(world.row().request or {})
            clock.advance(300)
        return found

    images.by_name, images.by_tag = slow_by_name, lambda key, value: []  # type: ignore[method-assign]
    world.run()
    assert (world.row().stage, len(images.bodies)) == ("registered", 1)


@pytest.mark.parametrize("kind", ["busy", "undelivered"])
def test_request_that_ims_did_not_accept_is_sent_again(world: World, kind: str) -> None:
    send_accepted(world)
    world.ports.images.fail("create", *(ImsError(kind, "IMG.0060", "busy") for _ in range(5)))  # type: ignore[arg-type]
    world.run()
    assert world.row().stage == "registered"
    assert world.ports.images.calls["create"] == 6


@pytest.mark.parametrize("no_time_to_say_so", [False, True])
def test_call_that_no_time_was_left_for_is_made_later_and_was_not_sent(world: World, no_time_to_say_so: bool) -> None:
    send_accepted(world)
    world.ports.images.fail("create", OutOfTime("too late"))
    if no_time_to_say_so:  # the first claim is written, the one that says that nothing was sent is not
        world.ports.objects.fail("put", None, None, OutOfTime("too late"))
    world.run(60)
    assert (world.row().stage, world.row().sends) == ("importing", 1)
    assert world.ports.images.calls["create"] == 2
    assert len(world.ports.images.bodies) == 1
    assert world.ports.meter.counts["RecordsFailed"] == 0


def test_refused_request_rejects_the_drop_with_the_reason_of_ims(world: World) -> None:
    send_accepted(world)
    world.ports.images.fail("create", ImsError("refused", "IMG.0056", "the OS version is invalid"))
    world.run()
    assert world.row().stage == "rejected"
    assert world.result()["reason"] == {"code": "IMG.0056", "message": "the OS version is invalid"}
    assert "IMG.0056" in world.mails()[0].text
    assert world.ports.images.calls["create"] == 1
    assert world.ports.meter.counts["Refused"] == 1


def test_held_drop_stays_accepted_and_is_registered_after_the_operator_acted(world: World) -> None:
    send_accepted(world)
    world.ports.images.fail("create", *(ImsError("held", "IMG.0015", "quota") for _ in range(3)))
    world.run(10)
    held = world.row()
    assert held.stage == "accepted"
    assert held.held is not None
    assert held.held.code == "IMG.0015"
    world.run()
    assert world.row().stage == "registered"
    assert world.row().held is None


def test_drop_held_until_the_deadline_fails_and_names_the_error(world: World) -> None:
    send_accepted(world)
    world.ports.images.fail("create", *(ImsError("held", "IMG.0015", "quota reached") for _ in range(200)))
    world.run()
    reason = world.row().reason
    assert reason is not None
    assert reason.code == "deadline"
    assert "IMG.0015" in reason.message


def test_image_replaced_before_the_call_fails_the_drop_without_a_call(world: World) -> None:
    send_accepted(world)
    world.put(KEY, b"newer", event=False)
    world.step()
    assert world.ports.images.calls["create"] == 0
    ended = [row for row in world.ports.ledger.rows() if row.ended]
    assert [row.reason and row.reason.code for row in ended] == ["object.replaced"]
    assert {"bucket": BUCKET, "key": KEY} in world.ports.queues.bodies("drops")


def test_sidecar_changed_before_the_call_begins_a_new_attempt(world: World) -> None:
    send_accepted(world)
    world.ports.clock.advance(2)
    world.put(KEY + ".json", {"name": "other"}, event=False)
    world.ports.queues.apply_response(
        "registrations", event := world.ports.queues.event("registrations"), handle(world, event)
    )
    assert world.ports.images.calls["create"] == 0
    assert (world.row().stage, world.row().attempt) == ("waiting", 2)


def handle(world: World, event: dict[str, Any]) -> dict[str, Any]:
    from imagedrop_local.project_paths import function

    answer: dict[str, Any] = function("register").handle(event, world.ports)
    return answer


def test_image_of_an_earlier_attempt_is_adopted(world: World) -> None:
    row = world.accepted()
    image = Image("old", "Golden W", "active", 40, "2026-11-24T12:00:00Z", {"imagedrop": row.drop_id})
    world.ports.images.add(image)
    world.ports.queues.send("registrations", {"drop_id": row.drop_id, "attempt": 1})
    world.run()
    assert world.row().stage == "registered"
    assert [image.id for image in world.row().images] == ["old"]
    assert world.ports.images.calls["create"] == 0


def test_image_of_the_same_object_with_another_drops_tag_is_not_adopted(world: World) -> None:
    send_accepted(world)
    foreign = Image(
        "foreign", "Golden W", "active", 40, "2026-11-24T23:00:00Z", {"imagedrop": "x" * 43}, f"file,{BUCKET}:{KEY}"
    )
    world.ports.images.add(foreign)
    world.ports.images.fail("create", unknown())
    world.run()
    assert world.row().stage == "failed"
    assert world.row().images == ()


def test_untagged_image_with_equal_origin_and_name_created_since_is_adopted(world: World) -> None:
    send_accepted(world)
    world.ports.images.fail("create", unknown())
    world.run(30)
    late = Image("late", "Golden W", "active", 40, world.now(), {}, f"file,{BUCKET}:{KEY}")
    world.ports.images.add(late)
    world.run()
    assert world.row().stage == "registered"
    assert world.row().images[0].id == "late"


@pytest.mark.parametrize("tagged", [False, True])
def test_image_created_within_the_clock_skew_prevents_a_second_call_and_is_adopted_once_tagged(tagged: bool) -> None:
    """IMS's clock is five minutes slow, and IMS shows tags only after the import."""
    world = World(ims_shows_imports=True, attempt_deadline=7200)
    send_accepted(world)
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


def test_killed_image_of_an_earlier_try_is_ignored(world: World) -> None:
    """IMS's clock is fast: the killed image seems to be newer than the request."""
    send_accepted(world)
    tags = {"imagedrop": world.row().drop_id}
    dead = Image("dead", "Golden W", "killed", 40, "2026-11-24T13:05:00Z", tags, f"file,{BUCKET}:{KEY}")
    world.ports.images.add(dead)
    world.ports.images.fail("create", unknown(), after=True)
    world.run()
    assert [image.id for image in world.row().images] == ["image-0001-0"]


def test_image_older_than_the_clock_skew_does_not_prevent_a_second_call() -> None:
    world = World(ims_shows_imports=True)
    send_accepted(world)
    old = Image("old", "Golden W", "active", 40, "2026-11-24T12:30:00Z", {}, f"file,{BUCKET}:{KEY}")
    world.ports.images.add(old)
    world.ports.images.fail("create", unknown())
    world.run()
    assert (world.row().stage, world.ports.images.calls["create"]) == ("registered", 2)


def test_sidecar_changed_after_a_crash_before_the_call_begins_a_new_attempt(world: World) -> None:
    send_accepted(world)
    world.ports.objects.fail("put", RuntimeError("crash before the claim is written"))
    world.step()
    assert (world.row().stage, world.row().sent_at) == ("submitting", None)
    world.ports.clock.advance(5)
    world.put(KEY + ".json", {**SIDECAR, "name": "Another"}, event=False)
    world.run(150)
    assert (world.row().attempt, world.ports.images.calls["create"]) == (2, 0)


def test_call_is_made_after_a_crash_before_it(world: World) -> None:
    send_accepted(world)
    world.ports.objects.fail("put", RuntimeError("crash before the claim is written"))
    world.run()
    assert world.row().stage == "registered"
    assert world.ports.images.calls["create"] == 1


def test_message_of_another_attempt_is_ignored(world: World) -> None:
    row = world.accepted()
    world.ports.queues.send("registrations", {"drop_id": row.drop_id, "attempt": 7})
    world.run()
    assert world.row() == row
    assert world.ports.images.calls == {}


def test_message_sent_twice_makes_one_call(world: World) -> None:
    send_accepted(world)
    world.ports.queues.send("registrations", {"drop_id": world.row().drop_id, "attempt": 1})
    world.run()
    assert world.ports.images.calls["create"] == 1


def test_image_is_looked_up_when_the_answer_could_not_be_saved(world: World) -> None:
    """The function crashes after IMS has accepted and before the job id is saved."""
    send_accepted(world)
    saves = [None, None, RuntimeError("killed")]
    world.ports.ledger.fail("save", *saves)
    world.run()
    assert world.row().stage == "registered"
    assert world.ports.images.calls["create"] == 1


def test_second_message_waits_while_create_image_may_still_answer(world: World) -> None:
    """The second message comes during the call. The job id is not lost."""
    send_accepted(world)
    images, create = world.ports.images, world.ports.images.create

    def slow(body: Any) -> str:
        world.ports.queues.send("registrations", {"drop_id": world.row().drop_id, "attempt": 1})
        world.ports.clock.advance(40)
        world.step()
        return create(body)

    images.create = slow  # type: ignore[method-assign]
    world.run(60)
    assert (world.row().stage, world.row().job_id) == ("importing", "job-0001")


def test_image_is_looked_up_once_more_after_the_deadline(world: World) -> None:
    send_accepted(world)
    world.ports.images.fail("create", unknown(), after=True)
    world.run(100)
    world.ports.clock.advance(90_000)  # no function ran for a day
    world.run()
    assert world.row().stage == "registered"


def test_taken_name_rejects_the_drop_after_busy_answers(world: World) -> None:
    send_accepted(world)
    busy, taken = ImsError("busy", "IMG.0060", "busy"), ImsError("refused", "IMG.0009", "the name is taken")
    world.ports.images.fail("create", busy, busy, taken)
    world.run()
    assert (world.row().stage, world.result()["reason"]["code"]) == ("rejected", "IMG.0009")


def test_drop_is_held_while_obs_denies_access(world: World) -> None:
    send_accepted(world)
    world.ports.objects.fail("head", *(ObjectsRefused("AccessDenied", "no") for _ in range(10)))
    world.live_through(2)
    held = world.row().held
    assert (world.row().stage, held and held.code) == ("accepted", "AccessDenied")
    world.live_through(2)
    assert world.row().stage == "registered"


@pytest.mark.parametrize("kind", ["held", "busy", "undelivered"])
def test_request_that_ims_did_not_accept_is_sent_again_after_the_ledger_is_lost(world: World, kind: str) -> None:
    send_accepted(world)
    world.ports.images.fail("create", ImsError(kind, "IMG.0015", "quota"))  # type: ignore[arg-type]
    world.run(5)
    assert world.row().stage == "accepted"
    world.ports.ledger.wipe()
    world.ports.queues.wipe()
    world.live_through(hours=1)
    assert world.row().stage == "registered"
    assert world.ports.images.calls["create"] == 2
