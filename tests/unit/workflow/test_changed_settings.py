"""A drop that is open is followed to its end, whatever prefix, suffixes or bucket are set now. The queues are lost."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from imagedrop.domain import transitions
from imagedrop_local.memory.images import Outcome
from tests.support.world import BUCKET, World
from tests.unit.workflow.validate.sample_drop import DATA_KEY, KEY, SAMPLE, SIDECAR_KEY, WITH_DATA, sidecar

OWNER, OPERATOR = sidecar()["owner"]["email"], "operator@example.com"
CHANGES: dict[str, dict[str, Any]] = {
    "prefix": {"drop_prefix": "new/"},
    "suffixes": {"image_suffixes": (".iso",)},
    "bucket": {"drop_bucket": "other"},
}
changed_settings = pytest.mark.parametrize("changes", CHANGES.values(), ids=CHANGES)


def change(world: World, changes: dict[str, Any]) -> None:
    world.ports.objects.create_bucket("other")
    world.ports = replace(world.ports, settings=world.ports.settings.model_copy(update=changes))
    world.ports.queues.wipe()


def put(world: World, *files: tuple[str, Any], event: bool = True) -> None:
    for key, body in files:
        world.put(key, body, event=event)
    world.run(10)


IMAGE, GOOD_SIDECAR, SIDECAR_WITH_DATA, DATA = (
    (KEY, SAMPLE),
    (SIDECAR_KEY, sidecar()),
    (SIDECAR_KEY, sidecar(**WITH_DATA)),
    (DATA_KEY, SAMPLE),
)
WAITING: dict[str, tuple[tuple[tuple[str, Any], ...], tuple[str, Any], str]] = {
    "sidecar": ((IMAGE,), GOOD_SIDECAR, OPERATOR),
    "image": ((GOOD_SIDECAR,), IMAGE, OWNER),
    "data disk": ((IMAGE, SIDECAR_WITH_DATA), DATA, OWNER),
}
waiting_drops = pytest.mark.parametrize(("there", "missing", "addressee"), WAITING.values(), ids=WAITING)


@changed_settings
@waiting_drops
def test_waiting_drop_is_registered_when_its_last_file_comes_without_event(
    changes: dict[str, Any], there: Any, missing: Any, addressee: str
) -> None:
    world = World()
    put(world, *there)
    change(world, changes)
    put(world, missing, event=False)
    world.live_through(hours=1)
    assert world.row(KEY).stage == "registered"
    assert [mail.to for mail in world.mails()] == [OWNER]


@changed_settings
@waiting_drops
def test_waiting_drop_whose_last_file_never_comes_is_rejected_at_its_deadline(
    changes: dict[str, Any], there: Any, missing: Any, addressee: str
) -> None:
    world = World(pairing_deadline=3600)
    put(world, *there)
    change(world, changes)
    world.live_through(hours=2)
    if missing is GOOD_SIDECAR:
        assert world.ports.ledger.rows() == []  # without a sidecar it is no drop
    else:
        assert world.row(KEY).stage == "rejected"
        assert [mail.to for mail in world.mails()] == [addressee]
    assert world.ports.meter.counts["EventsForeignBucket"] == 0


@changed_settings
def test_waiting_drop_whose_image_is_replaced_is_followed_with_its_new_content(changes: dict[str, Any]) -> None:
    world = World()
    put(world, IMAGE)
    change(world, changes)
    put(world, (KEY, SAMPLE + bytes(512)), GOOD_SIDECAR, event=False)
    world.live_through(hours=1)
    assert [row.stage for row in world.ports.ledger.rows()] == ["registered"]
    assert [mail.to for mail in world.mails()] == [OWNER]


@changed_settings
def test_waiting_drop_is_not_lost_when_a_worker_dies_while_its_image_comes(changes: dict[str, Any]) -> None:
    world = World()
    put(world, GOOD_SIDECAR)
    change(world, changes)
    put(world, IMAGE, event=False)
    world.ports.ledger.fail("save", RuntimeError("killed"))
    world.sweep()
    world.step()
    world.ports.queues.wipe()
    world.live_through(hours=1)
    assert world.row(KEY).stage == "registered"


def accepted(world: World) -> None:
    world.accepted(KEY)


def queued(world: World) -> None:
    blocking = world.accepted("golden/first.vhd", b"first")
    world.ports.images.plan(Outcome(3000))
    world.ports.queues.send("registrations", {"drop_id": blocking.drop_id, "attempt": 1})
    world.step()
    row = world.accepted(KEY)
    world.ports.queues.send("registrations", {"drop_id": row.drop_id, "attempt": 1})
    world.step()
    assert world.row(KEY).open_index_partition == "queued"


def importing(world: World) -> None:
    row = world.accepted(KEY)
    world.ports.queues.send("registrations", {"drop_id": row.drop_id, "attempt": 1})
    world.step()
    assert world.row(KEY).stage == "importing"


@changed_settings
@pytest.mark.parametrize("stage", [accepted, queued, importing])
def test_live_drop_is_registered_and_its_owner_notified(
    changes: dict[str, Any], stage: Callable[[World], None]
) -> None:
    world = World(ims_tasks=1)
    stage(world)
    change(world, changes)
    world.live_through(hours=3)
    assert world.row(KEY).stage == "registered"
    assert not world.row(KEY).open
    assert world.result(KEY)["stage"] == "registered"
    assert "ada@example.com" in {mail.to for mail in world.mails()}


@changed_settings
def test_owner_is_notified_of_an_end_that_was_not_yet_told(changes: dict[str, Any]) -> None:
    world = World()
    world.ports.ledger.save(transitions.end(world.accepted(KEY), world.ports.clock(), "failed", None))
    change(world, changes)
    world.live_through(hours=1)
    assert not world.row(KEY).open
    assert [mail.to for mail in world.mails()] == ["ada@example.com"]


@changed_settings
def test_failed_drop_can_be_redriven(changes: dict[str, Any]) -> None:
    world = World()
    world.ports.ledger.save(transitions.end(world.accepted(KEY), world.ports.clock(), "failed", None))
    world.live_through(hours=1)
    change(world, changes)
    world.ports.queues.send("drops", {"bucket": BUCKET, "key": KEY, "after_attempt": 1})
    world.run(10)
    assert world.row(KEY).attempt == 2


@pytest.mark.parametrize("changes", [CHANGES["prefix"], CHANGES["bucket"]], ids=["prefix", "bucket"])
def test_ended_drop_begins_no_new_attempt_when_its_files_change(changes: dict[str, Any]) -> None:
    world = World()
    put(world, (KEY, b"no disk image"), GOOD_SIDECAR)
    world.run(60)
    assert world.row(KEY).stage == "rejected"
    change(world, changes)
    world.ports.clock.advance(10)
    put(world, IMAGE)
    world.live_through(hours=1)
    assert [row.stage for row in world.ports.ledger.rows()] == ["rejected"]


def test_part_outside_the_prefix_is_seen_by_the_sweep() -> None:
    world = World(drop_prefix=KEY[:-6])
    put(world, IMAGE, SIDECAR_WITH_DATA)
    assert world.row(KEY).missing == (DATA_KEY,)
    put(world, DATA)
    world.live_through(hours=1)
    assert world.row(KEY).stage == "registered"


def test_drop_in_the_new_bucket_is_found_while_one_with_its_key_waits_in_the_old_bucket() -> None:
    world = World()
    put(world, IMAGE)
    change(world, CHANGES["bucket"])
    for key, body in (IMAGE, GOOD_SIDECAR):
        world.ports.objects.upload("other", key, json.dumps(body).encode() if isinstance(body, dict) else body)
    world.live_through(hours=1)
    stages = {row.bucket: row.stage for row in world.ports.ledger.rows()}
    assert stages == {BUCKET: "waiting", "other": "registered"}
