"""Each job that succeeds teaches the next ones, and no note can do harm."""

from __future__ import annotations

import json
import math
from statistics import median
from typing import Any

import pytest

from imagedrop.common.timestamps import add_seconds, parse_timestamp
from imagedrop.ports import ImsError
from imagedrop.workflow.poll_schedule.duration_history import LATE, planned, taken
from imagedrop_local.memory.images import Outcome
from imagedrop_local.project_paths import SAMPLES
from tests.support.world import BUCKET, KEY, World

GIB = 2**30


def job(world: World, number: int, size: int | None, outcome: Outcome, **changes: Any) -> tuple[int, float]:
    """One drop's whole way: how often IMS was asked about its job, and its seconds from the start to the end."""
    key = f"golden/{number}.vhd"
    row = world.accepted(key, b"image %d" % number, size=size, **changes)
    world.ports.images.plan(outcome)
    before = world.ports.images.calls["job"]
    world.ports.queues.send("registrations", {"drop_id": row.drop_id, "attempt": 1})
    world.run()
    row = world.row(key)
    assert row.job_started_at is not None
    assert row.ended_at is not None
    spent = parse_timestamp(row.ended_at) - parse_timestamp(row.job_started_at)
    return world.ports.images.calls["job"] - before, spent.total_seconds()


def learned(world: World, name: str = "pace") -> list[list[float]]:
    note = world.ports.ledger.load(name)
    return note["jobs"] if note else []


def test_after_some_jobs_the_next_are_found_out_soon_with_few_looks(world: World) -> None:
    """Their time is a base and a rate by size."""
    sizes = [2, 9, 30, 4, 17, 12, 6, 25, 3, 20, 8, 14, 28, 5, 11]
    times = [60 + 30 * size for size in sizes]
    done = [job(world, size, size * GIB, Outcome(seconds=time)) for size, time in zip(sizes, times, strict=True)][6:]
    late = [spent / time - 1 for (_, spent), time in zip(done, times[6:], strict=True)]
    assert min(late) >= 0
    assert median(late) <= 0.03
    assert sum(looks for looks, _ in done) <= sum(times[6:]) / 10 / 6


def test_without_a_size_nothing_is_learned_and_nothing_expected(world: World) -> None:
    for number in range(3):
        job(world, number, None, Outcome(seconds=300))
    assert learned(world) == []
    assert world.row("golden/2.vhd").looks == ()


def test_a_row_of_an_older_version_has_the_size_that_its_facts_say(world: World) -> None:
    job(world, 1, None, Outcome(seconds=300), facts={"file_size": 8 * GIB})
    assert learned(world)[0][0] == 8 * GIB


def test_what_is_learned_lies_between_the_last_two_looks(world: World) -> None:
    job(world, 1, 8 * GIB, Outcome(seconds=300))
    ((size, seconds),) = learned(world)
    assert size == 8 * GIB
    assert seconds == pytest.approx(300, rel=0.06)


@pytest.mark.parametrize("outcome", [Outcome(seconds=300, error_code="IMG.0072"), Outcome(seconds=300, active=False)])
def test_only_success_teaches(world: World, outcome: Outcome) -> None:
    job(world, 1, 8 * GIB, outcome)
    assert learned(world) == []


def test_the_fast_channel_teaches_the_fast_channel_alone(world: World) -> None:
    request = {"name": "W", "image_url": f"{BUCKET}:{KEY}", "min_disk": 40, "is_quick_import": True}
    job(world, 1, 8 * GIB, Outcome(seconds=300), request=request)
    assert learned(world) == []
    assert len(learned(world, "pace.quick")) == 1


def test_a_job_is_written_down_once_and_read_about_twice(world: World) -> None:
    job(world, 1, 8 * GIB, Outcome(seconds=3600))
    assert world.ports.ledger.calls["load"] == 2
    assert world.ports.ledger.calls["store"] == 1


