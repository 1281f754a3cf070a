"""IMS is asked for no more at once than it takes; who has to wait waits in order, and at no cost."""

from __future__ import annotations

from typing import Any

import pytest

from imagedrop.domain import transitions
from imagedrop.domain.drop import Drop
from imagedrop.ports import ImsError
from imagedrop.workflow import admission
from tests.support.world import World


def accepted(world: World, number: int, data_images: int = 0, **changes: Any) -> Drop:
    row = world.accepted(f"golden/{number}.vhd", str(number).encode(), **changes)
    assert row.request is not None
    if data_images:
        request = {**row.request, "data_images": [{"image_url": f"drops:golden/{number}-{one}.vhd", "min_disk": 40}
                                                  for one in range(data_images)]}  # fmt: skip
        row = world.ports.ledger.save(row.model_copy(update={"request": request}))
    world.ports.clock.advance(1)
    return row


def asked(world: World, number: int, data_images: int = 0) -> Drop:
    """Accepted, and register has had its message."""
    row = accepted(world, number, data_images)
    world.ports.queues.send("registrations", {"drop_id": row.drop_id, "attempt": row.attempt})
    world.step()
    return now(world, row)


def now(world: World, row: Drop) -> Drop:
    found = world.ports.ledger.get(row.drop_id)
    assert found is not None
    return found


def turns(world: World) -> str:
    """One letter a drop, in the order in which they came: w(orking), q(ueued), e(nded), o(ther)."""
    rows = sorted(world.ports.ledger.rows(), key=lambda row: row.received_at)
    return "".join("e" if row.ended else (row.open_index_partition or "-")[0] for row in rows)


def ends(world: World, row: Drop, stage: Any = "registered") -> None:
    from imagedrop.workflow import completion

    completion.finish(world.ports, now(world, row), stage, None)


@pytest.fixture
def world() -> World:
    return World(ims_tasks=3)


def test_as_many_are_asked_for_as_ims_takes_and_the_others_stand_in_line(world: World) -> None:
    for number in range(5):
        asked(world, number)
    assert turns(world) == "wwwqq"
    assert world.ports.images.calls["create"] == 3
    assert world.ports.queues.messages("registrations") == []


def test_whoever_has_waited_longest_is_called_when_a_place_is_free(world: World) -> None:
    rows = [asked(world, number) for number in range(6)]
    ends(world, rows[1])
    assert turns(world) == "wewwqq"
    assert [body["drop_id"] for body in world.ports.queues.bodies("registrations")] == [rows[3].drop_id]
    ends(world, rows[0])
    assert turns(world) == "eewwwq"


@pytest.mark.parametrize("outcome", ["registered", "rejected", "failed"])
def test_every_end_frees_the_place(world: World, outcome: str) -> None:
    rows = [asked(world, number) for number in range(4)]
    before = now(world, rows[0])
    if outcome == "rejected":
        world.ports.ledger.save(before.model_copy(update={"stage": "submitting"}))
    ends(world, rows[0], outcome)
    assert turns(world) == "ewww"


def test_a_refusal_by_ims_frees_the_place(world: World) -> None:
    world.ports.images.fail("create", None, None, ImsError("refused", "IMG.0056", "no such OS"))
    for number in range(2):
        asked(world, number)
    waits = transitions.queue(accepted(world, 9), world.ports.clock())
    last = accepted(world, 2)
    world.ports.queues.send("registrations", {"drop_id": last.drop_id, "attempt": 1})
    queues, ledger = world.ports.queues, world.ports.ledger

    def first_in_line(*given: Any) -> Any:  # joins while the last is being asked for
        ledger.save(waits)
        return create(*given)

    create, world.ports.images.create = world.ports.images.create, first_in_line  # type: ignore[method-assign]
    world.step()
    assert now(world, last).stage == "rejected"
    assert now(world, waits).admission == "called"
    assert [body["drop_id"] for body in queues.bodies("registrations")] == [waits.drop_id]


def test_a_newcomer_does_not_overtake_who_waits(world: World) -> None:
    first = accepted(world, 0)
    world.ports.ledger.save(transitions.queue(first, world.ports.clock()))
    asked(world, 1)
    assert now(world, first).admission == "called"
    assert world.row("golden/1.vhd").admission == "called"
    registrations = [body["drop_id"] for body in world.ports.queues.bodies("registrations")]
    assert registrations == [first.drop_id, world.row("golden/1.vhd").drop_id]


def test_data_images_are_tasks_of_their_own(world: World) -> None:
    asked(world, 0, data_images=1)
    asked(world, 1, data_images=1)
    assert turns(world) == "wq"
    ends(world, world.row("golden/0.vhd"))
    assert turns(world) == "ew"


