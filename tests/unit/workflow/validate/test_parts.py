"""Data files that a sidecar names are waited for and are no drops themselves."""

from __future__ import annotations

import json
from typing import Any

import pytest

from imagedrop.inspection import inspect
from imagedrop.sidecar import LIMIT
from imagedrop.sidecar.model import DataImage, Sidecar
from imagedrop.workflow import pairing
from imagedrop.workflow.pairing import BITMAP, DATA
from tests.support.world import BUCKET, World, ids
from tests.unit.workflow.validate.sample_drop import (
    DATA_KEY,
    KEY,
    SAMPLE,
    SIDECAR_KEY,
    WITH_DATA,
    published,
    put_drop,
    sidecar,
)


def test_a_drop_waits_for_its_data_files_and_they_get_no_rows(world: World) -> None:
    put_drop(world, **WITH_DATA)
    world.run()
    assert world.row(KEY).missing == (DATA_KEY,)
    world.put(DATA_KEY, SAMPLE)
    world.run()
    result = world.result(KEY)
    assert result["stage"] == "registered", result
    assert DATA_KEY in result["versions"]
    assert [(image["role"], image["file"]) for image in result["images"]] == [
        ("system", KEY),
        ("data", DATA_KEY),
    ]
    assert list(world.ports.ledger.rows_of_key(BUCKET, DATA_KEY)) == []


