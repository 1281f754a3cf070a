"""CreateImage got no answer: how long its image is looked for, and when it is called again."""

from __future__ import annotations

from typing import Any

import pytest

from imagedrop.domain.drop import ChannelDelivery
from imagedrop.domain.resend_bound import RESEND_AFTER
from imagedrop.ports import Image, ImsError, ObjectsUnavailable
from imagedrop.workflow.import_durations import GIB, NOTE, SHORTEST_WINDOW
from imagedrop.workflow.register.decisions import CALL_AGAIN_FOR
from tests.support.world import BUCKET, KEY, SIDECAR, World
from tests.unit.workflow.validate.sample_drop import published

UNKNOWN = ImsError("unknown", "ReadTimeout", "no answer")
TAKEN = ImsError("refused", "IMG.0009", "the name is taken")


def sent_without_answer(world: World, *errors: Exception, **changes: Any) -> None:
    """The first call arrives nowhere; the next ones fail with `errors`."""
    row = world.accepted(**changes)
    world.ports.images.fail("create", UNKNOWN, *errors)
    world.ports.queues.send("registrations", {"drop_id": row.drop_id, "attempt": row.attempt})
    world.run(1)
    assert (world.row().stage, world.ports.images.calls["create"]) == ("submitting", 1)


def hours_until_end(world: World) -> float:
    started = world.ports.clock.seconds()
    world.run()
    return (world.ports.clock.seconds() - started) / 3600


def test_drop_fails_after_two_hours_where_ims_hides_imports(world: World) -> None:
    sent_without_answer(world)
    sent_at = world.row().sent_at
    assert 2 <= hours_until_end(world) < 2.2
    reason = world.row().reason
    assert reason is not None
    assert (world.row().stage, reason.code) == ("failed", "ims.outcome_unknown")
    assert f"did not answer the request of {sent_at}" in reason.message
    assert f"imagedrop={world.row().drop_id} until {(world.row().ended_at or '')[:16]}" in reason.message
    assert "If there is none, upload the sidecar again" in world.mails()[0].text
    assert world.ports.images.calls["create"] == 1
    assert world.ports.images.calls["by_tag"] <= 40


def test_drop_fails_at_once_if_its_image_was_made_and_deleted(world: World) -> None:
    sent_without_answer(world)
    row = world.row()
    tags = {"imagedrop": row.drop_id}
    killed = Image("i", "Golden W", "killed", 40, row.sent_at or "", tags, f"file,{BUCKET}:{KEY}")
    world.ports.images.add(killed)
    assert hours_until_end(world) < 0.1
    assert world.result()["reason"] == {"code": "ims.import_failed", "message": "The image i is killed in IMS."}


def test_deleted_image_beside_the_one_that_is_followed_is_not_recorded(world: World) -> None:
    sent_without_answer(world)
    row = world.row()
    for number, status in enumerate(("active", "killed")):
        name = str(number)
        tags = {"imagedrop": row.drop_id}
        world.ports.images.add(Image(name, name, status, 40, row.sent_at or "", tags, f"file,{BUCKET}:{KEY}"))
    step = world.ports.queues.next_at()
    assert step is not None
    world.run(step - world.ports.clock.seconds())
    world.step()
    assert (world.row().stage, [image.id for image in world.row().images]) == ("importing", ["0"])


def test_slow_imports_seen_before_make_the_search_longer(world: World) -> None:
    world.ports.ledger.store(NOTE, {"seen": [[40.0, 7200]]})
    sent_without_answer(world, size=int(40 * GIB))
    assert 8 + RESEND_AFTER / 3600 <= hours_until_end(world) < 8.7


def test_search_ends_at_the_deadline_of_the_attempt() -> None:
    world = World(attempt_deadline=5400)
    world.ports.ledger.store(NOTE, {"seen": [[40.0, 86_400]]})
    sent_without_answer(world, size=int(40 * GIB))
    assert 1.5 <= hours_until_end(world) < 1.6
    assert (world.row().reason or TAKEN).code == "ims.outcome_unknown"


def test_drop_is_not_given_up_while_ims_cannot_be_asked(world: World) -> None:
    sent_without_answer(world)
    world.ports.images.fail("by_tag", *(ImsError("unknown", "503", "down") for _ in range(60)))
    world.run(SHORTEST_WINDOW + 3600)
    assert world.row().stage == "submitting"
    image = Image(
        "late", "Golden W", "active", 40, world.now(), {"imagedrop": world.row().drop_id}, f"file,{BUCKET}:{KEY}"
    )
    world.ports.images.add(image)
    world.run()
    assert [image.id for image in world.row().images] == ["late"]


def test_image_that_appears_after_the_end_is_adopted_when_the_drop_is_dropped_again(world: World) -> None:
    world.put(KEY, b"image", event=False)
    sent_without_answer(world)
    world.run()
    tags = {"imagedrop": world.row().drop_id}
    world.ports.images.add(Image("late", "Golden W", "active", 40, world.now(), tags, f"file,{BUCKET}:{KEY}"))
    row = world.ports.ledger.save(world.row().updated(world.ports.clock()))
    again = world.ports.ledger.save(
        world.row().model_copy(update={"stage": "accepted", "attempt": 2, "reason": None, "revision": row.revision})
    )
    world.ports.queues.send("registrations", {"drop_id": again.drop_id, "attempt": 2})
    world.run()
    assert (world.row().stage, world.row().images[0].id) == ("registered", "late")
    assert world.ports.images.calls["create"] == 1


