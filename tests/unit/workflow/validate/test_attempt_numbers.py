"""No two ends of a drop have the same attempt number: machines identify an end by drop id and attempt."""

from __future__ import annotations

import pytest

from imagedrop.domain import drop as drops
from imagedrop.domain.object_keys import END_MARKERS
from imagedrop.workflow.bucket_records import end_markers
from imagedrop.workflow.validate import validate
from tests.support.world import BUCKET, World
from tests.unit.workflow.validate.sample_drop import KEY, SAMPLE, SIDECAR_KEY, published, put_drop, sidecar


def test_attempt_numbers_go_on_after_the_ledger_is_lost(world: World) -> None:
    put_drop(world, min_disk=5)
    world.run()
    world.ports.clock.advance(60)
    world.put(KEY, SAMPLE + bytes(512))  # its result file replaces the one of the first attempt
    world.run()
    world.ports.ledger.wipe()
    world.ports.clock.advance(60)
    world.put(KEY, SAMPLE)
    world.run()
    ends = published(world)
    assert [end["attempt"] for end in ends if end["etag"] == ends[0]["etag"]] == [1, 2]


@pytest.mark.parametrize("min_disk", [5, 40])  # rejected, registered
@pytest.mark.parametrize(("result_kept", "attempts"), [(True, [1]), (False, [1, 2])])
def test_a_slow_validation_takes_the_end_from_the_bucket_if_the_ledger_is_lost_meanwhile(
    world: World, min_disk: int, result_kept: bool, attempts: list[int]
) -> None:
    """If the result file is gone too, the validation goes on under a new number."""
    save = world.ports.ledger.save

    def slow(drop: drops.Drop) -> drops.Drop:
        world.ports.ledger.save = save  # type: ignore[method-assign]
        world.run()  # a faster worker, up to the end
        world.ports.ledger.wipe()
        if not result_kept:
            world.ports.objects.delete(BUCKET, KEY + ".result.json")
        return save(drop)

    put_drop(world, min_disk=min_disk)
    world.ports.ledger.save = slow  # type: ignore[method-assign]
    validate.validate_key(world.ports, BUCKET, KEY)
    world.run()
    assert [end["attempt"] for end in published(world)] == attempts
    assert world.row(KEY).end_marked


def test_an_answer_gets_a_new_number_even_if_somebody_restores_an_old_result_file(world: World) -> None:
    put_drop(world)
    world.run()
    old = world.ports.objects.get(BUCKET, KEY + ".result.json", limit=1 << 20)
    assert old is not None
    for _ in range(2):
        world.ports.clock.advance(60)
        world.put(KEY, SAMPLE)
        world.run()
        world.ports.objects.put(BUCKET, KEY + ".result.json", old[1])
        world.ports.ledger.wipe()
    assert [end["attempt"] for end in published(world)] == [1, 2, 3]


def test_an_answer_gets_the_next_number_even_if_the_end_markers_were_deleted(world: World) -> None:
    put_drop(world)
    world.run()
    for head in world.ports.objects.list(BUCKET, END_MARKERS).objects:
        world.ports.objects.delete(BUCKET, head.key)
    world.ports.clock.advance(60)
    world.put(KEY, SAMPLE)
    world.run()
    assert [end["attempt"] for end in published(world)] == [1, 2]


def test_attempt_numbers_go_on_when_an_earlier_content_comes_back(world: World) -> None:
    put_drop(world, min_disk=5)
    world.run()
    world.ports.objects.delete(BUCKET, SIDECAR_KEY)
    world.event(KEY)
    world.run()
    assert (world.row(KEY).stage, world.row(KEY).attempt) == ("waiting", 2)
    world.put(KEY, SAMPLE + b"\0" * 512)
    world.put(SIDECAR_KEY, sidecar(min_disk=6))
    world.live_through(1)
    assert world.sweep()["open"] == 0
    world.put(KEY, SAMPLE)
    world.live_through(1)
    ends = published(world)
    assert len({(end["drop_id"], end["attempt"]) for end in ends}) == len(ends) == 3


def test_an_attempt_gets_the_number_after_all_end_markers_however_many_pages_they_fill(world: World) -> None:
    """Markers are listed as texts: n10 comes before n2."""
    put_drop(world, min_disk=5)
    world.run()
    row = world.row(KEY)
    for attempt in range(1, 13):
        end_markers.write_end_marker(world.ports.objects, row.model_copy(update={"attempt": attempt}))
    world.ports.objects.page = 3
    assert end_markers.with_ends(world.ports.objects, row).attempt == 13
