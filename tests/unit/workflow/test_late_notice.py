"""The owner is told once that an open drop is late, and nothing else changes by it."""

from __future__ import annotations

from typing import Any

import pytest

from imagedrop.domain import transitions
from imagedrop.domain.drop import ChannelDelivery, Drop, Held
from imagedrop.ports import ImsError, ServiceError
from imagedrop.workflow import import_durations
from imagedrop.workflow.sweep import late_drops
from imagedrop_local.memory.images import Outcome
from tests.support.world import World

HOUR = 3600


def accepted(world: World, number: int = 0, **changes: Any) -> Drop:
    return world.accepted(f"golden/{number}.vhd", str(number).encode(), **changes)


def queued(world: World, number: int = 0, **changes: Any) -> Drop:
    row = transitions.queue(
        accepted(world, number, **changes), world.ports.clock(), world.ports.settings.queue_deadline
    )
    world.ports.clock.advance(1)
    return world.ports.ledger.save(row)


def held(world: World, number: int = 0) -> Drop:
    """Its operator does not act, and register is not called."""
    since = Held(code="IMG.0015", message="the quota is used up", since=world.now())
    row = accepted(world, number, admission="called", held=since)
    return world.ports.ledger.save(row.model_copy(update={"next_at": "2027-01-01T00:00:00.000Z"}))


def reread(world: World, row: Drop) -> Drop:
    found = world.ports.ledger.get(row.drop_id)
    assert found is not None
    return found


def register(world: World, row: Drop) -> None:
    world.ports.queues.send("registrations", {"drop_id": row.drop_id, "attempt": row.attempt})


def full(world: World) -> None:
    """A drop that uses the only task of IMS for a long time."""
    row = accepted(world, 99, admission="called")
    row = transitions.begin_import(row, world.ports.clock(), job_id="j", images=(), first=1)
    never = dict.fromkeys(("next_at", "deadline_at"), "2027-01-01T00:00:00.000Z")
    told = {"late": {"importing": ChannelDelivery(state="done")}}
    world.ports.ledger.save(row.model_copy(update=never | told))


@pytest.fixture
def world() -> World:
    return World(ims_tasks=1)


def subjects(world: World) -> list[tuple[str, str]]:
    return [(mail.to, mail.subject) for mail in world.mails()]


DELAYED = ("ada@example.com", "Image delayed: Golden W")


def test_owner_of_a_drop_that_waits_long_in_the_queue_is_told_once(world: World) -> None:
    full(world)
    row = queued(world)
    world.live_through(hours=3.9)
    assert not world.mails()
    world.live_through(hours=8)
    assert subjects(world) == [DELAYED]
    told = reread(world, row)
    assert (told.updated_at, told.queued_since) == (row.updated_at, row.queued_since)
    assert told.queued_since is not None
    assert told.queued_since in world.mails()[0].text
    assert told.deadline_at in world.mails()[0].text
    assert world.ports.topic.published == []


def test_owner_is_told_of_an_import_that_takes_half_of_its_deadline_though_others_took_longer(world: World) -> None:
    world.ports.ledger.store(import_durations.NOTE, {"seen": [[40.0, 20 * HOUR]]})
    world.ports.images.plan(Outcome(20 * HOUR))
    register(world, accepted(world))
    world.live_through(hours=11.9)
    assert not world.mails()
    world.live_through(hours=0.5)
    assert subjects(world) == [DELAYED]


def test_owner_of_a_drop_whose_request_is_not_answered_is_told_once_and_then_of_the_end(world: World) -> None:
    world.ports.images.fail("create", ImsError("unknown", "ReadTimeoutError", "no answer"))
    register(world, accepted(world))
    world.live_through(hours=1)
    assert subjects(world) == [DELAYED]
    world.live_through(hours=26)
    assert [subject for _, subject in subjects(world)] == [DELAYED[1], "Image import failed: Golden W"]


def test_owner_of_an_import_that_takes_much_longer_than_others_is_told_once(world: World) -> None:
    world.ports.images.plan(Outcome(6 * HOUR))
    register(world, accepted(world))
    world.live_through(hours=1.9)
    assert not world.mails()
    world.live_through(hours=5)
    assert [subject for _, subject in subjects(world)] == [DELAYED[1], "Image registered: Golden W"]


