"""An image that is described first and gets its file afterwards."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.support import tiny_disks as disks
from tests.support.ims_client_helper import SERVER, Answer, Desk

MakeDesk = Callable[..., Desk]
GIB = disks.GIB


def describe(desk: Desk, **body: Any) -> Answer:
    return desk.call("POST", "/v2/images", {"name": "two", "__os_version": SERVER, "min_disk": 40, **body})


def register(desk: Desk, image_id: str, url: str = "drops:disk.qcow2") -> Answer:
    return desk.call("PUT", f"/v1/cloudimages/{image_id}/upload", {"image_url": url})


def test_a_described_image_is_seen_before_its_file_comes_and_becomes_active_with_it(desk: Desk) -> None:
    described = describe(desk, tags=["imagedrop.x"])
    assert (described.status, described.json["status"]) == (201, "queued")
    image_id = described.json["id"]
    assert [image["id"] for image in desk.images(tag="imagedrop=x")] == [image_id]
    assert "__data_origin" not in desk.images()[0]
    job_id = register(desk, image_id).json["job_id"]
    desk.wait(20)
    assert desk.job(job_id)["job_type"] == "imsNativeImportImageJob"
    assert [image["status"] for image in desk.images()] == ["saving"]
    desk.wait()
    assert desk.job(job_id)["entities"]["image_id"] == image_id
    (image,) = desk.images()
    assert (image["id"], image["status"], image["__os_version"]) == (image_id, "active", SERVER)
    assert (image["__data_origin"], image["__image_size"]) == ("file,drops:disk.qcow2", "4096")


def test_a_file_that_is_no_good_fails_the_job_and_the_image(make_desk: MakeDesk) -> None:
    desk = make_desk(ims_failed_image_stays=True)
    desk.put("junk.vhd", b"junk")
    image_id = describe(desk).json["id"]
    job_id = register(desk, image_id, "drops:junk.vhd").json["job_id"]
    desk.wait()
    assert desk.job(job_id)["error_code"] == "IMG.0072"
    assert [image["status"] for image in desk.images()] == ["killed"]
    assert register(desk, image_id).code == "IMG.0121"


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"name": "a/b"}, "IMG.0003"),
        ({"__os_version": "Windows 95"}, "IMG.0056"),
        ({"min_disk": 19}, "IMG.0055"),
        ({"min_disk": 1025}, "IMG.0055"),
        ({"__os_version": None, "min_disk": 9}, "IMG.0055"),
        ({"visibility": "public"}, "IMG.0001"),
        ({"disk_format": "vmdk"}, "IMG.0001"),
        ({"tags": ["k." + "v" * 44]}, "IMG.0115"),
    ],
    ids=str,
)
def test_a_description_has_rules_of_its_own(desk: Desk, body: dict[str, Any], code: str) -> None:
    assert describe(desk, **body).code == code
    assert desk.images() == []


def test_a_description_needs_nothing_and_is_then_some_linux(desk: Desk) -> None:
    image = desk.call("POST", "/v2/images", {}).json
    assert (image["name"], image["__os_version"], image["min_disk"]) == ("", "Other Linux(64 bit)", 10)


def test_a_file_is_looked_at_and_only_one_is_taken(desk: Desk) -> None:
    image_id = describe(desk).json["id"]
    assert register(desk, image_id, "drops:none.vhd").code == "IMG.0057"
    assert register(desk, image_id, "disk").code == "IMG.0017"
    assert register(desk, "none").status == 404
    assert register(desk, image_id).status == 200
    assert register(desk, image_id).code == "IMG.0121"
    desk.wait()
    assert register(desk, image_id).code == "IMG.0121"


def test_a_described_image_uses_the_quota_and_its_file_a_task(make_desk: MakeDesk) -> None:
    desk = make_desk(ims_image_quota=2, ims_task_limit=1)
    first, second = describe(desk).json["id"], describe(desk).json["id"]
    assert describe(desk).code == "IMG.0015"
    assert register(desk, first).status == 200
    assert register(desk, second).code == "IMG.0060"
    assert desk.create().code == "IMG.0015"


def test_a_described_image_can_be_deleted_until_its_file_is_being_imported(desk: Desk) -> None:
    first, second = describe(desk).json["id"], describe(desk).json["id"]
    register(desk, second)
    assert desk.call("DELETE", f"/v2/images/{first}").status == 204
    assert desk.call("DELETE", f"/v2/images/{second}").code == "IMG.0090"
    assert [image["id"] for image in desk.images()] == [second]


def test_images_without_a_name_are_no_namesakes(make_desk: MakeDesk) -> None:
    desk = make_desk(ims_names_unique=True)
    assert [describe(desk, name=name).code for name in ("", "", "a", "a")] == [None, None, None, "IMG.0009"]


def test_a_described_image_survives_a_restart_with_its_import(desk: Desk) -> None:
    image_id = describe(desk).json["id"]
    desk.start()
    job_id = register(desk, image_id).json["job_id"]
    desk.start()
    desk.wait()
    assert desk.job(job_id)["status"] == "SUCCESS"
    assert [image["id"] for image in desk.images()] == [image_id]
