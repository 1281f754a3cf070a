"""An image whose metadata is created first and whose file is imported later."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.support import tiny_disks as disks
from tests.support.ims_client_helper import SERVER, Answer, SimulatedIms

MakeIms = Callable[..., SimulatedIms]
GIB = disks.GIB


def create_metadata(ims: SimulatedIms, **body: Any) -> Answer:
    return ims.call("POST", "/v2/images", {"name": "two", "__os_version": SERVER, "min_disk": 40, **body})


def register(ims: SimulatedIms, image_id: str, url: str = "drops:disk.qcow2") -> Answer:
    return ims.call("PUT", f"/v1/cloudimages/{image_id}/upload", {"image_url": url})


def test_an_image_created_in_two_steps_is_visible_before_its_file_and_active_after_the_import(
    ims: SimulatedIms,
) -> None:
    created = create_metadata(ims, tags=["imagedrop.x"])
    assert (created.status, created.json["status"]) == (201, "queued")
    image_id = created.json["id"]
    assert [image["id"] for image in ims.images(tag="imagedrop=x")] == [image_id]
    assert "__data_origin" not in ims.images()[0]
    job_id = register(ims, image_id).json["job_id"]
    ims.wait(20)
    assert ims.job(job_id)["job_type"] == "imsNativeImportImageJob"
    assert [image["status"] for image in ims.images()] == ["saving"]
    ims.wait()
    assert ims.job(job_id)["entities"]["image_id"] == image_id
    (image,) = ims.images()
    assert (image["id"], image["status"], image["__os_version"]) == (image_id, "active", SERVER)
    assert (image["__data_origin"], image["__image_size"]) == ("file,drops:disk.qcow2", "4096")


def test_a_bad_file_fails_the_job_and_the_image(make_ims: MakeIms) -> None:
    ims = make_ims(ims_failed_image_stays=True)
    ims.put("junk.vhd", b"junk")
    image_id = create_metadata(ims).json["id"]
    job_id = register(ims, image_id, "drops:junk.vhd").json["job_id"]
    ims.wait()
    assert ims.job(job_id)["error_code"] == "IMG.0072"
    assert [image["status"] for image in ims.images()] == ["killed"]
    assert register(ims, image_id).code == "IMG.0121"


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
def test_invalid_metadata_is_refused(ims: SimulatedIms, body: dict[str, Any], code: str) -> None:
    assert create_metadata(ims, **body).code == code
    assert ims.images() == []


def test_empty_metadata_means_an_unlisted_linux(ims: SimulatedIms) -> None:
    image = ims.call("POST", "/v2/images", {}).json
    assert (image["name"], image["__os_version"], image["min_disk"]) == ("", "Other Linux(64 bit)", 10)


def test_the_file_is_checked_and_only_one_is_accepted(ims: SimulatedIms) -> None:
    image_id = create_metadata(ims).json["id"]
    assert register(ims, image_id, "drops:none.vhd").code == "IMG.0057"
    assert register(ims, image_id, "disk").code == "IMG.0017"
    assert register(ims, "none").status == 404
    assert register(ims, image_id).status == 200
    assert register(ims, image_id).code == "IMG.0121"
    ims.wait()
    assert register(ims, image_id).code == "IMG.0121"


def test_an_image_without_a_file_counts_towards_the_quota_and_its_import_towards_the_tasks(make_ims: MakeIms) -> None:
    ims = make_ims(ims_image_quota=2, ims_task_limit=1)
    first, second = create_metadata(ims).json["id"], create_metadata(ims).json["id"]
    assert create_metadata(ims).code == "IMG.0015"
    assert register(ims, first).status == 200
    assert register(ims, second).code == "IMG.0060"
    assert ims.create().code == "IMG.0015"


def test_an_image_without_a_file_can_be_deleted_until_its_import_starts(ims: SimulatedIms) -> None:
    first, second = create_metadata(ims).json["id"], create_metadata(ims).json["id"]
    register(ims, second)
    assert ims.call("DELETE", f"/v2/images/{first}").status == 204
    assert ims.call("DELETE", f"/v2/images/{second}").code == "IMG.0090"
    assert [image["id"] for image in ims.images()] == [second]


def test_several_images_may_have_no_name(make_ims: MakeIms) -> None:
    ims = make_ims(ims_names_unique=True)
    assert [create_metadata(ims, name=name).code for name in ("", "", "a", "a")] == [None, None, None, "IMG.0009"]


def test_an_image_created_in_two_steps_survives_restarts(ims: SimulatedIms) -> None:
    image_id = create_metadata(ims).json["id"]
    ims.start()
    job_id = register(ims, image_id).json["job_id"]
    ims.start()
    ims.wait()
    assert ims.job(job_id)["status"] == "SUCCESS"
    assert [image["id"] for image in ims.images()] == [image_id]