def test_owner_of_an_import_that_takes_half_of_its_deadline_is_told_though_others_took_long(world: World) -> None:
    world.ports.ledger.store(import_durations.NOTE, {"seen": [[0.001, 4 * HOUR]]})
    world.ports.images.plan(Outcome(20 * HOUR))
    register(world, accepted(world))
    world.live_through(hours=11.9)
    assert not world.mails()
    world.live_through(hours=10)
    assert [subject for _, subject in subjects(world)] == [DELAYED[1], "Image registered: Golden W"]


def test_owner_of_a_drop_that_waits_for_the_operator_is_told_once(world: World) -> None:
    world.ports.images.fail("create", *(ImsError("held", "IMG.0015", "the quota is used up") for _ in range(40)))
    register(world, accepted(world))
    world.live_through(hours=0.9)
    assert not world.mails()
    world.live_through(hours=5)
    assert subjects(world) == [DELAYED]
    assert "the quota is used up (IMG.0015)" in world.mails()[0].text


def test_drop_without_owner_is_told_to_the_operator(world: World) -> None:
    full(world)
    queued(world, owner=None)
    world.live_through(hours=5)
    assert [to for to, _ in subjects(world)] == ["operator@example.com"]


def test_message_sent_twice_tells_once(world: World) -> None:
    row = held(world)
    world.ports.clock.advance(HOUR)
    for _ in range(2):
        world.ports.queues.send("notices", {"drop_id": row.drop_id, "attempt": 1})
    world.run(600)
    assert subjects(world) == [DELAYED]


def test_message_for_a_drop_that_is_no_longer_late_tells_nothing(world: World) -> None:
    row = held(world)
    world.ports.clock.advance(HOUR)
    world.ports.ledger.save(reread(world, row).model_copy(update={"held": None}))
    world.ports.queues.send("notices", {"drop_id": row.drop_id, "attempt": 1})
    world.run(600)
    assert not world.mails()


def test_message_that_was_lost_is_sent_again_by_the_next_sweep(world: World) -> None:
    full(world)
    queued(world)
    world.ports.clock.advance(5 * HOUR)
    assert world.sweep()["late"] == 1
    world.ports.queues.wipe()
    assert world.sweep()["late"] == 1
    world.run(10)
    assert world.sweep()["late"] == 0
    assert subjects(world) == [DELAYED]


def test_mail_that_fails_is_sent_again_by_the_queue_and_not_by_every_sweep(world: World) -> None:
    held(world)
    world.ports.clock.advance(HOUR)
    world.ports.mail.fail("send", *(RuntimeError("throttled") for _ in range(3)))
    world.sweep()
    world.step()
    assert [world.sweep()["late"] for _ in range(3)] == [0, 0, 0]
    world.run(HOUR)
    assert subjects(world) == [DELAYED]


def test_mail_that_was_surely_not_sent_is_sent_after_the_next_sweep_and_counted_once() -> None:
    world = World(mails_per_hour=10)
    row = held(world)
    world.ports.clock.advance(HOUR)
    world.ports.mail.fail("send", *(ServiceError("busy", "Throttling", "too many") for _ in range(4)))
    for _ in range(5):
        assert world.sweep()["late"] == 1
        world.run(10)
        assert not world.ports.queues.messages("notices")
        world.ports.clock.advance(300)
    assert subjects(world) == [DELAYED]
    assert (reread(world, row).late or {})["held"].repeats == 0


def test_refused_mail_is_recorded_and_not_sent_again(world: World) -> None:
    world.ports.mail.refused.add("ada@example.com")
    row = held(world)
    world.ports.clock.advance(HOUR)
    world.live_through(hours=3)
    late = reread(world, row).late
    assert late is not None
    assert late["held"].state == "refused"
    assert world.ports.meter.counts["MailRefused"] == 1


def test_crash_after_the_mail_sends_it_again_after_the_lease(world: World) -> None:
    row = held(world)
    world.ports.clock.advance(HOUR)
    world.ports.mail.fail("send", RuntimeError("killed"), after=True)
    world.ports.queues.send("notices", {"drop_id": row.drop_id, "attempt": 1})
    world.run(HOUR)
    assert subjects(world) == [DELAYED] * 2


def changed_during_the_mail(world: World, row: Drop, **changes: Any) -> None:
    """Another worker writes the row while the mail is being sent."""
    send = world.ports.mail.send

    def slow(*mail: Any) -> None:
        send(*mail)
        now = reread(world, row)
        world.ports.ledger.save(now.model_copy(update=changes))

    world.ports.mail.send = slow  # type: ignore[method-assign, assignment]


