"""A drop waits for its image or its sidecar."""

from __future__ import annotations

from typing import Any

import pytest

from imagedrop.domain.object_keys import INSTALLATION, START
from imagedrop_local.memory.images import Outcome
from tests.support.world import BUCKET, World, ids
from tests.unit.workflow.validate.sample_drop import KEY, SAMPLE, SIDECAR_KEY, published, put_drop, sidecar


@pytest.mark.parametrize("order", [(KEY, SIDECAR_KEY), (SIDECAR_KEY, KEY)])
def test_image_and_sidecar_may_come_in_any_order_hours_apart(world: World, order: tuple[str, str]) -> None:
    files: dict[str, bytes | dict[str, Any]] = {KEY: SAMPLE, SIDECAR_KEY: sidecar()}
    world.put(order[0], files[order[0]])
    world.run()
    world.ports.clock.advance(3 * 3600)
    assert world.row(KEY).stage == "waiting"
    world.put(order[1], files[order[1]])
    world.run()
    assert world.row(KEY).stage == "registered"
    assert [row.stage for row in world.ports.ledger.rows()] == ["registered"]


def test_newer_content_that_waits_for_older_content_is_not_inspected_again(world: World) -> None:
    world.ports.images.plan(Outcome(seconds=3600))
    put_drop(world)
    world.run(60)
    world.put(KEY, SAMPLE + bytes(512))
    world.run(1)
    reads = world.ports.objects.calls["read"]
    (newer,) = (row for row in world.ports.ledger.rows() if row.blocked_by)
    world.event(KEY)
    world.run(1)
    assert world.ports.objects.calls["read"] == reads
    assert world.ports.ledger.get(newer.drop_id) == newer


def test_an_image_whose_sidecar_never_comes_leaves_nothing_in_ledger_and_bucket(world: World) -> None:
    world.put(KEY, SAMPLE)
    world.live_through(23)
    assert world.row(KEY).missing == (SIDECAR_KEY,)
    world.live_through(2)
    assert world.ports.ledger.rows() == []
    assert set(world.ports.objects.keys(BUCKET)) == {KEY, INSTALLATION, START}


def test_a_sidecar_that_comes_after_all_makes_it_a_drop(world: World) -> None:
    """Also one whose earlier attempt was parked meanwhile: it gets a new deadline for its missing files."""
    world.put(KEY, SAMPLE)
    world.put(SIDECAR_KEY, {"name": ""})
    world.run()
    assert world.result(KEY)["stage"] == "rejected"
    world.ports.objects.delete(BUCKET, SIDECAR_KEY)
    world.put(KEY, SAMPLE)
    world.live_through(60)
    assert [(row.stage, row.parked, row.attempt) for row in world.ports.ledger.rows()] == [("waiting", True, 2)]
    part = "golden/data.qcow2"
    world.put(SIDECAR_KEY, sidecar(data_images=[{"file": "data.qcow2", "min_disk": 40}]))
    world.live_through(2)
    assert world.row(KEY).missing == (part,)
    world.put(part, SAMPLE)
    world.run()
    assert world.result(KEY)["stage"] == "registered"


def test_a_sidecar_whose_image_never_comes_is_rejected_and_its_owner_gets_one_mail(world: World) -> None:
    world.put(SIDECAR_KEY, sidecar())
    world.live_through(30)
    assert ids(world.result(KEY)["findings"]) == {"pair.image_missing"}
    assert [mail.to for mail in world.mails()] == ["ada@example.com"]


def test_a_sidecar_that_comes_after_the_rejection_starts_a_new_attempt(world: World) -> None:
    world.put(KEY, SAMPLE)
    world.live_through(25)
    world.put(SIDECAR_KEY, sidecar())
    world.run()
    assert world.result(KEY)["stage"] == "registered"


def test_an_image_that_comes_after_the_rejection_is_registered(world: World) -> None:
    world.put(SIDECAR_KEY, sidecar())
    world.live_through(25)
    world.put(KEY, SAMPLE)
    world.run()
    assert world.result(KEY)["stage"] == "registered"


def test_a_drop_waits_while_its_image_has_another_size_than_the_sidecar_states(world: World) -> None:
    world.put(KEY, b"an older image")
    world.put(SIDECAR_KEY, sidecar(size=len(SAMPLE)))
    world.run()
    assert world.row(KEY).stage == "waiting"
    world.put(KEY, SAMPLE)
    world.live_through(1)
    assert world.result(KEY)["stage"] == "registered"
    assert len(world.mails()) == 1


def test_result_files_claims_and_other_files_are_no_drops(world: World) -> None:
    world.put(KEY + ".result.json", {})
    world.put(".imagedrop/x.json", {})
    world.put("notes.txt", b"hello")
    world.put("config.json", {"a": 1})
    world.live_through(30)
    assert world.ports.ledger.rows() == []


def test_a_sidecar_does_not_wait_for_an_image_that_was_deleted_after_its_end(world: World) -> None:
    put_drop(world)
    world.run()
    world.ports.objects.delete(BUCKET, KEY)
    world.event(SIDECAR_KEY)
    world.live_through(26)
    assert len(world.mails()) == 1
    world.ports.ledger.wipe()
    world.live_through(26)
    assert len(world.mails()) == 1


def test_a_sidecar_waits_for_an_image_that_was_deleted_before_its_end(world: World) -> None:
    put_drop(world, min_disk=5)
    world.run()
    world.put(SIDECAR_KEY, sidecar(size=1))
    world.run()
    assert (world.row(KEY).stage, world.row(KEY).attempt) == ("waiting", 2)
    world.ports.objects.delete(BUCKET, KEY)
    world.live_through(26)
    assert ids(world.result(KEY)["findings"]) == {"pair.image_missing"}
    assert world.sweep()["found"] == 0


def test_the_rejection_of_a_lone_sidecar_is_notified_even_if_its_image_comes_at_that_time(world: World) -> None:
    world.put(SIDECAR_KEY, sidecar())
    world.run()
    world.ports.clock.advance(25 * 3600)
    world.sweep()
    world.ports.topic.fail("publish", RuntimeError("killed"))
    world.step()
    assert world.row(KEY).stage == "rejected"
    world.ports.queues.wipe()
    world.put(KEY, SAMPLE)
    world.live_through(2)
    assert [end["stage"] for end in published(world)] == ["registered", "rejected"]
    assert [row.stage for row in world.ports.ledger.rows()] == ["rejected", "registered"]
    assert not any(row.open for row in world.ports.ledger.rows())
