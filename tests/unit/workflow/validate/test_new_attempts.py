"""A drop that has ended gets a new attempt when its files change or an operator redrives it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from imagedrop.ports import Image, ImsError
from tests.support.world import World, ids
from tests.unit.workflow.validate.sample_drop import KEY, SAMPLE, SIDECAR_KEY, published, put_drop, sidecar


def test_a_new_sidecar_starts_a_new_attempt_after_a_rejection(world: World) -> None:
    put_drop(world, min_disk=5)
    world.run()
    assert world.row(KEY).stage == "rejected"
    world.ports.clock.advance(60)
    world.put(SIDECAR_KEY, sidecar())
    world.run()
    assert world.row(KEY).stage == "registered"
    assert world.result(KEY)["attempt"] == 2
    assert len(world.mails()) == 2


def test_the_sweep_finds_a_new_sidecar_whose_event_was_lost(world: World) -> None:
    put_drop(world, min_disk=5)
    world.run()
    world.ports.clock.advance(60)
    world.put(SIDECAR_KEY, sidecar(), event=False)
    world.live_through(0.5)
    assert world.row(KEY).stage == "registered"


def test_a_redrive_message_received_twice_starts_one_new_attempt(world: World) -> None:
    put_drop(world, min_disk=5)
    world.run()
    world.event(KEY, after_attempt=1)
    world.event(KEY, after_attempt=1)
    world.run()
    assert (world.row(KEY).stage, world.row(KEY).attempt) == ("rejected", 2)


def test_the_owner_is_notified_of_an_end_before_the_next_attempt_begins(world: World) -> None:
    put_drop(world, min_disk=5)
    world.ports.mail.fail("send", RuntimeError("throttled"))
    world.run(60)
    assert world.row(KEY).stage == "rejected"
    world.put(SIDECAR_KEY, sidecar())
    world.run()
    assert (world.row(KEY).stage, world.row(KEY).attempt) == ("registered", 2)
    assert [end["attempt"] for end in published(world)] == [1, 2]
    assert len(world.mails()) == 2


def test_a_redrive_waits_until_the_owner_is_notified_of_the_end(world: World) -> None:
    put_drop(world, min_disk=5)
    world.ports.topic.fail("publish", RuntimeError("throttled"))
    world.run(60)
    world.event(KEY, after_attempt=1)
    world.run()
    assert [end["attempt"] for end in published(world)] == [1, 2]


def test_the_owner_is_notified_of_an_end_even_if_the_ledger_is_lost_first(world: World) -> None:
    put_drop(world, min_disk=5)
    world.ports.mail.fail("send", RuntimeError("throttled"))
    world.run(5)
    world.ports.ledger.wipe()
    world.ports.queues.wipe()
    world.live_through(2)
    assert [mail.to for mail in world.mails()] == ["ada@example.com"]


def test_a_registered_drop_that_is_dropped_again_is_answered_with_its_image(world: World) -> None:
    put_drop(world)
    world.run()
    image = world.result(KEY)["images"][0]["id"]
    world.ports.clock.advance(60)
    world.put(KEY, SAMPLE)
    world.run()
    result = world.result(KEY)
    assert (result["stage"], result["attempt"], result["images"][0]["id"]) == ("registered", 2, image)
    assert ids(result["findings"]) == {"drop.already_registered"}
    assert len(world.ports.images.bodies) == 1


def test_a_registered_drop_that_is_dropped_again_is_registered_again_if_ims_has_lost_its_image(world: World) -> None:
    put_drop(world)
    world.run()
    world.ports.images.remove(world.result(KEY)["images"][0]["id"])
    world.ports.clock.advance(60)
    world.put(KEY, SAMPLE)
    world.run()
    assert world.result(KEY)["stage"] == "registered"
    assert len(world.ports.images.bodies) == 2


@pytest.mark.parametrize("status", ["deleted", "killed"])
def test_a_registered_drop_that_is_dropped_again_is_not_answered_with_a_deleted_image(
    world: World, status: str
) -> None:
    """IMS still shows it for a while."""
    put_drop(world)
    world.run()
    image = world.ports.images.images()[0]
    world.ports.images.remove(image.id)
    images, by_ids = world.ports.images, world.ports.images.by_ids

    def with_deleted(image_ids: Sequence[str]) -> Sequence[Image]:
        return [*by_ids(image_ids), *([replace(image, status=status)] if image.id in image_ids else [])]

    images.by_ids = with_deleted  # type: ignore[method-assign]
    world.ports.clock.advance(60)
    world.put(KEY, SAMPLE)
    world.run()
    result = world.result(KEY)
    assert (result["stage"], result["attempt"], len(images.bodies)) == ("registered", 2, 2)
    assert result["images"][0]["id"] != image.id


def test_a_registered_drop_that_is_dropped_again_while_ims_is_down_is_tried_once_per_sweep(world: World) -> None:
    put_drop(world)
    world.run()
    world.ports.images.fail("by_ids", *(ImsError("undelivered", "away", "no route") for _ in range(5000)))
    calls = world.ports.images.calls["by_ids"]
    world.put(KEY, SAMPLE)
    world.live_through(3)
    assert 30 <= world.ports.images.calls["by_ids"] - calls <= 38
    world.ports.images._plans.clear()
    world.live_through(1)
    assert (world.row(KEY).stage, world.row(KEY).attempt, len(world.mails())) == ("registered", 2, 2)