def test_row_that_changes_while_the_mail_is_sent_still_records_it(world: World) -> None:
    row = held(world)
    world.ports.clock.advance(HOUR)
    changed_during_the_mail(world, row, tries=7)
    world.live_through(hours=3)
    late = reread(world, row).late
    assert late is not None
    assert (late["held"].state, reread(world, row).tries) == ("done", 7)
    assert subjects(world) == [DELAYED]


def test_row_is_not_written_while_the_answer_to_the_request_is_awaited(world: World) -> None:
    """Else the worker that calls CreateImage could not save the id of the job."""
    row = held(world)
    world.ports.clock.advance(HOUR)
    changed_during_the_mail(world, row, stage="submitting", sent_at=world.now(), next_at=world.now(), held=None)
    world.ports.queues.send("notices", {"drop_id": row.drop_id, "attempt": 1})
    world.step()
    calling = reread(world, row)
    assert calling.stage == "submitting"
    world.step()
    assert reread(world, row) == calling


def test_late_mails_have_a_limit_of_their_own_and_do_not_displace_those_of_ends() -> None:
    world = World(mails_per_hour=10)
    rows = [held(world, number) for number in range(3)]
    world.ports.clock.advance(HOUR)
    for row in rows:
        world.ports.queues.send("notices", {"drop_id": row.drop_id, "attempt": 1})
    world.run(10)
    states = [late["held"].state for row in rows if (late := reread(world, row).late)]
    assert (sorted(states), len(world.mails())) == (["done", "skipped", "skipped"], 1)
    for number in range(10):
        end = accepted(world, 50 + number)
        world.ports.ledger.save(transitions.end(end, world.ports.clock(), "rejected", None))
        world.ports.queues.send("notices", {"drop_id": end.drop_id, "attempt": 1})
    world.run(60)
    assert len(world.mails()) == 11


# --- the queue


def test_thousands_of_queued_drops_are_all_told_and_read_twice_each(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(late_drops, "READ_IN_ONE_ROUND", 20)
    world = World(ims_tasks=1, mails_per_hour=1_000_000)
    full(world)
    rows = [queued(world, number) for number in range(90)]
    world.ports.clock.advance(5 * HOUR)
    before = world.ports.ledger.calls.copy()
    for _ in range(30):
        world.sweep()
        world.run(1)
        world.ports.clock.advance(300)
    assert all((reread(world, row).late or {})["queued"].state == "done" for row in rows)
    assert len(world.mails()) == 90
    reads = (world.ports.ledger.calls - before)["get"]
    assert reads < 30 * 3 + 90 * 5
    before = world.ports.ledger.calls.copy()
    world.sweep()
    assert (world.ports.ledger.calls - before)["get"] == 0


def test_queued_drop_that_another_overtakes_in_the_list_is_told(world: World) -> None:
    """A held drop is queued again at the end, with its first time in the queue."""
    full(world)
    first, second = queued(world, 1), queued(world, 2)
    world.ports.clock.advance(4 * HOUR - 60)
    again = transitions.queue(
        transitions.admit(first, world.ports.clock(), 86_400),
        world.ports.clock(),
        world.ports.settings.queue_deadline,
    )
    world.ports.ledger.save(again)
    world.live_through(hours=1)
    assert all((reread(world, row).late or {})["queued"].state == "done" for row in (first, second))


def test_changed_queue_deadline_hides_no_drop(world: World) -> None:
    full(world)
    rows = [queued(world, 1)]
    world.live_through(hours=5)
    world.ports = world.ports.__class__(
        **{**vars(world.ports), "settings": world.ports.settings.model_copy(update={"queue_deadline": 7 * 86_400})}
    )
    rows.append(queued(world, 2))
    world.live_through(hours=5)
    assert all((reread(world, row).late or {})["queued"].state == "done" for row in rows)
    assert len(world.mails()) == 2


def test_sweep_goes_on_when_late_drops_cannot_be_reported(world: World) -> None:
    row = held(world)
    world.ports.clock.advance(HOUR)
    send_many = world.ports.queues.send_many

    def failing(queue: Any, bodies: Any) -> Any:
        if queue == "notices":
            raise RuntimeError("throttled")
        return send_many(queue, bodies)

    world.ports.queues.send_many = failing  # type: ignore[method-assign]
    waits = queued(world, 1)
    world.ports.ledger.save(reread(world, row).model_copy(update={"stage": "failed"}))
    world.ports.ledger.save(reread(world, held(world, 2)).model_copy(update={"admission": "", "held": None}))
    assert world.sweep()["called"] == 1
    assert reread(world, waits).admission == "called"