def test_data_files_are_inspected_as_data_disks(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    roles = {}

    def noting(source: Any, *, file_name: str, role: Any, budget: Any) -> Any:
        roles[file_name] = role
        return inspect(source, file_name=file_name, role=role, budget=budget)

    monkeypatch.setattr("imagedrop.workflow.validate.accept.inspect", noting)
    world.put(DATA_KEY, SAMPLE)
    put_drop(world, **WITH_DATA)
    world.run()
    assert roles == {KEY: "system", DATA_KEY: "data"}


def test_a_bitmap_file_is_not_inspected(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    inspected = []

    def noting(source: Any, *, file_name: str, role: Any, budget: Any) -> Any:
        inspected.append(file_name)
        return inspect(source, file_name=file_name, role=role, budget=budget)

    monkeypatch.setattr("imagedrop.workflow.validate.accept.inspect", noting)
    world.put("golden/disk.mf", b"not a disk")
    world.put("golden/disk.raw", bytes(1 << 20))
    world.put("golden/disk.raw.json", sidecar(is_quick_import=True))
    world.run()
    assert "golden/disk.mf" in world.row("golden/disk.raw").versions
    assert inspected == ["golden/disk.raw"]


@pytest.mark.parametrize(("bytes_more", "stage"), [(0, "registered"), (1, "rejected")])
def test_sidecar_of_the_largest_size_is_read_whole(world: World, bytes_more: int, stage: str) -> None:
    text = json.dumps(sidecar(**WITH_DATA)).encode()
    world.put(KEY, SAMPLE)
    world.put(SIDECAR_KEY, text.ljust(LIMIT + bytes_more))
    world.put(DATA_KEY, SAMPLE)
    world.run()
    assert world.result(KEY)["stage"] == stage
    assert (list(world.ports.ledger.rows_of_key(BUCKET, DATA_KEY)) == []) is (stage == "registered")


def test_the_row_of_a_data_file_is_deleted_when_a_sidecar_names_it(world: World) -> None:
    world.put(DATA_KEY, SAMPLE)
    world.run()
    assert world.row(DATA_KEY).stage == "waiting"
    put_drop(world, **WITH_DATA)
    world.run()
    assert list(world.ports.ledger.rows_of_key(BUCKET, DATA_KEY)) == []
    world.live_through(26)
    assert len(world.mails()) == 1


def test_a_drop_whose_data_file_never_comes_is_rejected(world: World) -> None:
    put_drop(world, **WITH_DATA)
    world.live_through(25)
    assert "pair.part_missing" in ids(world.result(KEY)["findings"])
    assert [mail.to for mail in world.mails()] == ["ada@example.com"]


def test_a_data_file_is_a_drop_when_no_sidecar_names_it_any_more(world: World) -> None:
    put_drop(world, **WITH_DATA)
    world.run()
    world.put(SIDECAR_KEY, sidecar())
    world.run()
    world.put(DATA_KEY, SAMPLE)
    world.put(DATA_KEY + ".json", {"name": ""})
    world.live_through(26)
    assert world.result(DATA_KEY)["stage"] == "rejected"
    assert world.sweep()["found"] == 0


def test_a_row_that_a_slow_worker_makes_for_a_data_file_is_deleted(world: World) -> None:
    world.put(DATA_KEY, SAMPLE)
    world.run()
    put_drop(world, **WITH_DATA)
    row = world.row(DATA_KEY)
    world.run()
    world.ports.ledger.save(
        row.model_copy(update={"revision": 0})
    )  # by a worker that read the bucket before and was slow
    world.live_through(26)
    assert list(world.ports.ledger.rows_of_key(BUCKET, DATA_KEY)) == []
    assert {mail.to for mail in world.mails()} == {"ada@example.com"}


def test_two_drops_can_share_a_data_file_even_if_one_of_them_fails(world: World) -> None:
    other = "golden/a.qcow2"
    for key in (other, KEY):
        world.put(key, SAMPLE, event=False)
        world.put(key + ".json", sidecar(**WITH_DATA))
    world.run()
    world.ports.ledger.fail("save", RuntimeError("the first drop fails"))
    world.put(DATA_KEY, SAMPLE)
    world.step()
    assert [world.row(key).stage for key in (other, KEY)] == ["waiting", "importing"]


def test_a_data_file_is_a_drop_after_the_image_that_named_it_was_deleted(world: World) -> None:
    put_drop(world, **WITH_DATA)
    world.put(DATA_KEY, SAMPLE)
    world.run()
    world.ports.objects.delete(BUCKET, KEY)
    world.put(DATA_KEY, SAMPLE + b"\0" * 512)
    world.run(10)
    assert world.row(DATA_KEY).missing == (DATA_KEY + ".json",)
    world.put(DATA_KEY + ".json", {"name": ""})
    world.live_through(26)
    assert world.result(DATA_KEY)["stage"] == "rejected"
    assert world.sweep()["found"] == 0


def test_the_next_attempt_does_not_take_images_that_were_made_while_a_data_file_was_replaced(world: World) -> None:
    put_drop(world, **WITH_DATA)
    world.put(DATA_KEY, SAMPLE)
    world.run(30)
    world.put(DATA_KEY, SAMPLE + b"\0" * 512)
    world.run()
    assert [end["stage"] for end in published(world)] == ["failed", "registered"]
    assert world.row(KEY).attempt == 2
    assert [image.id for image in world.row(KEY).images] == ["image-0002-0", "image-0002-1"]


def test_a_drop_whose_system_image_was_deleted_is_registered_again_even_if_its_data_image_exists(world: World) -> None:
    world.put(DATA_KEY, SAMPLE)
    put_drop(world, **WITH_DATA)
    world.run()
    roles = {image["role"]: image["id"] for image in world.result(KEY)["images"]}
    world.ports.images.remove(roles["system"])
    world.ports.clock.advance(60)
    world.put(KEY, SAMPLE)
    world.run()
    assert world.result(KEY)["stage"] == "registered"
    assert len(world.ports.images.bodies) == 2


@pytest.mark.parametrize(
    ("image", "data", "wanted"),
    [
        ("w.raw", "d.img", ["golden/w.mf", "golden/d.mf"]),
        ("W.RAW", "D.IMG", ["golden/W.mf", "golden/D.mf"]),
        ("w.zvhd2", "d.ZVHD2", []),
        ("w", "d.bin", ["golden/w.mf", "golden/d.mf"]),  # may be raw
    ],
)
def test_raw_files_on_the_fast_channel_need_a_bitmap_file(image: str, data: str, wanted: list[str]) -> None:
    disk = DataImage(file=data, is_quick_import=True)
    asked_for = Sidecar.model_validate(sidecar(is_quick_import=True, data_images=[disk]))
    assert [key for key, role in pairing.parts(f"golden/{image}", asked_for) if role == BITMAP][::-1] == wanted


def test_files_on_the_normal_channel_need_no_bitmap_file() -> None:
    asked_for = Sidecar.model_validate(sidecar(data_images=[DataImage(file="d.raw")]))
    assert list(pairing.parts("golden/w.raw", asked_for)) == [("golden/d.raw", DATA)]
