"""`status` and `redrive` with a ledger in memory."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from imagedrop.common.timestamps import format_timestamp
from imagedrop.domain import drop as drops
from imagedrop.domain import transitions
from imagedrop.domain.drop import Reason
from imagedrop.workflow import completion
from imagedrop_cli import recent_drops
from imagedrop_cli.output import CommandError
from imagedrop_local.memory.fake_clock import SettableClock
from imagedrop_local.memory.objects import MemoryObjects
from tests.support.cli import Cli
from tests.support.world import BUCKET, KEY, World


@pytest.fixture
def ledger_cli(cli: Cli, world: World, monkeypatch: pytest.MonkeyPatch) -> Cli:
    """The command line with a ledger in memory."""
    from contextlib import nullcontext

    for command in ("status", "redrive"):
        monkeypatch.setattr(f"imagedrop_cli.{command}.open_ports", lambda folder, stack: nullcontext(world.ports))
    obs = SimpleNamespace(settings=world.ports.settings, objects=world.ports.objects)
    monkeypatch.setattr("imagedrop_cli.status.connections.obs", lambda folder, environment: obs)
    return cli


def finish(world: World, stage: Any, **options: Any) -> None:
    reason = Reason(code="IMG.0057", message="the file is damaged")
    completion.finish(world.ports, world.accepted(), stage, reason, **options)


def test_status_lists_drops_in_progress(ledger_cli: Cli, world: World) -> None:
    world.put("late.vhd", b"image")
    world.run(5)
    world.accepted()
    result = ledger_cli("status")
    assert "waiting for late.vhd.json" in result.out
    assert KEY in result.out
    assert {row["stage"] for row in ledger_cli("status", "--json").json["drops"]} == {"waiting", "accepted"}


def test_status_of_a_drop_that_waits_for_a_free_slot(ledger_cli: Cli, world: World) -> None:
    world.ports.ledger.save(transitions.queue(world.accepted(), world.ports.clock(), 3600))
    assert "waiting for a free IMS slot" in ledger_cli("status").out


def test_status_without_drops(ledger_cli: Cli) -> None:
    assert "no drops" in ledger_cli("status").out
    assert ledger_cli("status", "--json").json == {"drops": []}


def end_drop(world: World, key: str) -> None:
    reason = Reason(code="IMG.0057", message=f"{key} is damaged")
    completion.finish(world.ports, world.accepted(key), "failed", reason)
    world.run(60)
    world.ports.clock.advance(2)


def test_status_lists_ended_drops_last_and_newest_first(ledger_cli: Cli, world: World) -> None:
    end_drop(world, "-first.vhd")
    end_drop(world, "second.vhd")
    world.accepted()
    rows = ledger_cli("status", "--json").json["drops"]
    assert [row["key"] for row in rows] == [KEY, "second.vhd", "-first.vhd"]
    assert "IMG.0057: -first.vhd is damaged" in ledger_cli("status").out


def test_status_lists_at_most_twenty_ended_drops(ledger_cli: Cli, world: World) -> None:
    for number in range(23):
        end_drop(world, f"{number:02}.vhd")
    shown = [row["key"] for row in ledger_cli("status", "--json").json["drops"]]
    assert shown == [f"{number:02}.vhd" for number in reversed(range(3, 23))]


def test_result_files_are_found_after_many_claims(world: World) -> None:
    objects = MemoryObjects(SettableClock(), BUCKET, page=10)
    for number in range(300):
        objects.upload(BUCKET, f".imagedrop/{number:03}.json", b"{}")
    objects.upload(BUCKET, "-a.vhd.result.json", b"{}")
    objects.upload(BUCKET, "w.vhd.result.json", b"{}")
    assert set(recent_drops.keys(objects, BUCKET, "")) == {"-a.vhd", "w.vhd"}


def test_status_lists_drops_in_progress_without_obs(
    ledger_cli: Cli, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.accepted()

    def no_obs(folder: object, environment: object) -> None:
        raise CommandError("OBS is not configured")

    monkeypatch.setattr("imagedrop_cli.status.connections.obs", no_obs)
    result = ledger_cli("status")
    assert (result.code, KEY in result.out) == (0, True)
    assert "OBS is not configured" in result.err


def test_status_of_a_drop_whose_answer_from_ims_was_lost(ledger_cli: Cli, world: World) -> None:
    ledger, clock = world.ports.ledger, world.ports.clock
    row = ledger.save(transitions.begin_submit(world.accepted(), clock(), 90))
    row = ledger.save(transitions.mark_sent(row, clock(), 90))
    assert "sending the request to IMS" in ledger_cli("status").out
    clock.advance(91)
    ledger.save(row.updated(clock(), tries=1, next_at=format_timestamp(clock())))
    for output in (ledger_cli("status").out, ledger_cli("status", KEY).out):
        assert "IMS's answer was lost; searching for the image; next try at" in output


def test_status_and_redrive_of_a_held_drop_show_the_next_try(ledger_cli: Cli, world: World) -> None:
    held = drops.Held(code="IMG.0056", message="the quota is used up", since=world.now())
    row = transitions.return_to_accepted(
        transitions.begin_submit(world.accepted(), world.ports.clock(), 90), world.ports.clock(), 900, held
    )
    due = world.ports.ledger.save(row).next_at
    refused = ledger_cli("redrive", KEY)
    assert refused.code == 1
    for result in (ledger_cli("status").out, refused.err):
        assert "waiting for an operator: IMG.0056 the quota is used up" in result
        assert f"next try at {(due or '')[:19]}Z" in result


def test_status_of_one_drop_shows_reason_and_owner(ledger_cli: Cli, world: World) -> None:
    finish(world, "failed")
    for key in (KEY, f"obs://{BUCKET}/{KEY}"):
        result = ledger_cli("status", key)
        assert result.code == 0
        assert all(word in result.out for word in ("failed", "IMG.0057", "the file is damaged", "ada@example.com"))
    assert ledger_cli("status", KEY, "--json").json["drops"][0]["reason"]["code"] == "IMG.0057"


def test_status_and_redrive_of_an_unknown_key_exit_1(ledger_cli: Cli) -> None:
    for command in ("status", "redrive"):
        result = ledger_cli(command, "nowhere.vhd")
        assert (result.code, result.out, result.err) == (
            1,
            "",
            "imagedrop: there is no drop with the key nowhere.vhd\n",
        )


def test_redrive_sends_one_message(ledger_cli: Cli, world: World) -> None:
    finish(world, "failed")
    world.run(5)
    result = ledger_cli("redrive", KEY)
    assert (result.code, "starting attempt 2" in result.out) == (0, True)
    (record,) = world.ports.queues.event("drops", limit=10)["Records"]
    assert f'"key":"{KEY}"' in record["body"].replace(" ", "")
    assert '"after_attempt":1' in record["body"].replace(" ", "")


@pytest.mark.parametrize(("stage", "word"), [("registered", "already registered"), (None, "still in progress")])
def test_redrive_of_a_registered_or_open_drop_exits_1(ledger_cli: Cli, world: World, stage: Any, word: str) -> None:
    if stage:
        row = world.accepted()
        row = world.ports.ledger.save(transitions.begin_submit(row, world.ports.clock(), 90))
        row = world.ports.ledger.save(
            transitions.begin_import(row, world.ports.clock(), job_id="j", images=(), first=1)
        )
        completion.finish(world.ports, row, stage, None)
    else:
        world.accepted()
    result = ledger_cli("redrive", KEY)
    assert (result.code, word in result.err) == (1, True)


def test_redrive_of_a_drop_without_image_exits_1(ledger_cli: Cli, world: World) -> None:
    row = transitions.new_drop(BUCKET, KEY, None, world.ports.clock(), 60)
    completion.finish(world.ports, row, "rejected", Reason(code="pair.image_missing", message="never"))
    result = ledger_cli("redrive", KEY)
    assert (result.code, "upload the image" in result.err) == (1, True)
