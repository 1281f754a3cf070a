"""Drops that go the whole way: command line, OBS, SMN, intake, queues, IMS, mail."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from imagedrop_cli.app import main
from imagedrop_local.project_paths import ROOT
from tests.support.cli import Cli
from tests.support.e2e import World


def test_a_drop_becomes_an_image_and_its_owner_is_told(cli: Cli, world: World) -> None:
    image = world.image("plain")
    said = cli("drop", image, "--prefix", "golden", "--wait", "--json")
    assert (said.code, said.json["key"], said.json["result"]["stage"]) == (0, "golden/plain.qcow2", "registered")
    (made,) = world.images("plain")
    assert made["status"] == "active"
    assert said.json["result"]["images"][0]["id"] == made["id"]
    (mail,) = world.until(lambda: world.mails("plain"))
    assert made["id"] in mail["BodyText"]
    world.until(lambda: made["id"] in cli("status", "golden/plain.qcow2").out)
    world.until(lambda: f"image {made['id']}" in cli("status").out)  # among those that have ended


def test_a_rejected_drop_tells_why_and_one_that_is_mended_goes_through(cli: Cli, world: World) -> None:
    image = world.image("mended", min_disk=20)
    refused = cli("drop", image, "--wait")
    assert (refused.code, world.result(image)) == (1, None)
    assert "size.min_disk_small" in refused.err
    rejected = cli("drop", image, "--wait", "--no-check", "--json")
    result = rejected.json["result"]
    assert (rejected.code, result["stage"], result["reason"]["code"]) == (1, "rejected", "size.min_disk_small")
    world.until(lambda: world.mails("mended"))
    world.sidecar(image)
    registered = cli("drop", image, "--wait", "--json")
    assert (registered.code, registered.json["result"]["stage"]) == (0, "registered")
    assert registered.json["result"]["attempt"] > 1
    assert registered.json["drop_id"] == rejected.json["drop_id"]
    assert len(world.images("mended")) == 1


def test_a_failed_job_fails_the_drop_and_a_redrive_sets_it_going_again(cli: Cli, world: World) -> None:
    image = world.image("failing")
    world.fault(service="ims", call="ImportJob", times=1, fault="status", code="IMG.0057")
    failed = cli("drop", image, "--wait", "--json")
    assert (failed.code, failed.json["result"]["stage"]) == (1, "failed")
    assert failed.json["result"]["reason"]["code"] == "IMG.0057"
    world.until(lambda: world.mails("failing"))
    again = cli("redrive", image.name, "--json")
    assert (again.code, again.json["after_attempt"]) == (0, 1)
    world.until(lambda: (world.result(image) or {}).get("attempt") == 2)
    world.until(lambda: _story(cli, image.name) == ("registered", 2))
    nothing = cli("redrive", image.name)
    assert (nothing.code, "registered already" in nothing.err) == (1, True)


def test_a_sidecar_that_comes_late_is_waited_for(cli: Cli, world: World) -> None:
    image = world.image("late")
    world.put(image)
    waiting = world.until(lambda: [one for one in _overview(cli) if one["key"] == image.name])
    assert (waiting[0]["stage"], waiting[0]["missing"]) == ("waiting", [f"{image.name}.json"])
    assert f"waits for {image.name}.json" in cli("status").out
    assert "still going" in cli("redrive", image.name).err
    world.put(image.with_name(f"{image.name}.json"))
    assert world.until(lambda: world.result(image))["stage"] == "registered"


def test_a_doubled_event_makes_one_image(cli: Cli, world: World) -> None:
    image, before = world.image("doubled"), world.calls("ims", "CreateImage")
    world.fault(service="obs", call="Event", times=2, fault="duplicate")
    assert cli("drop", image, "--wait").code == 0
    assert len(world.images("doubled")) == 1
    assert world.calls("ims", "CreateImage") == before + 1


def test_a_lost_event_is_made_good_by_the_sweep(cli: Cli, world: World) -> None:
    image = world.image("lost")
    world.fault(service="obs", call="Event", times=2, fault="drop")
    assert cli("drop", image).code == 0
    world.until(lambda: world.state()["events"].get("drop", 0) >= 2)
    swept = cli("invoke", "sweep", ROOT / "events" / "sweep-schedule.json")
    assert (swept.code, swept.json["found"]) == (0, 1)
    assert world.until(lambda: world.result(image))["stage"] == "registered"


def test_dropping_the_same_again_is_answered_with_the_image_there_is(cli: Cli, world: World) -> None:
    image = world.image("twice")
    first = cli("drop", image, "--wait", "--json").json["result"]
    second = cli("drop", image, "--wait", "--json").json["result"]
    assert second["images"] == first["images"]
    assert [one["id"] for one in second["findings"]] == ["drop.already_registered"]
    assert len(world.images("twice")) == 1


def test_ten_drops_at_once_make_exactly_ten_images(world: World) -> None:
    images = [world.image(f"ten-{number}") for number in range(10)]
    before = {call: world.calls("ims", call) for call in ("CreateImage", "ShowJob", "ListImages")}
    with ThreadPoolExecutor(10) as pool:
        done = pool.map(lambda image: main(["drop", str(image), "--folder", str(world.local.folder)]), images)
        assert list(done) == [0] * 10
    results = [world.until(lambda image=image: world.result(image)) for image in images]
    assert {result["stage"] for result in results} == {"registered"}
    assert [len(world.images(image.stem)) for image in images] == [1] * 10
    made = {call: world.calls("ims", call) - count for call, count in before.items()}
    assert made["CreateImage"] == 10
    assert made["ShowJob"] <= 60
    assert made["ListImages"] <= 60


def _story(cli: Cli, key: str) -> tuple[object, object]:
    newest = cli("status", key, "--json").json["drops"][0]
    return newest["stage"], newest["attempt"]


def _overview(cli: Cli) -> list[dict[str, object]]:
    rows: list[dict[str, object]] = cli("status", "--json").json["drops"]
    return rows