@pytest.mark.parametrize(("names", "after"), [("always", RESEND_AFTER), ("after_import", SHORTEST_WINDOW)])
def test_lost_request_is_sent_again_where_ims_refuses_taken_names(names: str, after: float) -> None:
    world = World(ims_names_unique=names)
    sent_without_answer(world)
    world.run(after - 10)
    assert world.ports.images.calls["create"] == 1
    world.run(800)
    assert (world.row().stage, world.row().job_id) == ("registered", "job-0001")
    assert len(world.ports.images.bodies) == 1


@pytest.mark.parametrize(("names", "most"), [("always", 35), ("after_import", 8)])
def test_hidden_import_whose_name_is_refused_is_looked_for(names: str, most: int) -> None:
    """The answer to the first call is lost. IMS refuses every further one."""
    world = World(ims_names_unique=names)
    sent_without_answer(world, *[TAKEN] * 100)
    assert hours_until_end(world) * 3600 == pytest.approx(SHORTEST_WINDOW + CALL_AGAIN_FOR, abs=400)
    assert (world.row().stage, (world.row().reason or TAKEN).code) == ("failed", "ims.outcome_unknown")
    assert 2 <= world.ports.images.calls["create"] <= most


def test_hidden_import_is_adopted_after_ims_has_refused_its_name() -> None:
    world = World(ims_names_unique="always")
    sent_without_answer(world, *[TAKEN] * 3)
    sent_at = world.row().sent_at
    world.run(RESEND_AFTER + 400)
    assert (world.row().stage, world.row().sends, world.row().sent_at) == ("submitting", 1, sent_at)
    tags = {"imagedrop": world.row().drop_id}
    world.ports.images.add(Image("ours", "Golden W", "active", 40, world.now(), tags, f"file,{BUCKET}:{KEY}"))
    world.run()
    assert (world.row().stage, world.row().images[0].id) == ("registered", "ours")


@pytest.mark.parametrize(
    "error",
    [
        ImsError("busy", "IMG.0060", "too many tasks"),
        ImsError("undelivered", "NewConnectionError", "no route"),
        ImsError("held", "IMG.0015", "quota"),
        ImsError("refused", "IMG.0056", "the OS version is invalid"),
    ],
)
def test_second_call_that_ims_did_not_take_does_not_make_the_first_one_forgotten(error: ImsError) -> None:
    """Else a changed sidecar would begin a new attempt, though IMS may have the first request."""
    world = World(ims_names_unique="always")
    sent_without_answer(world, error)
    sent_at = world.row().sent_at
    world.run(RESEND_AFTER + 200)
    assert world.ports.images.calls["create"] == 2
    assert (world.row().stage, world.row().sends, world.row().sent_at) == ("submitting", 1, sent_at)
    assert (world.row().held is not None) == (error.kind == "held")
    world.run(500)
    assert world.row().job_id == "job-0001"


def test_second_unknown_outcome_starts_the_wait_anew() -> None:
    world = World(ims_names_unique="always")
    sent_without_answer(world, UNKNOWN)
    first = world.row().sent_at or ""
    world.run(RESEND_AFTER + 400)
    second = world.row().sent_at or ""
    assert (world.row().sends, second > first) == (2, True)
    world.run(RESEND_AFTER - 450)
    assert world.ports.images.calls["create"] == 2
    world.run()
    assert (world.row().stage, len(world.ports.images.bodies)) == ("registered", 1)


def test_changed_files_are_not_sent_again() -> None:
    world = World(ims_names_unique="always")
    sent_without_answer(world)
    world.ports.clock.advance(2)
    world.put(KEY + ".json", {**SIDECAR, "name": "Another"}, event=False)
    world.run(SHORTEST_WINDOW + CALL_AGAIN_FOR - 100)
    assert (world.row().stage, world.row().attempt, world.ports.images.calls["create"]) == ("submitting", 1, 1)
    world.run(500)
    assert world.ports.images.calls["create"] == 1
    assert next(end["reason"]["code"] for end in published(world)) == "ims.outcome_unknown"


def test_drop_stays_unknown_while_obs_cannot_be_read_before_the_second_call() -> None:
    world = World(ims_names_unique="always")
    sent_without_answer(world)
    world.run(RESEND_AFTER - 10)
    world.ports.objects.fail("head", *[ObjectsUnavailable("down")] * 3)
    world.run(400)
    assert (world.row().stage, world.ports.images.calls["create"]) == ("submitting", 1)
    world.run()
    assert world.row().stage == "registered"


def test_taken_name_rejects_the_drop_if_ims_surely_has_no_earlier_request() -> None:
    world = World(ims_shows_imports=True)
    sent_without_answer(world, TAKEN)
    world.run(RESEND_AFTER + 400)
    assert (world.row().stage, world.result()["reason"]["code"]) == ("rejected", "IMG.0009")


def test_mail_about_a_delay_is_not_forgotten_if_it_is_recorded_just_before_the_second_call() -> None:
    """The claim tells of a second call then, and the row does not: the row is made from the claim."""
    world = World(ims_names_unique="always")
    sent_without_answer(world)
    world.run(RESEND_AFTER - 10)
    told, put = {"unanswered": ChannelDelivery(state="done", at=world.now())}, world.ports.objects.put

    def put_and_tell(bucket: str, key: str, body: bytes, content_type: str = "application/json") -> None:
        put(bucket, key, body, content_type)
        if world.row().late is None:
            world.ports.ledger.save(world.row().model_copy(update={"late": told}))

    world.ports.objects.put = put_and_tell  # type: ignore[method-assign]
    world.run(500)
    assert (world.row().stage, world.row().late, world.ports.images.calls["create"]) == ("submitting", told, 1)
    world.run()
    assert (world.row().stage, len(world.ports.images.bodies)) == ("registered", 1)
