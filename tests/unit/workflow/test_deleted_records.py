"""Somebody deletes claims, end markers or the result file of a drop."""

from __future__ import annotations

import pytest

from imagedrop.domain.object_keys import END_MARKERS, claim_key, result_key
from imagedrop.workflow.bucket_records import claims, results
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


def importing(world: World) -> str:
    """The key of the claim of a drop that IMS is importing."""
    world.ports.images.plan(Outcome(7200))
    put_drop(world)
    world.run(600)
    assert world.row(KEY).stage == "importing"
    return claim_key(world.row(KEY).drop_id)


def test_a_claim_that_is_missing_during_the_import_is_written_again(world: World) -> None:
    claim = importing(world)
    before = world.ports.objects.body(BUCKET, claim)
    world.ports.objects.delete(BUCKET, claim)
    world.sweep()
    read = claims.read_claim(world.ports.objects, BUCKET, world.row(KEY).drop_id)
    assert before is not None
    assert read is not None
    assert (read.row.stage, read.row.job_id) == ("importing", world.row(KEY).job_id)


def test_a_claim_of_the_last_minutes_is_not_missed(world: World) -> None:
    """LIST may not have it yet."""
    world.ports.images.plan(Outcome(7200))
    put_drop(world)
    world.run(100)
    claim = claim_key(world.row(KEY).drop_id)
    world.ports.objects.delete(BUCKET, claim)
    world.sweep()
    assert claim not in world.ports.objects.keys(BUCKET)


def test_a_slow_worker_does_not_delete_the_claim_of_the_next_attempt(world: World) -> None:
    claim = importing(world)
    claims.delete_claim(world.ports.objects, world.row(KEY).model_copy(update={"attempt": 0}))
    assert claim in world.ports.objects.keys(BUCKET)
    claims.delete_claim(world.ports.objects, world.row(KEY))
    assert claim not in world.ports.objects.keys(BUCKET)


def test_an_end_without_result_file_gets_its_end_marker_again_and_no_result_file() -> None:
    """The file was deleted on purpose, perhaps: only one of other content is replaced."""
    world = ended("registered")
    delete(world, MARKER, RESULT)
    results.restore_end(world.ports.objects, world.row(KEY))
    assert left(world) == {MARKER}