def test_nobody_small_overtakes_somebody_big(world: World) -> None:
    rows = [asked(world, number) for number in range(3)]
    asked(world, 3, data_images=1)
    asked(world, 4)
    ends(world, rows[0])
    assert turns(world) == "ewwqq"
    ends(world, rows[1])
    assert turns(world) == "eewwq"


def test_a_drop_of_more_images_than_ims_ever_takes_goes_alone(world: World) -> None:
    first = asked(world, 0)
    asked(world, 1, data_images=3)
    asked(world, 2)
    assert turns(world) == "wqq"
    ends(world, first)
    assert turns(world) == "ewq"


@pytest.mark.parametrize(
    ("taken", "tasks", "fits"), [(0, 1, True), (2, 1, True), (3, 1, False), (0, 4, True), (1, 3, False)]
)
def test_a_drop_fits_among_what_is_taken_or_alone(taken: int, tasks: int, fits: bool) -> None:
    assert admission.fits(taken, tasks, 3) is fits


# --- races and crashes


def test_one_that_somebody_else_has_called_is_not_called_again_and_its_place_is_taken(world: World) -> None:
    rows = [asked(world, number) for number in range(4)]
    rows.append(asked(world, 4, data_images=1))
    line = world.ports.ledger.queued()
    world.ports.ledger.save(transitions.admit(now(world, rows[3]), world.ports.clock()))
    world.ports.ledger.queued = lambda limit=None: line[:limit]  # type: ignore[method-assign] # the index lags
    world.ports.ledger.tasks_in_progress = lambda: {rows[2].drop_id: 1}  # type: ignore[method-assign]
    assert admission.admit_next(world.ports) == 0
    assert turns(world) == "wwwwq"


def test_a_message_that_comes_late_or_twice_costs_nobody_the_place_in_line(world: World) -> None:
    rows = [asked(world, number) for number in range(5)]
    world.ports.queues.send("registrations", {"drop_id": rows[3].drop_id, "attempt": 1})
    world.step()
    assert now(world, rows[3]) == rows[3]
    ends(world, rows[0])
    assert turns(world) == "ewwwq"


def test_a_row_that_moves_while_it_is_called_is_left_to_who_moved_it(world: World) -> None:
    rows = [asked(world, number) for number in range(5)]
    world.ports.ledger.save(now(world, rows[0]).model_copy(update={"stage": "failed"}))
    world.ports.ledger.save(now(world, rows[1]).model_copy(update={"stage": "failed"}))
    save = world.ports.ledger.save

    def raced(row: Drop) -> Drop:
        if row.drop_id == rows[3].drop_id:
            save(transitions.admit(now(world, row), world.ports.clock()))
        return save(row)

    world.ports.ledger.save = raced  # type: ignore[method-assign]
    assert admission.admit_next(world.ports) == 1
    assert [body["drop_id"] for body in world.ports.queues.bodies("registrations")] == [rows[4].drop_id]


def test_the_index_may_still_count_the_row_that_leaves(world: World) -> None:
    rows = [asked(world, number) for number in range(4)]
    world.ports.ledger.tasks_in_progress = lambda: {row.drop_id: 1 for row in rows[:3]}  # type: ignore[method-assign]
    ends(world, rows[0])
    assert turns(world) == "ewww"


def test_a_call_whose_message_is_lost_is_made_good_by_the_sweep(world: World) -> None:
    rows = [asked(world, number) for number in range(4)]
    world.ports.queues.fail("send_many", RuntimeError("gone"))
    with pytest.raises(RuntimeError):
        ends(world, rows[0])
    assert turns(world) == "ewww"
    world.live_through(hours=2)
    assert turns(world) == "eeee"


@pytest.mark.parametrize("lost", ["queued", "save"])
def test_a_crash_before_the_call_is_made_good_by_the_sweep(world: World, lost: str) -> None:
    rows = [asked(world, number) for number in range(4)]
    world.ports.ledger.fail(lost, *([None] if lost == "save" else []), RuntimeError("dead"))
    with pytest.raises(RuntimeError):
        ends(world, rows[0])
    assert turns(world) == "ewwq"
    assert world.sweep()["called"] == 1
    assert turns(world) == "ewww"


def test_wiped_queues_keep_nobody_in_line(world: World) -> None:
    for number in range(8):
        asked(world, number)
    world.ports.queues.wipe()
    world.live_through(hours=4)
    assert turns(world) == "eeeeeeee"
    assert len(world.ports.images.bodies) == 8
    assert world.ports.meter.counts["SweepGaveUp"] == 0