def test_the_note_does_not_grow_for_ever(world: World) -> None:
    for number in range(20):
        job(world, number, (1 + number) * GIB, Outcome(seconds=100))
    assert [size // GIB for size, _ in learned(world)] == list(range(5, 21))


def test_a_look_that_came_late_teaches_nothing(world: World) -> None:
    row = world.accepted(size=8 * GIB)
    world.ports.queues.send("registrations", {"drop_id": row.drop_id, "attempt": 1})
    world.run(5)
    world.ports.clock.advance(90_000)  # no function ran for a day
    world.run()
    assert world.row().stage == "registered"
    assert learned(world) == []


def test_what_the_ledger_says_of_a_job_is_taken_for_what_it_is_worth(world: World) -> None:
    start = world.now()
    row = world.accepted(size=GIB).model_copy(
        update={"job_id": "j", "job_started_at": start, "tries": 1, "updated_at": add_seconds(start, 100)}
    )
    now = parse_timestamp(add_seconds(start, 120))
    assert taken(row, now) == 110
    assert taken(row.model_copy(update={"tries": 0}), now) == 120
    assert taken(row.model_copy(update={"job_id": None}), now) is None
    assert taken(row.model_copy(update={"redrives": 1}), now) is None
    due = {late: add_seconds(start, 120 - late) for late in (LATE + 1, LATE + 3)}
    assert taken(row.model_copy(update={"next_at": due[LATE + 1]}), now) == 110
    assert taken(row.model_copy(update={"next_at": due[LATE + 3]}), now) is None


HOSTILE: list[Any] = [
    {}, {"jobs": None}, {"jobs": {}}, {"jobs": [[]]}, {"jobs": [None, "x", 7, [1], [1, 2, 3], {"size": 1}]},
    {"jobs": [["8", "300"], [True, True], [None, 5]]}, {"jobs": [[math.nan, math.inf], [8, -math.inf], [-1, 60]]},
    {"jobs": [[10**400, 300], [8, 10**400]]}, {"jobs": [[1e-300, 86_400], [2**50, 1]]}, {"jobs": [[0, 0]] * 100_000},
    {"jobs": [[8 * GIB, 86_400]] * 16}, {"jobs": [[8 * GIB, 1]] * 16}, {"unknown": 1},
]  # fmt: skip


@pytest.mark.parametrize("note", HOSTILE, ids=range(len(HOSTILE)))
def test_no_note_delays_a_job_beyond_half_its_time_or_ends_it_otherwise(world: World, note: dict[str, Any]) -> None:
    world.ports.ledger.store("pace", note)
    looks, spent = job(world, 1, 8 * GIB, Outcome(seconds=900))
    assert world.row("golden/1.vhd").stage == "registered"
    assert 900 <= spent <= 900 * 1.5
    assert looks <= 48
    assert len(learned(world)) <= 16


@pytest.mark.parametrize("text", ["", "{", "[]", "7", '"pace"', "null"])
def test_a_note_that_is_no_object_is_none(world: World, text: str) -> None:
    world.ports.ledger._notes["pace"] = text
    _, spent = job(world, 1, 8 * GIB, Outcome(seconds=300))
    assert 300 <= spent <= 330
    assert len(learned(world)) == 1


def test_a_wiped_ledger_costs_only_what_was_learned(world: World) -> None:
    job(world, 1, 8 * GIB, Outcome(seconds=300))
    world.ports.ledger._notes.clear()
    _, spent = job(world, 2, 8 * GIB, Outcome(seconds=300))
    assert 300 <= spent <= 330


def test_nothing_is_planned_for_an_image_whose_job_is_not_known(world: World) -> None:
    job(world, 1, 8 * GIB, Outcome(seconds=3600))
    row = world.accepted(size=8 * GIB)
    world.ports.images.fail("create", ImsError("unknown", "ReadTimeout", "no answer"), after=True)
    world.ports.queues.send("registrations", {"drop_id": row.drop_id, "attempt": 1})
    world.run()
    assert world.row().stage == "registered"
    assert world.row().job_id is None
    assert world.row().looks == ()
    assert len(learned(world)) == 1


def test_a_job_that_is_started_once_more_is_planned_anew(world: World) -> None:
    job(world, 1, 8 * GIB, Outcome(seconds=600))
    row = world.accepted(size=8 * GIB)
    world.ports.images.plan(Outcome(seconds=10, error_code="IMG.1075"), Outcome(seconds=600))
    world.ports.queues.send("registrations", {"drop_id": row.drop_id, "attempt": 1})
    world.run()
    assert world.row().restarts == 1
    assert len(learned(world)) == 2
    assert learned(world)[1][1] == pytest.approx(600, rel=0.1)


def test_the_last_look_at_the_deadline_happens_whatever_was_planned() -> None:
    world = World(attempt_deadline=1000)
    world.ports.ledger.store("pace", {"jobs": [[8 * GIB, 80_000]] * 16})
    _, spent = job(world, 1, 8 * GIB, Outcome(seconds=5000))
    reason = world.row("golden/1.vhd").reason
    assert reason is not None
    assert reason.code == "import.deadline"
    assert spent <= 1000 + 300


def test_the_size_is_that_of_all_images(world: World) -> None:
    sample = (SAMPLES / "windows-server-2022.qcow2").read_bytes()
    sidecar = json.loads((SAMPLES / "windows-server-2022.qcow2.json").read_text())
    world.put("golden/w.qcow2", sample)
    world.put("golden/d.qcow2", sample)
    data = [{"file": "d.qcow2", "name": "data disk", "min_disk": 40}]
    world.put("golden/w.qcow2.json", sidecar | {"data_images": data})
    world.run()
    assert world.row("golden/w.qcow2").stage == "registered"
    assert learned(world)[0][0] == 2 * len(sample)


def test_a_plan_is_made_before_ims_is_asked(world: World) -> None:
    job(world, 1, 8 * GIB, Outcome(seconds=600))
    row = planned(world.ports, world.accepted(size=8 * GIB))
    assert row.looks
    assert min(abs(look - 600) for look in row.looks) < 30
