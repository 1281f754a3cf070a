"""Somebody deletes end markers or the result file of a drop that has ended."""

from __future__ import annotations

import pytest

from imagedrop.domain.object_keys import END_MARKERS, result_key
from imagedrop_local.memory.images import Outcome
from tests.support.world import BUCKET, World
from tests.unit.workflow.validate.sample_drop import KEY, put_drop

MARKER, RESULT = "end marker", "result file"


def ended(stage: str) -> World:
    world = World()
    world.ports.images.plan(Outcome(60, "IMG.0999", "broken") if stage == "failed" else Outcome(60))
    put_drop(world, min_disk=5 if stage == "rejected" else None)
    world.run()
    assert world.row(KEY).stage == stage
    return world


def delete(world: World, *records: str) -> None:
    keys = world.ports.objects.keys(BUCKET)
    if MARKER in records:
        for key in keys:
            if key.startswith(END_MARKERS):
                world.ports.objects.delete(BUCKET, key)
    if RESULT in records:
        world.ports.objects.delete(BUCKET, result_key(KEY))


def left(world: World) -> set[str]:
    keys = world.ports.objects.keys(BUCKET)
    found = {MARKER: any(key.startswith(END_MARKERS) for key in keys), RESULT: result_key(KEY) in keys}
    return {name for name, is_there in found.items() if is_there}


def costs(world: World) -> tuple[int, int, int]:
    """(images, mails, SNS messages), as many as were ever made or sent."""
    return len(world.ports.images.bodies), len(world.mails()), len(world.ports.topic.published)


@pytest.mark.parametrize("stage", ["registered", "rejected", "failed"])
@pytest.mark.parametrize("deleted", [(MARKER,), (RESULT,), (MARKER, RESULT)])
def test_while_the_ledger_is_there_the_marker_is_written_again_and_nobody_is_told(
    stage: str, deleted: tuple[str, ...]
) -> None:
    """A deleted result file stays deleted."""
    world = ended(stage)
    before = costs(world)
    delete(world, *deleted)
    world.sweep()
    world.event(KEY)
    world.run()
    assert costs(world) == before
    assert left(world) == {MARKER, RESULT} - ({RESULT} & set(deleted))
    assert world.sweep()["found"] == 0


@pytest.mark.parametrize("stage", ["registered", "rejected", "failed"])
def test_with_a_lost_ledger_and_without_result_file_the_marker_still_says_that_the_drop_has_ended(stage: str) -> None:
    world = ended(stage)
    before = costs(world)
    delete(world, RESULT)
    world.ports.ledger.wipe()
    world.live_through(1)
    assert (costs(world), world.ports.ledger.rows()) == (before, [])


@pytest.mark.parametrize("stage", ["registered", "rejected", "failed"])
def test_with_a_lost_ledger_and_without_marker_the_owner_is_told_once_more_because_nothing_says_that_it_was_told(
    stage: str,
) -> None:
    world = ended(stage)
    images, mails, messages = costs(world)
    delete(world, MARKER)
    world.ports.ledger.wipe()
    world.live_through(3)
    assert costs(world) == (images, mails + 1, messages + 1)
    assert (world.row(KEY).stage, left(world)) == (stage, {MARKER, RESULT})


@pytest.mark.parametrize(("stage", "then"), [
    ("registered", "registered"), ("rejected", "rejected"), ("failed", "registered"),
])  # fmt: skip
def test_with_nothing_left_the_drop_is_a_new_one_and_an_image_that_it_has_is_found_by_its_tag(
    stage: str, then: str
) -> None:
    world = ended(stage)
    images, mails, messages = costs(world)
    delete(world, MARKER, RESULT)
    world.ports.ledger.wipe()
    world.live_through(3)
    assert costs(world) == (images + (stage == "failed"), mails + 1, messages + 1)
    assert (world.row(KEY).stage, left(world)) == (then, {MARKER, RESULT})
    assert len(world.ports.images.images()) == (then == "registered")