def test_a_wiped_ledger_keeps_nobody_in_line() -> None:
    world = World(ims_tasks=2)
    for number in range(5):
        world.put(f"golden/{number}.vhd.json", {"name": "x", "owner": {"email": "ada@example.com"}}, event=False)
        asked(world, number)
    world.ports.ledger.wipe()
    world.sweep()  # two have claims and are brought back; the others are judged anew
    revived = world.ports.ledger.rows()
    assert [row.admission for row in revived] == ["", ""]
    world.live_through(hours=4)
    assert len(world.ports.images.bodies) >= 2
    assert all(row.ended for row in world.ports.ledger.rows())


# --- what is held, busy, unknown or overdue


def test_who_was_refused_for_want_of_room_keeps_the_place_and_nobody_asks_in_vain(world: World) -> None:
    world.ports.images.fail("create", *(ImsError("busy", "IMG.0060", "too many tasks") for _ in range(500)))
    for number in range(10):
        asked(world, number)
    world.run(3600)
    assert turns(world) == "wwwqqqqqqq"
    assert world.ports.images.calls["create"] < 3 * 20


def test_who_is_held_stands_back_for_those_in_line_and_has_another_turn_after_them(world: World) -> None:
    world.ports.images.fail("create", *(ImsError("held", "IMG.0099", "that KMS key is not ours") for _ in range(3)))
    rows = [asked(world, number) for number in range(6)]
    assert turns(world) == "wwwqqq"
    world.run(910)
    assert turns(world) == "qqqwww"
    assert now(world, rows[0]).held is not None
    world.live_through(hours=1)
    assert turns(world) == "eeeeee"
    assert world.ports.images.calls["create"] == 3 + 6


def test_who_is_held_and_alone_asks_again(world: World) -> None:
    world.ports.images.fail("create", ImsError("held", "IMG.0015", "quota"))
    asked(world, 0)
    world.run(910)
    assert now(world, world.row("golden/0.vhd")).stage == "importing"


def test_a_hold_of_the_whole_account_costs_what_a_few_drops_cost(world: World) -> None:
    world.ports.images.fail("create", *(ImsError("held", "IMG.0015", "quota") for _ in range(10_000)))
    for number in range(30):
        asked(world, number)
    world.live_through(hours=6)
    assert world.ports.images.calls["create"] <= 6 * 4 * 3 + 3
    assert world.ports.meter.counts["Redriven"] == 0


def test_an_unknown_outcome_holds_no_place(world: World) -> None:
    lost = ImsError("unknown", "ReadTimeout", "no answer")
    world.ports.images.fail("create", lost, lost, lost)
    for number in range(4):
        asked(world, number)
    assert turns(world) == "oooww"[:4]


def test_a_drop_whose_turn_does_not_come_ends_at_its_deadline_and_says_that_it_waited() -> None:
    world = World(ims_tasks=1, attempt_deadline=3600)
    world.ports.images.fail("create", *(ImsError("busy", "IMG.0060", "too many tasks") for _ in range(500)))
    asked(world, 0)
    waits = asked(world, 1)
    world.live_through(hours=2)
    ended = now(world, waits)
    assert (ended.stage, ended.reason and ended.reason.code) == ("failed", "deadline")
    assert ended.reason is not None
    assert "waited in the queue" in ended.reason.message
    assert world.ports.meter.counts["Redriven"] == 0


def test_a_drop_that_waits_for_hours_does_not_stand_still(world: World) -> None:
    for number in range(3):
        asked(world, number)
    for row in world.ports.ledger.rows():  # nobody hears of them
        world.ports.ledger.save(row.model_copy(update={"next_at": "2027-01-01T00:00:00.000Z"}))
    waits = asked(world, 3)
    before = now(world, waits)
    world.ports.queues.wipe()
    for _ in range(100):
        world.ports.clock.advance(300)
        world.sweep()
    assert before.open_index_partition == "queued"
    assert now(world, waits) == before


def test_a_drop_that_was_never_called_and_stands_still_gets_in_line_instead_of_being_driven(world: World) -> None:
    for number in range(5):
        accepted(world, number)
    world.ports.clock.advance(1000)
    assert world.sweep()["called"] == 3
    assert sorted(turns(world)) == list("qqwww")
    assert [row.redrives for row in world.ports.ledger.rows()] == [0] * 5
    assert len(world.ports.queues.bodies("registrations")) == 3


def test_a_drop_that_is_judged_anew_when_its_turn_comes_frees_the_place(world: World) -> None:
    rows = [asked(world, number) for number in range(5)]
    world.put("golden/3.vhd.json", {"name": "another"}, event=False)
    ends(world, rows[0])
    event = world.ports.queues.event("registrations")
    from imagedrop_local.project_paths import function

    world.ports.queues.apply_response("registrations", event, function("register").handle(event, world.ports))
    assert now(world, rows[3]).stage == "waiting"
    assert now(world, rows[4]).admission == "called"
