"""A row that can never be read or written does not hold up the other drops."""

from __future__ import annotations

import pytest

from imagedrop.domain import transitions
from imagedrop.domain.drop import Drop
from imagedrop.domain.object_keys import claim_key
from tests.support.world import BUCKET, World


def accepted(world: World, number: int, **changes: object) -> Drop:
    return world.accepted(f"golden/{number}.vhd", str(number).encode(), **changes)


def queued(world: World, number: int) -> Drop:
    row = transitions.queue(accepted(world, number), world.ports.clock(), world.ports.settings.queue_deadline)
    world.ports.clock.advance(1)
    return world.ports.ledger.save(row)


def importing(world: World, number: int) -> Drop:
    row = accepted(world, number, admission="called", sent_at=world.now())
    row = transitions.begin_import(row, world.ports.clock(), job_id="job", images=(), first=1)
    never = dict.fromkeys(("next_at", "deadline_at"), "2027-01-01T00:00:00.000Z")
    return world.ports.ledger.save(row.model_copy(update=never))


@pytest.fixture
def world() -> World:
    world = World(ims_tasks=1)
    world.put("golden/lost.vhd", b"lost", event=False)
    world.put("golden/lost.vhd.json", {}, event=False)
    return world


def sweep_finds_the_lost_drop(world: World) -> bool:
    assert world.ports.meter.counts["DriveFailed"] == 0
    world.sweep()
    assert world.ports.meter.counts["DriveFailed"] > 0
    return {"bucket": BUCKET, "key": "golden/lost.vhd"} in world.ports.queues.bodies("drops")


@pytest.mark.parametrize("call", ["get", "save"])
def test_a_claim_whose_row_cannot_be_recovered(world: World, call: str) -> None:
    rows = sorted((importing(world, number) for number in range(2)), key=lambda row: row.drop_id)
    for row in rows:
        assert claim_key(row.drop_id) not in world.ports.objects.keys(BUCKET)
    world.ports.clock.advance(600)
    world.sweep()
    assert all(claim_key(row.drop_id) in world.ports.objects.keys(BUCKET) for row in rows)
    world.ports.ledger.wipe()
    world.ports.queues.wipe()
    world.break_rows("accept" if call == "save" else call, [rows[0].drop_id])
    assert sweep_finds_the_lost_drop(world)
    assert [row.drop_id for row in world.ports.ledger.rows()] == [rows[1].drop_id]


def test_a_claim_that_cannot_be_written_again(world: World) -> None:
    rows = [importing(world, number) for number in range(2)]
    world.ports.clock.advance(600)
    world.ports.objects.fail("put", RuntimeError("denied"))
    assert sweep_finds_the_lost_drop(world)
    assert [claim_key(row.drop_id) in world.ports.objects.keys(BUCKET) for row in rows] == [False, True]


@pytest.mark.parametrize("call", ["get", "save"])
def test_a_drop_in_the_queue_that_is_past_its_deadline(world: World, call: str) -> None:
    importing(world, 9)
    rows = [queued(world, number) for number in range(2)]
    if call == "save":  # an older version has queued it: the sweep changes its deadline
        world.ports.ledger.save(rows[0].model_copy(update={"queued_since": None}))
    world.break_rows(call, [rows[0].drop_id])
    world.ports.clock.advance(world.ports.settings.queue_deadline)
    assert sweep_finds_the_lost_drop(world)
    overdue = {"drop_id": rows[1].drop_id, "attempt": 1}
    assert [body for body in world.ports.queues.bodies("registrations") if body == overdue] == [overdue]


def test_a_drop_in_the_queue_whose_owner_cannot_be_told(world: World) -> None:
    importing(world, 9)
    rows = [queued(world, number) for number in range(2)]
    world.break_rows("get", [rows[0].drop_id])
    world.ports.clock.advance(5 * 3600)
    assert sweep_finds_the_lost_drop(world)
    assert {"drop_id": rows[1].drop_id, "attempt": 1} in world.ports.queues.bodies("notices")
