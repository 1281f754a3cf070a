"""Each way by which imagedrop hears of new objects, from the upload to the image, without the sweep unless named."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from imagedrop_local.simulated_cloud import Events
from imagedrop_local.switches import Switches
from tests.support.cli import Cli
from tests.support.e2e import World
from tests.support.engine import Embedded

SLOW = 1440  # minutes between two sweeps


def world_with(folder: Path, events: Events, **switches: object) -> Embedded:
    return Embedded(
        folder / "stack",
        events=events,
        time_scale=120,
        settings={"poll_longest": 1},
        sweep_every=SLOW,
        switches=Switches.model_validate(switches),
    )


@pytest.mark.parametrize(
    ("events", "switches"),
    [
        ("eventgrid-smn", {}),
        pytest.param("eventgrid-smn", {"eg_smn_message": "quoted"}, marks=pytest.mark.long),
        ("eventgrid-https", {}),
    ],
    ids=["EventGrid to SMN", "EventGrid to SMN, quoted", "EventGrid to the intake"],
)
def test_an_event_leads_to_an_image(
    events: Events, switches: dict[str, object], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with world_with(tmp_path, events, **switches) as local:
        world = World(local, tmp_path)
        image = world.image("golden")
        for path in (image, Path(f"{image}.json")):
            world.put(path)
        assert world.until(lambda: world.result(image))["stage"] == "registered"
        state = world.state()
        assert state["buckets"][0]["rules"] == []
        assert state["pushes"].get("delivered", 0) > 0 if events == "eventgrid-smn" else state["subscriptions"] == []
        assert [target["kind"] for target in _targets(state)] == [events.removeprefix("eventgrid-")]
        checks = Cli(capsys, "--folder", str(local.folder))("doctor", "--probe", "--yes", "--json").json["checks"]
        way = {check["name"]: check["outcome"] for check in checks if check["name"].startswith("events.")}
        del way["events.last"]  # the log may come later
        by_way = "events.subscription" if events == "eventgrid-smn" else "events.header"
        assert way == dict.fromkeys(
            ("events.way", "events.eventgrid", "events.keys", "events.arrival", by_way), "ok"
        ), checks


def test_without_events_and_with_pushes_that_are_refused_the_sweep_finds_the_drops(tmp_path: Path) -> None:
    """EventGrid that sends no headers is as good as no events: the intake refuses what it cannot check."""
    with world_with(tmp_path, "eventgrid-https", eg_sends_headers=False) as local:
        world = World(local, tmp_path)
        image = world.image("golden")
        for path in (image, Path(f"{image}.json")):
            world.put(path)
        world.until(lambda: world.state()["eventgrid"]["pushes"].get("refused") == 2)
        assert world.result(image) is None
        local.sweep()
        assert world.until(lambda: world.result(image))["stage"] == "registered"


@pytest.mark.long
def test_without_events_the_schedule_of_the_sweep_finds_the_drops(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Within 90 s in a bucket of 10,000 keys, although the schedule is as in an installation."""
    archive = tmp_path / "stack/obs/drops/archive"
    archive.mkdir(parents=True)
    for number in range(10_000):
        (archive / f"{number:05}.txt").write_bytes(b"x")
    with Embedded(tmp_path / "stack", events="none", time_scale=120, settings={"poll_longest": 1}) as local:
        world = World(local, tmp_path)
        world.until(lambda: world.state()["buckets"][0]["objects"] >= 10_000)
        image = world.image("golden")
        for path in (image, Path(f"{image}.json")):
            world.put(path)
        put = time.monotonic()
        status = Cli(capsys, "--folder", str(local.folder))
        world.until(lambda: status("status", "--json").json["drops"])
        assert time.monotonic() - put < 90
        assert world.until(lambda: world.result(image))["stage"] == "registered"
        state = world.state()
        assert (state["subscriptions"], state["eventgrid"]["subscriptions"]) == ([], [])


def _targets(state: dict[str, object]) -> list[dict[str, str]]:
    eventgrid = state["eventgrid"]
    assert isinstance(eventgrid, dict)
    return [subscription["target"] for subscription in eventgrid["subscriptions"]]
