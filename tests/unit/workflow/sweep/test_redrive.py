"""The sweep redrives what has stopped, by what is true now and not by what it listed before."""

from __future__ import annotations

from typing import Any

from imagedrop.domain import transitions
from imagedrop.domain.drop import Drop
from tests.support.world import BUCKET, KEY, World


def waiting(world: World, body: bytes) -> Drop:
    """The image is there and waits for its sidecar."""
    world.put(KEY, body)
    world.step()
    row = world.row()
    assert row.missing == (KEY + ".json",)
    return row


def list_as_before(world: World) -> None:
    """From now on listings show the files that are there now."""
    listing, now = world.ports.objects.list, world.ports.objects.list(BUCKET, "", None)

    def stale(bucket: str, prefix: str, after: str | None = None, **more: Any) -> Any:
        return now if prefix == "" else listing(bucket, prefix, after, **more)

    world.ports.objects.list = stale  # type: ignore[assignment, method-assign]


def test_waiting_drop_whose_image_came_after_the_listing_is_kept(world: World) -> None:
    list_as_before(world)
    row = waiting(world, b"image")
    world.sweep()
    assert world.ports.ledger.get(row.drop_id) == row


def test_waiting_drop_whose_image_was_replaced_after_the_listing_is_kept(world: World) -> None:
    world.put(KEY, b"older", event=False)
    list_as_before(world)
    world.ports.clock.advance(5)
    row = waiting(world, b"image")
    world.sweep()
    assert world.ports.ledger.get(row.drop_id) == row


def test_drop_in_the_queue_is_ended_at_its_deadline_though_no_task_becomes_free() -> None:
    world = World(ims_tasks=1, queue_deadline=3600)
    importing = transitions.begin_import(
        world.accepted("golden/first.vhd", b"first", admission="called"),
        world.ports.clock(),
        job_id="job",
        images=(),
        first=1,
    )
    never = dict.fromkeys(("next_at", "deadline_at"), "2027-01-01T00:00:00.000Z")
    world.ports.ledger.save(importing.model_copy(update=never))
    world.ports.ledger.save(transitions.queue(world.accepted(KEY), world.ports.clock(), 3600))
    world.live_through(hours=0.9)
    assert world.row().stage == "accepted"
    world.live_through(hours=0.3)
    assert (world.row().stage, world.result()["reason"]["code"]) == ("failed", "deadline")
    assert world.row("golden/first.vhd").stage == "importing"
