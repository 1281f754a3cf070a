"""IMS gets at most `ims_tasks` tasks at a time; the other drops wait in order, without calls."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from imagedrop.common.timestamps import parse_timestamp, seconds_between
from imagedrop.domain import transitions
from imagedrop.domain.drop import Drop
from imagedrop.ports import ImsError
from imagedrop.workflow import admission
from imagedrop_local.memory.images import Outcome
from tests.support.world import World


def accepted(world: World, number: int, data_images: int = 0, **changes: Any) -> Drop:
    row = world.accepted(f"golden/{number}.vhd", str(number).encode(), **changes)
    assert row.request is not None
    if data_images:
        disks = [{"image_url": f"drops:golden/{number}-{disk}.vhd", "min_disk": 40} for disk in range(data_images)]
        request = {**row.request, "data_images": disks}
        row = world.ports.ledger.save(row.model_copy(update={"request": request}))
    world.ports.clock.advance(1)
    return row


def submit(world: World, number: int, data_images: int = 0) -> Drop:
    """An accepted drop whose registration message was handled."""
    row = accepted(world, number, data_images)
    world.ports.queues.send("registrations", {"drop_id": row.drop_id, "attempt": row.attempt})
    world.step()
    return reread(world, row)


def reread(world: World, row: Drop) -> Drop:
    found = world.ports.ledger.get(row.drop_id)
    assert found is not None
    return found


def states(world: World) -> str:
    """One letter per drop, oldest first: w(orking), q(ueued), e(nded), o(ther)."""
    rows = sorted(world.ports.ledger.rows(), key=lambda row: row.received_at)
    return "".join("e" if row.ended else (row.open_index_partition or "-")[0] for row in rows)


def finish(world: World, row: Drop, stage: Any = "registered") -> None:
    from imagedrop.workflow import completion

    completion.finish(world.ports, reread(world, row), stage, None)


@pytest.fixture
def world() -> World:
    return World(ims_tasks=3)


def test_drops_beyond_the_limit_are_queued(world: World) -> None:
    for number in range(5):
        submit(world, number)
    assert states(world) == "wwwqq"
    assert world.ports.images.calls["create"] == 3
    assert world.ports.queues.messages("registrations") == []


def test_oldest_queued_drop_is_admitted_when_a_slot_is_free(world: World) -> None:
    rows = [submit(world, number) for number in range(6)]
    finish(world, rows[1])
    assert states(world) == "wewwqq"
    assert [body["drop_id"] for body in world.ports.queues.bodies("registrations")] == [rows[3].drop_id]
    finish(world, rows[0])
    assert states(world) == "eewwwq"


@pytest.mark.parametrize("outcome", ["registered", "rejected", "failed"])
def test_every_end_frees_the_slot(world: World, outcome: str) -> None:
    rows = [submit(world, number) for number in range(4)]
    before = reread(world, rows[0])
    if outcome == "rejected":
        world.ports.ledger.save(before.model_copy(update={"stage": "submitting"}))
    finish(world, rows[0], outcome)
    assert states(world) == "ewww"


def test_refusal_by_ims_frees_the_slot(world: World) -> None:
    world.ports.images.fail("create", None, None, ImsError("refused", "IMG.0056", "no such OS"))
    for number in range(2):
        submit(world, number)
    waits = transitions.queue(accepted(world, 9), world.ports.clock(), 3600)
    last = accepted(world, 2)
    world.ports.queues.send("registrations", {"drop_id": last.drop_id, "attempt": 1})
    queues, ledger = world.ports.queues, world.ports.ledger

    def queue_another(body: Mapping[str, Any]) -> str:  # queued during the call of CreateImage
        ledger.save(waits)
        return create(body)

    create, world.ports.images.create = world.ports.images.create, queue_another  # type: ignore[method-assign]
    world.step()
    assert reread(world, last).stage == "rejected"
    assert reread(world, waits).admission == "called"
    assert [body["drop_id"] for body in queues.bodies("registrations")] == [waits.drop_id]


def test_new_drop_does_not_overtake_a_queued_one(world: World) -> None:
    first = accepted(world, 0)
    world.ports.ledger.save(transitions.queue(first, world.ports.clock(), 3600))
    submit(world, 1)
    assert reread(world, first).admission == "called"
    assert world.row("golden/1.vhd").admission == "called"
    registrations = [body["drop_id"] for body in world.ports.queues.bodies("registrations")]
    assert registrations == [first.drop_id, world.row("golden/1.vhd").drop_id]


def test_data_images_count_as_tasks(world: World) -> None:
    submit(world, 0, data_images=1)
    submit(world, 1, data_images=1)
    assert states(world) == "wq"
    finish(world, world.row("golden/0.vhd"))
    assert states(world) == "ew"


def test_small_drop_does_not_overtake_a_large_one(world: World) -> None:
    rows = [submit(world, number) for number in range(3)]
    submit(world, 3, data_images=1)
    submit(world, 4)
    finish(world, rows[0])
    assert states(world) == "ewwqq"
    finish(world, rows[1])
    assert states(world) == "eewwq"


def test_drop_with_more_tasks_than_the_limit_runs_alone(world: World) -> None:
    first = submit(world, 0)
    submit(world, 1, data_images=3)
    submit(world, 2)
    assert states(world) == "wqq"
    finish(world, first)
    assert states(world) == "ewq"


@pytest.mark.parametrize(
    ("taken", "tasks", "fits"), [(0, 1, True), (2, 1, True), (3, 1, False), (0, 4, True), (1, 3, False)]
)
def test_drop_fits_within_the_limit_or_alone(taken: int, tasks: int, fits: bool) -> None:
    assert admission.fits(taken, tasks, 3) is fits


# --- races and crashes


def test_drop_admitted_by_another_worker_keeps_its_slot_and_gets_no_second_message(world: World) -> None:
    rows = [submit(world, number) for number in range(4)]
    rows.append(submit(world, 4, data_images=1))
    line = world.ports.ledger.queued()
    world.ports.ledger.save(transitions.admit(reread(world, rows[3]), world.ports.clock(), 3600))
    world.ports.ledger.queued = lambda limit=None: line[:limit]  # type: ignore[method-assign] # the index lags
    world.ports.ledger.tasks_in_progress = lambda: {rows[2].drop_id: 1}  # type: ignore[method-assign]
    assert admission.admit_next(world.ports) == 0
    assert states(world) == "wwwwq"


def test_message_for_a_queued_drop_does_not_change_its_position(world: World) -> None:
    rows = [submit(world, number) for number in range(5)]
    world.ports.queues.send("registrations", {"drop_id": rows[3].drop_id, "attempt": 1})
    world.step()
    assert reread(world, rows[3]) == rows[3]
    finish(world, rows[0])
    assert states(world) == "ewwwq"


def test_row_changed_by_another_worker_during_admission_is_skipped(world: World) -> None:
    rows = [submit(world, number) for number in range(5)]
    world.ports.ledger.save(reread(world, rows[0]).model_copy(update={"stage": "failed"}))
    world.ports.ledger.save(reread(world, rows[1]).model_copy(update={"stage": "failed"}))
    save = world.ports.ledger.save

    def raced(drop: Drop) -> Drop:
        if drop.drop_id == rows[3].drop_id:
            save(transitions.admit(reread(world, drop), world.ports.clock(), 3600))
        return save(drop)

    world.ports.ledger.save = raced  # type: ignore[method-assign]
    assert admission.admit_next(world.ports) == 1
    assert [body["drop_id"] for body in world.ports.queues.bodies("registrations")] == [rows[4].drop_id]


def test_index_that_still_counts_the_ended_row_does_not_block_the_next(world: World) -> None:
    rows = [submit(world, number) for number in range(4)]
    world.ports.ledger.tasks_in_progress = lambda: {row.drop_id: 1 for row in rows[:3]}  # type: ignore[method-assign]
    finish(world, rows[0])
    assert states(world) == "ewww"


def test_sweep_resends_a_lost_message_of_an_admitted_drop(world: World) -> None:
    rows = [submit(world, number) for number in range(4)]
    world.ports.queues.fail("send_many", RuntimeError("gone"))
    with pytest.raises(RuntimeError):
        finish(world, rows[0])
    assert states(world) == "ewww"
    world.live_through(hours=2)
    assert states(world) == "eeee"


def test_sweep_admits_the_next_drop_after_a_crash(world: World) -> None:
    rows = [submit(world, number) for number in range(4)]
    world.ports.ledger.fail("queued", RuntimeError("dead"))
    with pytest.raises(RuntimeError):
        finish(world, rows[0])
    assert states(world) == "ewwq"
    assert world.sweep()["called"] == 1
    assert states(world) == "ewww"


def test_sweep_admits_a_drop_whose_row_could_not_be_written_at_first(world: World) -> None:
    rows = [submit(world, number) for number in range(4)]
    world.ports.ledger.fail("save", None, RuntimeError("throttled"))
    finish(world, rows[0])
    assert states(world) == "ewwq"
    assert world.sweep()["called"] == 1
    assert states(world) == "ewww"


# --- rows that can never be read or written


@pytest.mark.parametrize("call", ["get", "save"])
@pytest.mark.parametrize("number", [1, 2, 5])
def test_rows_that_cannot_be_changed_do_not_block_the_queue(world: World, call: str, number: int) -> None:
    rows = [submit(world, number) for number in range(5 + number)]
    broken = [row.drop_id for row in rows[3 : 3 + number]]
    world.break_rows(call, broken)
    for first, last in ((rows[0], rows[-2]), (rows[1], rows[-1])):
        finish(world, first)
        assert [body["drop_id"] for body in world.ports.queues.bodies("registrations")][-1] == last.drop_id
    assert world.ports.meter.counts["DriveFailed"] == 2 * number


def test_queue_is_read_only_as_far_as_there_are_free_tasks(world: World) -> None:
    rows, queued, limits = [submit(world, number) for number in range(6)], world.ports.ledger.queued, list[Any]()

    def counted(limit: int | None = None) -> Any:
        limits.append(limit)
        return queued(limit)

    world.ports.ledger.queued = counted  # type: ignore[method-assign]
    finish(world, rows[0])
    assert limits == [1]


def test_queued_drops_are_registered_after_the_queues_are_wiped(world: World) -> None:
    for number in range(8):
        submit(world, number)
    world.ports.queues.wipe()
    world.live_through(hours=4)
    assert states(world) == "eeeeeeee"
    assert len(world.ports.images.bodies) == 8
    assert world.ports.meter.counts["SweepGaveUp"] == 0


def test_all_drops_end_after_the_ledger_is_wiped() -> None:
    world = World(ims_tasks=2)
    for number in range(5):
        world.put(f"golden/{number}.vhd.json", {"name": "x", "owner": {"email": "ada@example.com"}}, event=False)
        submit(world, number)
    world.ports.ledger.wipe()
    world.sweep()  # two have claims and are recovered; the others are validated again
    revived = world.ports.ledger.rows()
    assert [row.admission for row in revived] == ["", ""]
    world.live_through(hours=4)
    assert len(world.ports.images.bodies) >= 2
    assert all(row.ended for row in world.ports.ledger.rows())


# --- held, busy, unknown or overdue


def test_drop_refused_as_busy_keeps_its_slot(world: World) -> None:
    world.ports.images.fail("create", *(ImsError("busy", "IMG.0060", "too many tasks") for _ in range(500)))
    for number in range(10):
        submit(world, number)
    world.run(3600)
    assert states(world) == "wwwqqqqqqq"
    assert world.ports.images.calls["create"] < 3 * 20


def test_held_drops_yield_their_slots_to_queued_ones_and_retry_after_them(world: World) -> None:
    world.ports.images.fail("create", *(ImsError("held", "IMG.0099", "that KMS key is not ours") for _ in range(3)))
    rows = [submit(world, number) for number in range(6)]
    assert states(world) == "wwwqqq"
    world.run(910)
    assert states(world) == "qqqwww"
    assert reread(world, rows[0]).held is not None
    world.live_through(hours=1)
    assert states(world) == "eeeeee"
    assert world.ports.images.calls["create"] == 3 + 6


def test_held_drop_that_yields_its_slot_does_not_call(world: World) -> None:
    world.ports.images.fail("create", ImsError("held", "IMG.0099", "that KMS key is not ours"))
    rows = [submit(world, number) for number in range(4)]
    world.ports.clock.advance(1)
    assert not admission.admit(world.ports, reread(world, rows[0]))
    assert states(world) == "qwww"


def test_end_of_a_drop_without_a_slot_does_not_look_for_the_next(world: World) -> None:
    row = accepted(world, 0)
    finish(world, row, "failed")
    assert not world.ports.ledger.calls["tasks_in_progress"]


def test_held_drop_retries_when_no_other_is_queued(world: World) -> None:
    world.ports.images.fail("create", ImsError("held", "IMG.0015", "quota"))
    submit(world, 0)
    world.run(910)
    assert reread(world, world.row("golden/0.vhd")).stage == "importing"


def test_hold_of_the_whole_account_costs_few_calls(world: World) -> None:
    world.ports.images.fail("create", *(ImsError("held", "IMG.0015", "quota") for _ in range(10_000)))
    for number in range(30):
        submit(world, number)
    world.live_through(hours=6)
    assert world.ports.images.calls["create"] <= 6 * 4 * 3 + 3
    assert world.ports.meter.counts["Redriven"] == 0


def test_drop_with_unknown_outcome_has_no_slot(world: World) -> None:
    lost = ImsError("unknown", "ReadTimeoutError", "no answer")
    world.ports.images.fail("create", lost, lost, lost)
    for number in range(4):
        submit(world, number)
    assert states(world) == "oooww"[:4]


def test_drop_queued_until_the_deadline_fails_and_says_that_it_waited() -> None:
    world = World(ims_tasks=1, queue_deadline=3600)
    world.ports.images.fail("create", *(ImsError("busy", "IMG.0060", "too many tasks") for _ in range(500)))
    submit(world, 0)
    waits = submit(world, 1)
    world.live_through(hours=2)
    ended = reread(world, waits)
    assert (ended.stage, ended.reason and ended.reason.code) == ("failed", "deadline")
    assert ended.reason is not None
    assert "waited for a free task" in ended.reason.message
    assert world.ports.meter.counts["Redriven"] == 0


def test_drop_that_waits_in_the_queue_for_longer_than_its_deadline_is_registered() -> None:
    world = World(ims_tasks=1, attempt_deadline=3600)
    world.ports.images.plan(*[Outcome(3000)] * 4)
    rows = [submit(world, number) for number in range(4)]
    world.live_through(hours=5)
    assert [reread(world, row).stage for row in rows] == ["registered"] * 4


def test_held_drop_that_is_queued_again_and_again_fails_at_the_deadline_of_its_attempt() -> None:
    """The time in the queue does not count, and each stay in the queue does not start the deadline again."""
    world, first = World(ims_tasks=1, attempt_deadline=3600), "golden/0.vhd"
    create = world.ports.images.create

    def hold_the_first(body: Mapping[str, Any]) -> str:
        if body["image_url"].endswith(first):
            raise ImsError("held", "IMG.0099", "that KMS key is not ours")
        return create(body)

    world.ports.images.create = hold_the_first  # type: ignore[method-assign]
    world.ports.images.plan(*[Outcome(900)] * 8)
    for number in range(8):
        submit(world, number)
    world.live_through(hours=5)
    ended = world.row(first)
    assert (ended.stage, ended.reason and ended.reason.code) == ("failed", "deadline")
    assert ended.ended_at is not None
    assert seconds_between(ended.received_at, parse_timestamp(ended.ended_at)) > 2 * 3600


def queued_by_an_older_version(world: World, number: int) -> Drop:
    row = accepted(world, number)
    return world.ports.ledger.save(row.updated(world.ports.clock(), admission="queued"))


def test_drop_that_an_older_version_queued_stays_in_its_place_after_its_deadline() -> None:
    world = World(ims_tasks=1, attempt_deadline=3600, queue_deadline=86_400)
    world.ports.images.plan(Outcome(50_000))
    blocking = submit(world, 0)
    world.ports.ledger.save(reread(world, blocking).model_copy(update={"deadline_at": "2027-01-01T00:00:00.000Z"}))
    rows = [queued_by_an_older_version(world, number) for number in (1, 2)]
    world.live_through(hours=2)
    assert [drop.drop_id for drop in world.ports.ledger.queued()] == [row.drop_id for row in rows]
    world.live_through(hours=14)
    assert [reread(world, row).stage for row in rows] == ["registered"] * 2


def test_message_to_a_drop_that_an_older_version_queued_does_not_end_it() -> None:
    world = World(ims_tasks=1, attempt_deadline=3600)
    row = queued_by_an_older_version(world, 1)
    world.ports.clock.advance(7200)
    world.ports.queues.send("registrations", {"drop_id": row.drop_id, "attempt": row.attempt})
    world.step()
    assert reread(world, row) == row


def test_queued_drop_is_not_redriven(world: World) -> None:
    for number in range(3):
        submit(world, number)
    for row in world.ports.ledger.rows():  # never polled
        world.ports.ledger.save(row.model_copy(update={"next_at": "2027-01-01T00:00:00.000Z"}))
    waits = submit(world, 3)
    before = reread(world, waits)
    world.ports.queues.wipe()
    for _ in range(100):
        world.ports.clock.advance(300)
        world.sweep()
    assert before.open_index_partition == "queued"
    assert reread(world, waits) == before


def test_sweep_queues_a_drop_without_message_instead_of_redriving_it(world: World) -> None:
    for number in range(5):
        accepted(world, number)
    world.ports.clock.advance(1000)
    assert world.sweep()["called"] == 3
    assert sorted(states(world)) == list("qqwww")
    assert [row.redrives for row in world.ports.ledger.rows()] == [0] * 5
    assert len(world.ports.queues.bodies("registrations")) == 3


def test_drop_validated_again_when_admitted_frees_its_slot(world: World) -> None:
    rows = [submit(world, number) for number in range(5)]
    world.put("golden/3.vhd.json", {"name": "another"}, event=False)
    finish(world, rows[0])
    event = world.ports.queues.event("registrations")
    from imagedrop_local.project_paths import function

    world.ports.queues.apply_response("registrations", event, function("register").handle(event, world.ports))
    assert reread(world, rows[3]).stage == "waiting"
    assert reread(world, rows[4]).admission == "called"


def test_drop_that_was_queued_for_long_when_the_ledger_was_lost_still_has_time_for_its_import() -> None:
    """Its claim has the deadline of the time before it was queued."""
    world = World(ims_tasks=1, attempt_deadline=7200)
    world.ports.images.fail("create", ImsError("held", "IMG.0099", "that KMS key is not ours"))
    world.ports.images.plan(Outcome(3 * 3600))
    first = submit(world, 0)
    world.run(60)
    submit(world, 1)
    blocking = reread(world, world.row("golden/1.vhd"))
    world.live_through(hours=0.5)
    assert reread(world, first).open_index_partition == "queued"
    running = reread(world, blocking)
    world.ports.ledger.save(running.model_copy(update={"deadline_at": "2027-01-01T00:00:00.000Z"}))
    world.live_through(hours=2.2)
    world.ports.ledger.wipe()
    world.ports.queues.wipe()
    world.live_through(hours=2)
    assert world.row("golden/0.vhd").stage == "registered"
