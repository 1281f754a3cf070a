"""What IMS refuses at once about the object and the bucket, and about how much there is already."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.support import tiny_disks as disks
from tests.support.ims_client_helper import SERVER, Desk

MakeDesk = Callable[..., Desk]
GIB = disks.GIB


def sparse(desk: Desk, key: str, size: int) -> None:
    with (desk.store.folder / "drops" / key).open("wb") as file:
        file.write(disks.raw())
        file.truncate(size)


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("drops:missing.vhd", "IMG.0057"),
        ("drops:empty.vhd", "IMG.0057"),
        ("drops:cold.vhd", "IMG.0057"),
        ("drops:customer.vhd", "IMG.0057"),
        ("cold:disk.vhd", "IMG.0057"),
        ("far:disk.vhd", "IMG.0058"),
        ("nobody:disk.vhd", "IMG.0069"),
        ("Drops:disk.vhd", "IMG.0109"),
        ("drops:a folder/disk.vhd", "IMG.0175"),
        ("drops:a%20b.vhd", "IMG.0075"),
        ("drops:磁盘.vhd", "IMG.0075"),
        ("drops:" + "x" * 129, "IMG.0074"),
    ],
)
def test_what_is_wrong_with_object_or_bucket_is_refused_at_once(desk: Desk, url: str, code: str) -> None:
    desk.store.create_bucket("far", region="cn-south-1")
    desk.store.create_bucket("cold", storage_class="COLD")
    disk = disks.vhd(40 * GIB)
    for bucket in ("far", "cold"):
        desk.store.put(bucket, "disk.vhd", disk)
    desk.put("empty.vhd", b"")
    desk.put("cold.vhd", disk, storage_class="COLD")
    desk.put("customer.vhd", disk, encryption="SSE-C")
    answer = desk.create(image_url=url)
    assert (answer.status, answer.code) == (400, code)
    assert desk.ims.state()["counts"]["jobs"] == 0


def test_an_object_encrypted_with_kms_is_taken(desk: Desk) -> None:
    desk.put("disk.vhd", disks.vhd(40 * GIB), encryption="kms")
    assert desk.create(image_url="drops:disk.vhd").status == 200


def test_any_key_is_taken_where_the_switch_says_so_but_never_a_space(make_desk: MakeDesk) -> None:
    desk = make_desk(ims_strict_keys=False)
    for key in ("磁盘.qcow2", "a b.qcow2"):
        desk.put(key, disks.qcow2(40 * GIB))
    assert desk.create(image_url="drops:磁盘.qcow2").status == 200
    assert desk.create(image_url="drops:a b.qcow2").code == "IMG.0175"


def test_files_above_128_gb_go_by_quick_import_and_none_above_1_tb(desk: Desk) -> None:
    quick = {"is_quick_import": True, "os_version": SERVER, "min_disk": 1024}
    sparse(desk, "at.raw", 128 * GIB)
    sparse(desk, "above.raw", 128 * GIB + 512)
    sparse(desk, "huge.raw", 1024 * GIB + 512)
    assert desk.create(image_url="drops:at.raw", min_disk=1024).status == 200
    assert desk.create(image_url="drops:above.raw", min_disk=1024).code == "IMG.0059"
    assert desk.create(image_url="drops:above.raw", **quick).status == 200
    assert desk.create(image_url="drops:huge.raw", **quick).code == "IMG.0059"


def test_data_images_are_looked_at_too(desk: Desk) -> None:
    data = [{"image_url": "drops:missing.vhd", "min_disk": 1}]
    assert desk.create(data_images=data).code == "IMG.0057"


def test_the_quota_counts_images_that_are_being_made(make_desk: MakeDesk) -> None:
    desk = make_desk(ims_image_quota=2)
    desk.submit()
    desk.submit()
    assert desk.create().code == "IMG.0015"
    quota = desk.call("GET", "/v1/cloudimages/quota").json["quotas"]["resources"][0]
    assert (quota["type"], quota["used"], quota["quota"]) == ("image", 2, 2)
    desk.wait()
    assert desk.create().code == "IMG.0015"
    desk.call("DELETE", f"/v2/images/{desk.images()[0]['id']}")
    assert desk.create().status == 200


@pytest.mark.parametrize(("counts", "code"), [(True, "IMG.0015"), (False, None)])
def test_whether_a_killed_image_uses_the_quota_is_a_switch(make_desk: MakeDesk, counts: bool, code: str | None) -> None:
    desk = make_desk(ims_image_quota=1, ims_failed_image_stays=True, ims_killed_uses_quota=counts)
    desk.put("junk.vhd", b"junk")
    desk.outcome(image_url="drops:junk.vhd")
    assert desk.create().code == code


def test_forty_images_may_import_at_once_each_disk_counting(desk: Desk) -> None:
    for name in ("d1.qcow2", "d2.qcow2"):
        desk.put(name, disks.qcow2(1 * GIB))
    data = [{"image_url": f"drops:{name}", "min_disk": 1} for name in ("d1.qcow2", "d2.qcow2")]
    for _ in range(13):
        desk.submit(data_images=data)
    refused = desk.create(data_images=data)
    assert (refused.status, refused.code) == (400, "IMG.0060")
    assert desk.create().status == 200
    assert desk.create().code == "IMG.0060"
    desk.wait()
    assert desk.create().status == 200


@pytest.mark.parametrize("unique", [False, True])
def test_whether_a_name_may_be_used_twice_is_a_switch_and_counts_hidden_imports(
    make_desk: MakeDesk, unique: bool
) -> None:
    desk = make_desk(ims_names_unique=unique)
    desk.submit()
    assert desk.create().code == ("IMG.0009" if unique else None)
    desk.wait()
    assert desk.create().code == ("IMG.0009" if unique else None)
    assert desk.create(name="another").status == 200


@pytest.mark.parametrize(
    ("body", "code"),
    [(b"", "IMG.0007"), (b"{", "IMG.0001"), (b"[]", "IMG.0001"), (b"\xff\xfe", "IMG.0001"), (b"null", "IMG.0001")],
)
def test_a_body_that_is_no_json_object_is_refused(desk: Desk, body: bytes, code: str) -> None:
    assert desk.call("POST", "/v2/cloudimages/action", body).code == code


def test_the_gateway_answers_in_its_own_shape(make_desk: MakeDesk) -> None:
    desk = make_desk(ims_rate=1)
    unknown = desk.call("GET", "/v2/nothing")
    assert unknown.status == 404
    assert set(unknown.json) == {"error_msg", "error_code"}
    desk.images()
    throttled: Any = desk.call("GET", "/v2/cloudimages")
    assert (throttled.status, throttled.json["error_code"]) == (429, "APIGW.0308")
