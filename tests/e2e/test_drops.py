"""Drops through the whole workflow: command line, OBS, SMN, intake, queues, IMS, mail."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from functools import partial

from imagedrop_cli.app import main
from imagedrop_local.project_paths import ROOT
from tests.support.cli import Cli
from tests.support.e2e import World


def test_drop_becomes_an_image_and_the_owner_gets_a_mail(cli: Cli, world: World) -> None:
    image = world.image("plain")
    dropped = cli("drop", image, "--prefix", "golden", "--wait", "--json")
    assert (dropped.code, dropped.json["key"], dropped.json["result"]["stage"]) == (
        0,
        "golden/plain.qcow2",
        "registered",
    )
    (registered,) = world.images("plain")
    assert registered["status"] == "active"
    assert dropped.json["result"]["images"][0]["id"] == registered["id"]
    (mail,) = world.until(lambda: world.mails("plain"))
    assert registered["id"] in mail["BodyText"]
    world.until(lambda: registered["id"] in cli("status", "golden/plain.qcow2").out)
    world.until(lambda: f"image {registered['id']}" in cli("status").out)


def test_rejected_drop_is_registered_after_a_fixed_upload(cli: Cli, world: World) -> None:
    image = world.image("fixed", min_disk=20)
    refused = cli("drop", image, "--wait")
    assert (refused.code, world.result(image)) == (1, None)
    assert "size.min_disk_small" in refused.err
    rejected = cli("drop", image, "--wait", "--no-check", "--json")
    result = rejected.json["result"]
    assert (rejected.code, result["stage"], result["reason"]["code"]) == (1, "rejected", "size.min_disk_small")
    world.until(lambda: world.mails("fixed"))
    world.sidecar(image)
    registered = cli("drop", image, "--wait", "--json")
    assert (registered.code, registered.json["result"]["stage"]) == (0, "registered")
    assert registered.json["result"]["attempt"] > 1
    assert registered.json["drop_id"] == rejected.json["drop_id"]
    assert len(world.images("fixed")) == 1


def test_redrive_registers_a_drop_whose_job_failed(cli: Cli, world: World) -> None:
    image = world.image("failing")
    world.fault(service="ims", call="ImportJob", times=1, fault="status", code="IMG.0057")
    failed = cli("drop", image, "--wait", "--json")
    assert (failed.code, failed.json["result"]["stage"]) == (1, "failed")
    assert failed.json["result"]["reason"]["code"] == "IMG.0057"
    world.until(lambda: world.mails("failing"))
    again = cli("redrive", image.name, "--json")
    assert (again.code, again.json["after_attempt"]) == (0, 1)
    world.until(lambda: (world.result(image) or {}).get("attempt") == 2)
    world.until(lambda: _newest(cli, image.name) == ("registered", 2))
    refused = cli("redrive", image.name)
    assert (refused.code, "already registered" in refused.err) == (1, True)


def test_drop_waits_for_its_sidecar(cli: Cli, world: World) -> None:
    image = world.image("late")
    world.put(image)
    waiting = world.until(lambda: [row for row in _rows(cli) if row["key"] == image.name])
    assert (waiting[0]["stage"], waiting[0]["missing"]) == ("waiting", [f"{image.name}.json"])
    assert f"waiting for {image.name}.json" in cli("status").out
    assert "still in progress" in cli("redrive", image.name).err
    world.put(image.with_name(f"{image.name}.json"))
    assert world.until(lambda: world.result(image))["stage"] == "registered"


def test_duplicate_event_makes_one_image(cli: Cli, world: World) -> None:
    image, before = world.image("doubled"), world.calls("ims", "CreateImage")
    world.fault(service="obs", call="Event", times=2, fault="duplicate")
    assert cli("drop", image, "--wait").code == 0
    assert len(world.images("doubled")) == 1
    assert world.calls("ims", "CreateImage") == before + 1


def test_sweep_finds_a_drop_whose_event_was_lost(cli: Cli, world: World) -> None:
    image = world.image("lost")
    world.fault(service="obs", call="Event", times=2, fault="drop")
    assert cli("drop", image).code == 0
    world.until(lambda: world.state()["events"].get("drop", 0) >= 2)
    swept = cli("invoke", "sweep", ROOT / "events" / "sweep-schedule.json")
    assert (swept.code, swept.json["found"]) == (0, 1)
    assert world.until(lambda: world.result(image))["stage"] == "registered"


def test_same_files_dropped_again_get_the_existing_image(cli: Cli, world: World) -> None:
    image = world.image("twice")
    first = cli("drop", image, "--wait", "--json").json["result"]
    second = cli("drop", image, "--wait", "--json").json["result"]
    assert second["images"] == first["images"]
    assert [finding["id"] for finding in second["findings"]] == ["drop.already_registered"]
    assert len(world.images("twice")) == 1


def test_ten_concurrent_drops_make_ten_images(world: World) -> None:
    images = [world.image(f"ten-{number}") for number in range(10)]
    before = {call: world.calls("ims", call) for call in ("CreateImage", "ShowJob", "ListImages")}
    with ThreadPoolExecutor(10) as pool:
        codes = pool.map(lambda image: main(["drop", str(image), "--folder", str(world.local.folder)]), images)
        assert list(codes) == [0] * 10
    results = [world.until(partial(world.result, image)) for image in images]
    assert {result["stage"] for result in results} == {"registered"}
    assert [len(world.images(image.stem)) for image in images] == [1] * 10
    calls = {call: world.calls("ims", call) - count for call, count in before.items()}
    assert calls["CreateImage"] == 10
    assert calls["ShowJob"] <= 60
    assert calls["ListImages"] <= 60


def _newest(cli: Cli, key: str) -> tuple[object, object]:
    newest = cli("status", key, "--json").json["drops"][0]
    return newest["stage"], newest["attempt"]


def _rows(cli: Cli) -> list[dict[str, object]]:
    rows: list[dict[str, object]] = cli("status", "--json").json["drops"]
    return rows
