"""One message polls the job to its end. The drop is registered only if images and files are as expected."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from imagedrop.common.timestamps import add_seconds, parse_timestamp, seconds_between
from imagedrop.domain.drop import Drop
from imagedrop.ports import Image, ImsError, Job, ObjectsRefused, ObjectsUnavailable, RetryLater
from imagedrop.workflow import made_images, poll
from imagedrop.workflow.poll import Action, decide
from imagedrop_local.memory.images import Outcome
from tests.support.world import BUCKET, KEY, World


def importing(world: World, outcome: Outcome | None = None, **changes: object) -> None:
    row = world.accepted(**changes)  # type: ignore[arg-type]
    if outcome:
        world.ports.images.plan(outcome)
    world.ports.queues.send("registrations", {"drop_id": row.drop_id, "attempt": 1})
    world.run(5)
    assert world.row().stage == "importing"


def code(world: World) -> str | None:
    reason = world.row().reason
    return reason.code if reason else None


EARLY, NOW, LATE = "2026-11-24T12:59:59.999Z", "2026-11-24T13:00:00.000Z", "2026-11-24T13:00:01.000Z"


@pytest.mark.parametrize(
    ("changes", "action"),
    [
        ({}, Action.POLL),
        ({"next_at": NOW}, Action.POLL),
        ({"next_at": LATE}, Action.WAIT),
        ({"next_at": LATE, "deadline_at": NOW}, Action.POLL),  # once more, before it fails
        ({"next_at": LATE, "deadline_at": EARLY}, Action.POLL),
        ({"attempt": 2}, Action.NOTHING),
        ({"generation": 1}, Action.NOTHING),
        ({"stage": "submitting"}, Action.NOTHING),
        ({"stage": "registered"}, Action.NOTHING),
    ],
)
def test_message_is_handled_by_stage_deadline_and_due_time(
    world: World, changes: dict[str, str], action: Action
) -> None:
    row = world.accepted().model_copy(update={"stage": "importing", **changes})
    assert decide(row, 1, 0, parse_timestamp(NOW)) is action
    assert decide(None, 1, 0, parse_timestamp(NOW)) is Action.NOTHING


def test_end_of_a_job_of_one_hour_is_found_within_12_percent_and_60_calls(world: World) -> None:
    importing(world, Outcome(seconds=3600))
    started = world.ports.clock.seconds()
    world.run()
    ended = parse_timestamp(world.row().ended_at or "").timestamp()
    assert 3600 <= ended - started + 10 <= 3600 * 1.12
    assert world.ports.images.calls["job"] <= 60


def test_one_message_polls_the_job_to_its_end(world: World) -> None:
    importing(world, Outcome(seconds=1800))
    assert len(world.ports.queues.messages("polls")) == 1
    world.run(1000)
    assert len(world.ports.queues.messages("polls")) == 1
    world.run()
    assert world.ports.queues.messages("polls") == []


def test_no_other_images_are_reported_where_there_are_none(world: World, caplog: pytest.LogCaptureFixture) -> None:
    importing(world)
    world.run()
    assert world.row().stage == "registered"
    assert not [record for record in caplog.records if record.levelname == "WARNING"]


def test_message_is_retried_once_per_poll(world: World) -> None:
    importing(world, Outcome(seconds=1800))
    world.run()
    polls = world.ports.images.calls["job"]
    assert len([queue for queue, _ in world.ports.queues.visibility_changes if queue == "polls"]) == polls - 1


def test_failed_job_fails_the_drop_with_code_and_reason_of_ims(world: World) -> None:
    importing(world, Outcome(error_code="IMG.0072", fail_reason="the format is not supported"))
    world.run()
    assert world.row().stage == "failed"
    assert world.result()["reason"] == {"code": "IMG.0072", "message": "the format is not supported"}
    assert "the format is not supported" in world.mails()[0].text


def test_job_with_temporary_error_is_restarted_once(world: World) -> None:
    importing(world, Outcome(error_code="IMG.1075"))
    world.ports.images.plan(Outcome(error_code="IMG.1075"), Outcome())
    world.run()
    assert code(world) == "IMG.1075"
    assert world.ports.images.calls["create"] == 2


def test_job_success_without_active_image_does_not_register_the_drop(world: World) -> None:
    importing(world, Outcome(seconds=100, active=False))
    world.run(2000)
    assert world.row().stage == "importing"
    world.run()
    assert code(world) == "import.deadline"


def test_image_file_replaced_during_the_import_fails_the_drop_and_names_the_image(world: World) -> None:
    importing(world)
    world.put(KEY, b"newer", event=False)
    world.run(400)
    ended = next(row for row in world.ports.ledger.rows() if row.ended)
    assert ended.reason is not None
    assert ended.reason.code == "object.replaced"
    assert f"{KEY} was replaced" in ended.reason.message
    assert "image-0001-0" in ended.reason.message
    assert ended.images[0].id == "image-0001-0"


def test_image_file_deleted_during_the_import_fails_the_drop_and_says_so(world: World) -> None:
    importing(world)
    world.ports.objects.delete(BUCKET, KEY)
    world.run(400)
    assert f"{KEY} was deleted" in world.result()["reason"]["message"]


def test_sidecar_replaced_during_the_import_does_not_fail_the_drop(world: World) -> None:
    importing(world)
    world.ports.clock.advance(2)
    world.put(KEY + ".json", {"name": "other"}, event=False)
    world.run(400)
    assert any(row.stage == "registered" for row in world.ports.ledger.rows())
    assert {"bucket": BUCKET, "key": KEY} in world.ports.queues.bodies("drops") or len(world.mails()) >= 1


def test_image_with_another_drops_tag_fails_the_drop(world: World) -> None:
    importing(world)
    by_ids, tags = world.ports.images.by_ids, {"imagedrop": "y" * 43}

    def retagged(image_ids: Sequence[str]) -> Sequence[Image]:
        return [replace(image, tags=tags) for image in by_ids(image_ids)]

    world.ports.images.by_ids = retagged  # type: ignore[method-assign]
    world.run()
    assert code(world) == "ims.foreign_image"


def test_drop_is_registered_by_its_image_when_ims_does_not_know_the_job(world: World) -> None:
    importing(world)
    world.ports.images.forget("job-0001")
    world.run()
    assert world.row().stage == "registered"


def test_killed_image_of_a_job_that_ims_does_not_know_fails_the_drop_at_once(world: World) -> None:
    importing(world, Outcome(seconds=600))
    row = world.row()
    assert row.sent_at is not None
    tags, origin = {"imagedrop": row.drop_id}, f"file,{BUCKET}:{KEY}"
    world.ports.images.add(Image("failed", "Golden W", "killed", 40, add_seconds(row.sent_at, 60), tags, origin))
    world.ports.images.forget(row.job_id or "")
    world.ports.images.remove("image-0001-0")
    world.run(300)
    assert (world.row().stage, code(world)) == ("failed", "ims.import_failed")


@pytest.mark.parametrize("kind", ["busy", "unknown", "undelivered", "held", "refused"])
def test_error_of_a_query_does_not_end_the_drop(world: World, kind: str) -> None:
    importing(world)
    world.ports.images.fail("job", *(ImsError(kind, "X.1", "no") for _ in range(7)))  # type: ignore[arg-type]
    world.run()
    assert world.row().stage == "registered"


def test_row_that_another_worker_has_changed_is_looked_at_again_soon(world: World) -> None:
    importing(world)
    row, save = world.row(), world.ports.ledger.save

    def conflicting(drop: Drop) -> Drop:
        save(world.row().updated(world.ports.clock()))  # by another worker
        return save(drop)

    world.ports.ledger.save = conflicting  # type: ignore[method-assign]
    world.ports.clock.advance(60)
    with pytest.raises(RetryLater):
        poll.poll(world.ports, row.drop_id, row.attempt, row.generation)


def test_message_of_an_older_generation_is_ignored(world: World) -> None:
    importing(world)
    row = world.ports.ledger.save(world.row().updated(world.ports.clock(), generation=5))
    world.run()
    assert world.row() == row
    assert world.ports.images.calls["job"] == 0


def test_registered_images_include_the_data_images(world: World) -> None:
    row_request = {
        "name": "Golden W",
        "image_url": f"{BUCKET}:{KEY}",
        "min_disk": 40,
        "data_images": [{"name": "D", "image_url": f"{BUCKET}:golden/d.vhd", "min_disk": 10}],
    }
    importing(world, request=row_request)
    world.run()
    images = [(image.role, image.name, image.file) for image in world.row().images]
    assert images == [("system", "Golden W", KEY), ("data", "D", "golden/d.vhd")]


DATA_URL = f"{BUCKET}:golden/d.vhd"


def with_data_disk() -> Drop:
    data = {"name": "D", "image_url": DATA_URL, "min_disk": 10}
    request = {"name": "W", "image_url": f"{BUCKET}:{KEY}", "min_disk": 40, "data_images": [data]}
    return World().accepted(request=request)


def image(name: str, url: str | None, at: str = "2026-11-24T13:00:00Z") -> Image:
    origin = url and f"file,{url}"
    return Image(name, name, "active", 40, at, origin=origin, data_disk=name.startswith("data"))


SYSTEM, DATA_IMAGE = image("system", f"{BUCKET}:{KEY}"), image("data", DATA_URL)
LATER = "2026-11-24T14:00:00Z"
NEWER = [image("system 2", f"{BUCKET}:{KEY}", LATER), image("data 2", DATA_URL, LATER)]


@pytest.mark.parametrize(
    ("images", "chosen"),
    [
        ([DATA_IMAGE, SYSTEM], [SYSTEM, DATA_IMAGE]),
        ([SYSTEM], []),
        ([DATA_IMAGE], []),
        ([SYSTEM, NEWER[0]], []),  # as many as asked for, but no data image
        ([*NEWER, SYSTEM, DATA_IMAGE], NEWER),
        (
            [image("system 2", f"{BUCKET}:{KEY}"), SYSTEM, DATA_IMAGE],
            [image("system 2", f"{BUCKET}:{KEY}"), DATA_IMAGE],
        ),
        (
            [SYSTEM, image("system 2", f"{BUCKET}:{KEY}"), DATA_IMAGE],
            [image("system 2", f"{BUCKET}:{KEY}"), DATA_IMAGE],
        ),
        ([image("system", None), image("data", None)], [image("system", None), image("data", None)]),
        ([image("system", "in another form"), DATA_IMAGE], [image("system", "in another form"), DATA_IMAGE]),
    ],
)
def test_newest_image_of_each_file_is_chosen_and_none_if_one_is_missing(
    images: list[Image], chosen: list[Image]
) -> None:
    assert made_images.one_per_file(with_data_disk(), images) == chosen


def test_data_image_that_only_an_earlier_attempt_asked_for_is_not_registered(world: World) -> None:
    importing(world)
    row = world.row()
    tag = {"imagedrop": row.drop_id}
    images = world.ports.images
    images.forget(row.job_id or "")
    images.add(Image("data-1", "D", "active", 10, row.received_at, tag, f"file,{BUCKET}:golden/d.vhd", data_disk=True))
    world.run()
    assert [image.role for image in world.row().images] == ["system"]


def test_job_is_polled_once_more_after_the_deadline(world: World) -> None:
    importing(world)
    world.ports.clock.advance(90_000)  # no function ran for a day
    world.run()
    assert world.row().stage == "registered"


def test_import_fails_at_its_deadline_to_the_second(world: World) -> None:
    importing(world)
    world.ports.images.fail("job", *(ImsError("busy", "429", "slow down") for _ in range(1000)))
    row = world.row()
    world.ports.clock.advance(seconds_between(world.now(), parse_timestamp(row.deadline_at)))
    poll.poll(world.ports, row.drop_id, row.attempt, row.generation)
    assert (world.row().stage, code(world)) == ("failed", "import.deadline")


def test_missing_image_fails_the_drop_at_its_deadline_to_the_second(world: World) -> None:
    importing(world)
    world.ports.images.remove("image-0001-0")
    row = world.row()
    world.ports.clock.advance(seconds_between(world.now(), parse_timestamp(row.deadline_at)))
    poll.poll(world.ports, row.drop_id, row.attempt, row.generation)
    assert (world.row().stage, code(world)) == ("failed", "import.deadline")


def test_deleted_image_of_an_earlier_request_of_the_attempt_does_not_end_it(world: World) -> None:
    importing(world, Outcome(seconds=600))
    row = world.row()
    assert row.sent_at is not None
    before = {minutes: add_seconds(row.sent_at, -60 * minutes) for minutes in (1, 60)}
    world.ports.ledger.save(row.model_copy(update={"received_at": before[60]}))
    tags = {"imagedrop": row.drop_id}
    world.ports.images.add(Image("earlier", "Golden W", "killed", 40, before[1], tags, f"file,{BUCKET}:{KEY}"))
    world.ports.images.forget(row.job_id or "")
    world.run(300)
    assert world.row().stage == "importing"
    world.run()
    assert world.row().stage == "registered"


def test_data_images_that_the_job_does_not_name_are_found_by_tag(world: World) -> None:
    row = world.accepted()
    tag = {"key": "imagedrop", "value": row.drop_id}
    data = {"name": "D", "image_url": f"{BUCKET}:golden/d.vhd", "min_disk": 10, "image_tags": [tag]}
    assert row.request is not None
    world.ports.ledger.save(row.model_copy(update={"request": row.request | {"data_images": [data]}}))
    job = world.ports.images.job

    def with_one_image(job_id: str) -> Job | None:
        found = job(job_id)
        return found and replace(found, image_ids=found.image_ids[:1])

    world.ports.images.job = with_one_image  # type: ignore[method-assign]
    world.ports.queues.send("registrations", {"drop_id": row.drop_id, "attempt": 1})
    world.run()
    assert [image.role for image in world.row().images] == ["system", "data"]


@pytest.mark.parametrize("error", [ObjectsRefused("AccessDenied", "no"), ObjectsUnavailable("503", "unknown")])
def test_import_continues_while_obs_cannot_be_read_for_hours(world: World, error: Exception) -> None:
    importing(world)
    world.ports.objects.fail("head", *[error] * 60)
    world.live_through(3)
    assert world.row().stage == "importing"
    assert world.row().redrives == 0
    assert world.row().tries > 20
    world.live_through(6)
    assert world.row().stage == "registered"
