"""A backup of the ledger is restored, of any age and at any moment: no drop gets a second image or a second notice."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from imagedrop.domain import object_keys, transitions
from imagedrop.domain.drop import OBJECT_REPLACED, Drop
from imagedrop.ports import ObjectsUnavailable, ServiceError
from imagedrop.workflow import recovery
from imagedrop.workflow.bucket_records import claims, end_markers
from imagedrop.workflow.validate import validate
from imagedrop_local.memory.images import Outcome
from tests.support.world import BUCKET, World
from tests.unit.workflow.validate.sample_drop import KEY, SAMPLE, SIDECAR_KEY, published, put_drop, sidecar

WRITES = 13  # of the ledger, until the drop below has ended and its owner is notified
OUTCOMES = {"registered": Outcome(200), "failed": Outcome(200, "IMG.0072", "the format is unknown")}


def new_world(outcome: str = "registered") -> World:
    world = World(poll_first=300)
    world.ports.images.plan(OUTCOMES[outcome])
    return world


def watch_backups(world: World) -> list[Mapping[str, Any]]:
    """A backup before the first write of the ledger, and after each."""
    ledger = world.ports.ledger
    write = ledger._write
    backups: list[Mapping[str, Any]] = [ledger.backup()]

    def write_and_back_up(drop: Drop) -> Drop:
        saved = write(drop)
        backups.append(ledger.backup())
        return saved

    ledger._write = write_and_back_up  # type: ignore[method-assign]
    return backups


def advance(world: World) -> bool:
    """Handles the next message. False: none is left."""
    due = world.ports.queues.next_at()
    if due is not None:
        world.ports.clock.advance(max(0.0, due - world.ports.clock.seconds()) + 0.001)
        world.step()
    return due is not None


def check_one_image_and_one_notice(world: World) -> None:
    assert len(world.ports.images.bodies) == 1
    assert [end["attempt"] for end in published(world)] == [1]
    assert len(world.mails()) == 1
    assert all(row.end_marked for row in world.ports.ledger.rows())  # none, if the ledger forgot a drop that has ended
    assert object_keys.claim_key(published(world)[0]["drop_id"]) not in world.ports.objects.keys(BUCKET)


@pytest.mark.parametrize("outcome", OUTCOMES)
@pytest.mark.parametrize("queues_kept", [True, False])
@pytest.mark.parametrize("age", range(WRITES + 1))
def test_restored_backup_makes_no_second_image_and_no_second_notice(age: int, queues_kept: bool, outcome: str) -> None:
    steps, going_on = 0, True
    while going_on:
        world = new_world(outcome)
        backups = watch_backups(world)
        put_drop(world)
        for _ in range(steps):
            going_on = advance(world)
        if len(backups) > age:
            world.ports.ledger.restore(backups[age])
            if not queues_kept:
                world.ports.queues.wipe()
            world.live_through(2)
            check_one_image_and_one_notice(world)
        steps += 1
    assert len(backups) > age


def test_backup_from_before_a_new_attempt_is_followed_by_that_attempt(world: World) -> None:
    backups = watch_backups(world)
    put_drop(world, min_disk=5)
    world.run()
    first_end = len(backups) - 1
    world.ports.clock.advance(60)
    world.put(SIDECAR_KEY, sidecar())
    world.run(30)
    assert (world.row(KEY).attempt, world.row(KEY).stage) == (2, "importing")
    world.ports.ledger.restore(backups[first_end])
    world.ports.queues.wipe()
    world.live_through(2)
    assert [(end["attempt"], end["stage"]) for end in published(world)] == [(1, "rejected"), (2, "registered")]
    assert len(world.ports.images.bodies) == 1


def test_an_end_that_no_result_file_tells_gets_the_next_number(world: World) -> None:
    put_drop(world)
    validate.validate_key(world.ports, BUCKET, KEY)
    assert world.row(KEY).stage == "accepted"
    accepted = world.ports.ledger.backup()
    world.run()
    world.ports.objects.delete(BUCKET, KEY + ".result.json")
    world.ports.ledger.restore(accepted)
    world.live_through(2)
    assert [end["attempt"] for end in published(world)] == [1, 2]
    assert len(world.ports.images.bodies) == 1  # the second attempt found the image of the first


@pytest.mark.parametrize("outcome", OUTCOMES)
@pytest.mark.parametrize("newer_content", [False, True])
@pytest.mark.parametrize("age", range(WRITES + 1))
def test_backup_of_a_drop_whose_result_file_is_gone_comes_to_an_end(
    age: int, newer_content: bool, outcome: str
) -> None:
    """The sweep writes the missing claim of the older row again. The end markers say that its attempt has ended."""
    world = new_world(outcome)
    backups = watch_backups(world)
    put_drop(world)
    world.run()
    first = world.row(KEY)
    if newer_content:
        world.put(KEY, SAMPLE + bytes(512))
        world.run()
    else:
        world.ports.objects.delete(BUCKET, object_keys.result_key(KEY))
    world.ports.ledger.restore(backups[age])
    world.live_through(2)
    assert not [row for row in world.ports.ledger.rows() if row.open]
    assert object_keys.claim_key(first.drop_id) not in world.ports.objects.keys(BUCKET)
    own_tag = {"key": "imagedrop", "value": first.drop_id}
    requests = [body for body in world.ports.images.bodies if own_tag in tags(body)]
    assert len(requests) <= (1 if outcome == "registered" else 2)  # a failed drop is tried again
    # Its file was replaced after its end, not during the import.
    reasons = [row.reason.code for row in world.ports.ledger.rows() if row.reason]
    assert OBJECT_REPLACED not in [*reasons, *((end["reason"] or {}).get("code") for end in published(world))]


def test_a_later_end_that_only_the_result_file_tells_is_notified_without_a_sweep(world: World) -> None:
    backups = watch_backups(world)
    put_drop(world, min_disk=5)
    validate.validate_key(world.ports, BUCKET, KEY)
    assert world.row(KEY).stage == "rejected"
    ended = backups[-1]
    world.run()
    world.ports.clock.advance(60)
    world.put(SIDECAR_KEY, sidecar(min_disk=6))
    world.ports.topic.fail("publish", *(ServiceError("busy", "Throttling", "no") for _ in range(3)))
    world.ports.mail.fail("send", *(ServiceError("busy", "Throttling", "no") for _ in range(3)))
    world.run(5)
    assert (world.result(KEY)["attempt"], [end["attempt"] for end in published(world)]) == (2, [1])
    world.ports.queues.wipe()
    world.ports.ledger.restore(ended)
    world.ports.queues.send("notices", {"drop_id": world.row(KEY).drop_id, "attempt": 1})
    world.run()
    assert [end["attempt"] for end in published(world)] == [1, 2]
    assert len(world.mails()) == 2


def tags(body: Mapping[str, Any]) -> list[dict[str, str]]:
    found: list[dict[str, str]] = body["image_tags"]
    return found


class Crash(BaseException):
    """The worker is killed."""


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("call", ["put", "save"])
def test_call_is_made_at_once_if_its_claim_or_row_could_not_be_written(world: World, call: str, after: bool) -> None:
    row = world.accepted()
    world.ports.queues.send("registrations", {"drop_id": row.drop_id, "attempt": 1})
    if call == "put":
        world.ports.objects.fail("put", ObjectsUnavailable("503"), after=after)
    else:
        world.ports.ledger.fail("save", None, OSError("no answer"))  # of the save that says `sent_at`
    world.run(600)
    assert world.row().stage == "registered"
    assert len(world.ports.images.bodies) == 1


def test_claim_that_was_written_though_it_looked_refused_does_not_delay_the_call(world: World) -> None:
    """It says that a request was sent, and cannot be corrected either. The row says that none was."""
    row = world.accepted()
    world.ports.queues.send("registrations", {"drop_id": row.drop_id, "attempt": 1})
    world.ports.objects.fail("put", ObjectsUnavailable("503"), after=True)
    world.ports.objects.fail("put", ObjectsUnavailable("503"))
    world.run(600)
    assert world.row().stage == "registered"


def test_claim_of_a_killed_worker_counts_as_a_call(world: World) -> None:
    """The row says that nothing was sent, the claim that it may have been: a restored backup looks the same."""
    row = world.accepted()
    world.ports.queues.send("registrations", {"drop_id": row.drop_id, "attempt": 1})
    world.ports.ledger.fail("save", None, Crash())
    with pytest.raises(Crash):
        world.step()
    world.run(600)
    assert world.row().stage == "submitting"
    assert world.row().sent_at is not None
    assert not world.ports.images.bodies


def test_overdue_drop_of_a_backup_is_followed_if_its_claim_tells_of_a_call(world: World) -> None:
    backups = watch_backups(world)
    put_drop(world)
    advance(world)
    assert world.row(KEY).stage == "importing"
    for backup in reversed(backups):
        world.ports.ledger.restore(backup)
        if world.row(KEY).stage == "accepted":
            break
    world.ports.clock.advance(world.ports.settings.attempt_deadline)
    world.ports.queues.send("registrations", {"drop_id": world.row(KEY).drop_id, "attempt": 1})
    world.run()
    assert world.row(KEY).stage == "registered"
    assert len(world.ports.images.bodies) == 1


def test_claim_that_could_not_be_corrected_before_a_long_time_in_the_queue_does_not_end_the_drop() -> None:
    """It tells of a call that was never made, and of a deadline from before the queue. Where running imports are shown,
    nothing found is proof, and the call is made."""
    world = World(ims_shows_imports=True)
    row = world.accepted()
    now, settings = world.ports.clock(), world.ports.settings
    submitting = transitions.mark_sent(transitions.begin_submit(row, now, 90), now, 90)
    claims.write_claim(world.ports.objects, submitting, settings.installation)
    row = world.ports.ledger.save(transitions.queue(row, now, settings.queue_deadline))
    world.ports.clock.advance(2 * settings.attempt_deadline)
    row = world.ports.ledger.save(transitions.admit(row, world.ports.clock(), settings.attempt_deadline))
    world.ports.queues.send("registrations", {"drop_id": row.drop_id, "attempt": 1})
    world.run(3600)
    assert (world.row().stage, world.row().reason) == ("registered", None)
    assert len(world.ports.images.bodies) == 1


def test_slot_of_a_restored_row_whose_attempt_has_ended_goes_to_the_next_drop_at_once() -> None:
    world = World(ims_tasks=1)
    ended = world.accepted(admission="called")
    world.ports.objects.put(BUCKET, end_markers.end_marker_key(ended), b"", "application/octet-stream")
    settings = world.ports.settings
    other = transitions.queue(world.accepted("golden/other.vhd"), world.ports.clock(), settings.queue_deadline)
    world.ports.ledger.save(other)
    assert recovery.catch_up(world.ports, ended)
    assert world.row("golden/other.vhd").admission == "called"


def test_a_drop_that_the_sweep_revives_from_its_claim_is_not_enqueued_as_a_lost_one_too() -> None:
    world = World()
    put_drop(world)
    advance(world)
    world.ports.ledger.wipe()
    world.ports.clock.advance(600)
    found = world.sweep()
    assert (found["revived"], found["found"]) == (1, 0)
