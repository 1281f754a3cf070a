"""What `status` and `redrive` make of the ledger's rows."""

from __future__ import annotations

from typing import Any

import pytest

from imagedrop import drop as drops
from imagedrop import endings
from imagedrop.drop import Reason
from support.cli import Cli
from support.world import BUCKET, KEY, World


@pytest.fixture
def told(cli: Cli, world: World, monkeypatch: pytest.MonkeyPatch) -> Cli:
    """The command line at a ledger in memory."""
    from contextlib import nullcontext

    for command in ("status", "redrive"):
        monkeypatch.setattr(f"imagedrop_cli.{command}.desk", lambda folder: nullcontext(world.ports))
    return cli


def ended(world: World, stage: Any, **more: Any) -> None:
    reason = Reason(code="IMG.0057", message="the file is damaged")
    endings.finish(world.ports, world.accepted(), stage, reason, **more)


def test_what_every_drop_is_doing(told: Cli, world: World) -> None:
    world.put("late.vhd", b"image")
    world.run(5)
    world.accepted()
    said = told("status")
    assert "waits for late.vhd.json" in said.out
    assert KEY in said.out
    assert {row["stage"] for row in told("status", "--json").json["drops"]} == {"waiting", "accepted"}


def test_nothing_on_its_way_is_said(told: Cli) -> None:
    assert "no drop is on its way" in told("status").out
    assert told("status", "--json").json == {"drops": []}


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
        row = world.ports.ledger.save(drops.reserve(row, world.ports.clock()))
        row = world.ports.ledger.save(drops.importing(row, world.ports.clock(), job_id="j", images=(), first=1))
        endings.finish(world.ports, row, stage, None)
    else:
        world.accepted()
    said = told("redrive", KEY)
    assert (said.code, word in said.err) == (1, True)


def test_an_image_that_never_came_cannot_be_set_going(told: Cli, world: World) -> None:
    row = drops.new(BUCKET, KEY, None, world.ports.clock(), 60)
    endings.finish(world.ports, row, "rejected", Reason(code="pair.image_missing", message="never"))
    said = told("redrive", KEY)
    assert (said.code, "upload the image" in said.err) == (1, True)
