"""What `status` and `redrive` make of the ledger's rows."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from imagedrop.common.timestamps import format_timestamp
from imagedrop.domain import drop as drops
from imagedrop.domain import transitions
from imagedrop.domain.drop import Reason
from imagedrop.workflow import completion
from imagedrop_cli import recent_drops as ended_drops
from imagedrop_cli.output import CommandError
from imagedrop_local.memory.fake_clock import SettableClock
from imagedrop_local.memory.objects import MemoryObjects
from tests.support.cli import Cli
from tests.support.world import BUCKET, KEY, World


@pytest.fixture
def told(cli: Cli, world: World, monkeypatch: pytest.MonkeyPatch) -> Cli:
    """The command line at a ledger in memory."""
    from contextlib import nullcontext

    for command in ("status", "redrive"):
        monkeypatch.setattr(f"imagedrop_cli.{command}.open_ports", lambda folder: nullcontext(world.ports))
    obs = SimpleNamespace(settings=world.ports.settings, objects=world.ports.objects)
    monkeypatch.setattr("imagedrop_cli.status.connections.obs", lambda folder, environment: obs)
    return cli


def ended(world: World, stage: Any, **more: Any) -> None:
    reason = Reason(code="IMG.0057", message="the file is damaged")
    completion.finish(world.ports, world.accepted(), stage, reason, **more)


def test_what_every_drop_is_doing(told: Cli, world: World) -> None:
    world.put("late.vhd", b"image")
    world.run(5)
    world.accepted()
    said = told("status")
    assert "waits for late.vhd.json" in said.out
    assert KEY in said.out
    assert {row["stage"] for row in told("status", "--json").json["drops"]} == {"waiting", "accepted"}


def test_one_in_line_for_ims_says_so(told: Cli, world: World) -> None:
    world.ports.ledger.save(transitions.queue(world.accepted(), world.ports.clock()))
    assert "waits for its turn with IMS" in told("status").out


def test_nothing_on_its_way_is_said(told: Cli) -> None:
    assert "no drop is on its way" in told("status").out
    assert told("status", "--json").json == {"drops": []}


def all_over(world: World, key: str) -> None:
    reason = Reason(code="IMG.0057", message=f"{key} is damaged")
    completion.finish(world.ports, world.accepted(key), "failed", reason)
    world.run(60)
    world.ports.clock.advance(2)


def test_what_has_ended_is_shown_after_what_is_on_its_way_and_the_newest_first(told: Cli, world: World) -> None:
    all_over(world, "-first.vhd")
    all_over(world, "second.vhd")
    world.accepted()
    rows = told("status", "--json").json["drops"]
    assert [row["key"] for row in rows] == [KEY, "second.vhd", "-first.vhd"]
    assert "IMG.0057: -first.vhd is damaged" in told("status").out


def test_no_more_than_twenty_that_have_ended_are_shown(told: Cli, world: World) -> None:
    for number in range(23):
        all_over(world, f"{number:02}.vhd")
    shown = [row["key"] for row in told("status", "--json").json["drops"]]
    assert shown == [f"{number:02}.vhd" for number in reversed(range(3, 23))]


def test_results_are_found_behind_any_number_of_claims(world: World) -> None:
    objects = MemoryObjects(SettableClock(), BUCKET, page=10)
    for number in range(300):
        objects.upload(BUCKET, f".imagedrop/{number:03}.json", b"{}")
    objects.upload(BUCKET, "-a.vhd.result.json", b"{}")
    objects.upload(BUCKET, "w.vhd.result.json", b"{}")
    assert set(ended_drops.keys(objects, BUCKET, "")) == {"-a.vhd", "w.vhd"}


def test_what_is_on_its_way_is_shown_where_the_bucket_cannot_be_reached(
    told: Cli, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.accepted()

    def nowhere(folder: object, environment: object) -> None:
        raise CommandError("where is OBS?")

    monkeypatch.setattr("imagedrop_cli.status.connections.obs", nowhere)
    said = told("status")
    assert (said.code, KEY in said.out) == (0, True)
    assert "where is OBS?" in said.err


def test_a_drop_whose_answer_was_lost_says_so(told: Cli, world: World) -> None:
    ledger, clock = world.ports.ledger, world.ports.clock
    row = ledger.save(transitions.begin_submit(world.accepted(), clock()))
    row = ledger.save(transitions.mark_sent(row, clock(), 90))
    assert "IMS is being asked" in told("status").out
    clock.advance(91)
    ledger.save(row.updated(clock(), tries=1, next_at=format_timestamp(clock())))
    for said in (told("status").out, told("status", KEY).out):
        assert "IMS's answer was lost; looking for the image; by itself again at" in said


def test_a_held_drop_says_when_it_is_tried_again(told: Cli, world: World) -> None:
    held = drops.Held(code="IMG.0056", message="the quota is used up", since=world.now())
    row = transitions.return_to_accepted(
        transitions.begin_submit(world.accepted(), world.ports.clock()), world.ports.clock(), 900, held
    )
    due = world.ports.ledger.save(row).next_at
    refused = told("redrive", KEY)
    assert refused.code == 1
    for said in (told("status").out, refused.err):
        assert "waits for an operator: IMG.0056 the quota is used up" in said
        assert f"by itself again at {(due or '')[:19]}Z" in said


def test_the_whole_story_of_a_drop(told: Cli, world: World) -> None:
    ended(world, "failed")
    for key in (KEY, f"obs://{BUCKET}/{KEY}"):
        said = told("status", key)
        assert said.code == 0
        assert all(word in said.out for word in ("failed", "IMG.0057", "the file is damaged", "ada@example.com"))
    assert told("status", KEY, "--json").json["drops"][0]["reason"]["code"] == "IMG.0057"


def test_an_unknown_key_is_told(told: Cli) -> None:
    for command in ("status", "redrive"):
        said = told(command, "nowhere.vhd")
        assert (said.code, said.out, said.err) == (1, "", "imagedrop: no drop is known at nowhere.vhd\n")


def test_a_failed_drop_is_set_going_by_one_message(told: Cli, world: World) -> None:
    ended(world, "failed")
    world.run(5)
    said = told("redrive", KEY)
    assert (said.code, "attempt 2 begins" in said.out) == (0, True)
    (record,) = world.ports.queues.event("drops", limit=10)["Records"]
    assert f'"key":"{KEY}"' in record["body"].replace(" ", "")
    assert '"after_attempt":1' in record["body"].replace(" ", "")


@pytest.mark.parametrize(("stage", "word"), [("registered", "registered already"), (None, "still going")])
def test_there_is_nothing_to_set_going(told: Cli, world: World, stage: Any, word: str) -> None:
    if stage:
        row = world.accepted()
        row = world.ports.ledger.save(transitions.begin_submit(row, world.ports.clock()))
        row = world.ports.ledger.save(
            transitions.begin_import(row, world.ports.clock(), job_id="j", images=(), first=1)
        )
        completion.finish(world.ports, row, stage, None)
    else:
        world.accepted()
    said = told("redrive", KEY)
    assert (said.code, word in said.err) == (1, True)


def test_an_image_that_never_came_cannot_be_set_going(told: Cli, world: World) -> None:
    row = transitions.new_drop(BUCKET, KEY, None, world.ports.clock(), 60)
    completion.finish(world.ports, row, "rejected", Reason(code="pair.image_missing", message="never"))
    said = told("redrive", KEY)
    assert (said.code, "upload the image" in said.err) == (1, True)
