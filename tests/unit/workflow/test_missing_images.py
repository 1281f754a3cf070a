"""IMS has made the images, or has shown them, and shows them no more: the drop fails with the true reason."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from imagedrop.common.timestamps import parse_timestamp
from imagedrop.domain.drop import Drop
from imagedrop.ports import Image, ImsError
from imagedrop.workflow.import_durations import SHORTEST_WINDOW
from imagedrop.workflow.missing_images import MISSING_FOR
from imagedrop_local.memory.images import Outcome
from tests.support.world import BUCKET, KEY, World

SYSTEM, DATA = "image-0001-0", "image-0001-1"
PART = {"name": "D", "image_url": f"{BUCKET}:golden/d.vhd", "min_disk": 10}


def send(world: World, data_disk: bool, seconds: float) -> None:
    row = world.accepted()
    tag = {"key": "imagedrop", "value": row.drop_id}
    more = {"data_images": [PART | {"image_tags": [tag]}]} if data_disk else {}
    world.ports.ledger.save(row.model_copy(update={"request": (row.request or {}) | more}))
    world.ports.images.plan(Outcome(seconds=seconds))
    world.ports.queues.send("registrations", {"drop_id": row.drop_id, "attempt": 1})


def importing(world: World, *, data_disk: bool = False, seconds: float = 300) -> None:
    send(world, data_disk, seconds)
    world.run(5)
    assert world.row().stage == "importing"


def ended(world: World) -> tuple[str | None, str, float]:
    """Reason code, message, and seconds from the start of the job to the end."""
    row = world.row()
    assert row.stage == "failed"
    assert row.reason is not None
    started, end = parse_timestamp(row.job_started_at or ""), parse_timestamp(row.ended_at or "")
    return row.reason.code, row.reason.message, (end - started).total_seconds()


def show_as(world: World, status: str) -> None:
    by_ids = world.ports.images.by_ids

    def shown(image_ids: Sequence[str]) -> Sequence[Image]:
        return [replace(image, status=status) for image in by_ids(image_ids)]

    world.ports.images.by_ids = shown  # type: ignore[method-assign]


def test_image_deleted_before_the_first_look_is_told_after_half_an_hour(world: World) -> None:
    importing(world)
    world.ports.images.remove(SYSTEM)
    world.run(300)
    polls = world.ports.images.calls["job"]
    world.run()
    code, message, seconds = ended(world)
    assert code == "ims.image_missing"
    assert f"IMS has made the image, but shows 0 of 1 since {(world.row().ended_at or '')[:11]}" in message
    assert f"The image {SYSTEM} is not there." in message
    assert 300 + 1800 <= seconds < 300 + 1800 + 400
    assert world.ports.images.calls["job"] - polls <= 12
    assert "ask who deleted the image" in world.mails()[0].text
    assert world.row().images == ()


@pytest.mark.parametrize("status", ["deleted", "killed"])
def test_image_that_ims_shows_as_deleted_is_told(world: World, status: str) -> None:
    importing(world)
    show_as(world, status)
    world.run()
    assert ended(world)[0] == "ims.image_missing"
    message = ended(world)[1]
    assert "but shows 0 of 1" in message
    assert f"The image {SYSTEM} is {status}." in message
    assert "is still there" not in message
    assert world.row().images == ()


def test_image_that_appears_25_minutes_after_its_job_is_registered(world: World) -> None:
    importing(world)
    by_ids, from_now = world.ports.images.by_ids, world.ports.clock.seconds() + 300 + 1500

    def late(image_ids: Sequence[str]) -> Sequence[Image]:
        return by_ids(image_ids) if world.ports.clock.seconds() >= from_now else []

    world.ports.images.by_ids = late  # type: ignore[method-assign]
    world.run()
    assert (world.row().stage, world.row().images_missing_since is not None) == ("registered", True)


def test_image_that_is_shown_but_not_active_is_waited_for_until_the_deadline(world: World) -> None:
    importing(world)
    show_as(world, "saving")
    world.run()
    assert ended(world)[0] == "import.deadline"


@pytest.mark.parametrize(("removed", "left"), [(SYSTEM, DATA), (DATA, SYSTEM)])
def test_part_of_the_images_that_is_missing_is_told_with_what_is_left(world: World, removed: str, left: str) -> None:
    importing(world, data_disk=True)
    world.ports.images.remove(removed)
    world.run()
    code, message, seconds = ended(world)
    assert (code, seconds < 2600) == ("ims.image_missing", True)
    assert "IMS has made the images, but shows 1 of 2" in message
    assert f"The image {removed} is not there." in message
    assert f"The image {left} is still there: delete it before you start a new attempt." in message
    assert [image.id for image in world.row().images] == [left]


def test_images_that_vanish_and_come_back_start_the_wait_anew(world: World) -> None:
    importing(world)
    by_ids, clock = world.ports.images.by_ids, world.ports.clock
    back, gone_again = clock.seconds() + 1500, clock.seconds() + 2500

    def flickering(image_ids: Sequence[str]) -> Sequence[Image]:
        shown = back <= clock.seconds() < gone_again
        return [replace(image, status="saving") for image in by_ids(image_ids)] if shown else []

    world.ports.images.by_ids = flickering  # type: ignore[method-assign]
    world.run()
    code, _, seconds = ended(world)
    assert (code, seconds >= 2500 + 1800) == ("ims.image_missing", True)


def test_at_a_deadline_within_the_half_hour_the_image_may_still_appear() -> None:
    world = World(attempt_deadline=1200)
    importing(world)
    world.ports.images.remove(SYSTEM)
    world.run()
    code, message, seconds = ended(world)
    assert (code, seconds < 1600) == ("import.deadline", True)
    assert "IMS has made the image, but shows 0 of 1 since" in message
    assert f"The image {SYSTEM} is not there." in message


def test_wait_goes_on_while_ims_cannot_be_asked(world: World) -> None:
    importing(world)
    world.ports.images.remove(SYSTEM)
    world.run(900)
    since = world.row().images_missing_since
    world.ports.images.fail("job", *[ImsError("unknown", "503", "down")] * 3)
    world.run(700)
    assert world.row().images_missing_since == since is not None
    world.run()
    assert ended(world)[2] < 3000


# --- the job is not known ----------------------------------------------------------------------------------------


def adopted(world: World, *, data_disk: bool = False, seconds: float = 7200) -> Drop:
    """The answer of CreateImage was lost; the image was found while it is imported."""
    world.ports.images.shows_imports = True
    world.ports.images.fail("create", ImsError("unknown", "ReadTimeout", "no answer"), after=True)
    send(world, data_disk, seconds)
    world.run(120)
    assert (world.row().stage, world.row().job_id) == ("importing", None)
    return world.row()


def test_image_that_vanishes_during_an_import_without_known_job_is_told_after_half_an_hour(world: World) -> None:
    adopted(world)
    world.ports.images.remove(SYSTEM)
    world.run()
    code, message, seconds = ended(world)
    assert (code, 1800 <= seconds < 2500) == ("ims.image_missing", True)
    assert f"The image {SYSTEM} is not there." in message


def test_import_without_known_job_is_followed_by_its_image(world: World) -> None:
    adopted(world)
    world.run()
    assert world.row().stage == "registered"


def test_data_image_may_be_hidden_while_the_system_image_is_being_imported(world: World) -> None:
    """IMS shows no tags during an import, so only the system image is found, by its source."""
    row = adopted(world, data_disk=True, seconds=30_000)
    images, by_tag = world.ports.images, world.ports.images.by_tag

    def when_active(key: str, value: str) -> Sequence[Image]:
        return [image for image in by_tag(key, value) if image.status == "active"]

    images.by_tag = when_active  # type: ignore[method-assign]
    world.ports.ledger.save(row.model_copy(update={"images": row.images[:1]}))
    world.run()
    assert [image.role for image in world.row().images] == ["system", "data"]


def test_hidden_import_whose_job_ims_does_not_know_is_looked_for_as_long_as_imports_take(world: World) -> None:
    importing(world, seconds=86_000)
    world.ports.images.forget("job-0001")
    world.run()
    code, message, seconds = ended(world)
    assert (code, SHORTEST_WINDOW + MISSING_FOR <= seconds < SHORTEST_WINDOW + MISSING_FOR + 600) == (
        "ims.outcome_unknown",
        True,
    )
    assert "IMS does not know the job job-0001" in message


def test_image_that_appears_25_minutes_after_ims_forgot_its_long_job_is_registered(world: World) -> None:
    importing(world, seconds=30_000)
    images, by_tag = world.ports.images, world.ports.images.by_tag
    world.run(30_000 - 60)
    images.forget("job-0001")
    shown_from = world.ports.clock.seconds() + 1500

    def late(key: str, value: str) -> Sequence[Image]:
        return by_tag(key, value) if world.ports.clock.seconds() >= shown_from else []

    images.by_tag = late  # type: ignore[method-assign]
    world.run()
    assert world.row().stage == "registered"


def test_data_image_that_never_shows_is_told_though_the_job_is_not_known(world: World) -> None:
    row = world.accepted()
    assert row.request is not None
    world.ports.ledger.save(row.model_copy(update={"request": {**row.request, "data_images": [PART]}}))
    tags: dict[str, Any] = {"imagedrop": row.drop_id}
    world.ports.images.add(Image("old", "Golden W", "active", 40, world.now(), tags, f"file,{BUCKET}:{KEY}"))
    world.ports.queues.send("registrations", {"drop_id": row.drop_id, "attempt": 1})
    world.run()
    code, message, seconds = ended(world)
    assert (code, SHORTEST_WINDOW + MISSING_FOR <= seconds < SHORTEST_WINDOW + MISSING_FOR + 600) == (
        "ims.image_missing",
        True,
    )
    assert "IMS has started the import, but shows 1 of 2. The image old is still there" in message
