"""What IMS refuses before a job starts: bad objects, bad buckets, too many images."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.support import tiny_disks as disks
from tests.support.ims_client_helper import SERVER, SimulatedIms

MakeIms = Callable[..., SimulatedIms]
GIB = disks.GIB


def sparse(ims: SimulatedIms, key: str, size: int) -> None:
    with (ims.store.folder / "drops" / key).open("wb") as file:
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
def test_a_bad_object_or_bucket_is_refused_before_a_job_starts(ims: SimulatedIms, url: str, code: str) -> None:
    ims.store.create_bucket("far", region="cn-south-1")
    ims.store.create_bucket("cold", storage_class="COLD")
    disk = disks.vhd(40 * GIB)
    for bucket in ("far", "cold"):
        ims.store.put(bucket, "disk.vhd", disk)
    ims.put("empty.vhd", b"")
    ims.put("cold.vhd", disk, storage_class="COLD")
    ims.put("customer.vhd", disk, encryption="SSE-C")
    answer = ims.create(image_url=url)
    assert (answer.status, answer.code) == (400, code)
    assert ims.service.state()["counts"]["jobs"] == 0


def test_an_object_encrypted_with_kms_is_accepted(ims: SimulatedIms) -> None:
    ims.put("disk.vhd", disks.vhd(40 * GIB), encryption="kms")
    assert ims.create(image_url="drops:disk.vhd").status == 200


def test_the_switch_allows_every_key_except_one_with_a_space(make_ims: MakeIms) -> None:
    ims = make_ims(ims_strict_keys=False)
    for key in ("磁盘.qcow2", "a b.qcow2"):
        ims.put(key, disks.qcow2(40 * GIB))
    assert ims.create(image_url="drops:磁盘.qcow2").status == 200
    assert ims.create(image_url="drops:a b.qcow2").code == "IMG.0175"


def test_files_above_128_gb_need_quick_import_and_1_tb_is_the_limit(ims: SimulatedIms) -> None:
    quick = {"is_quick_import": True, "os_version": SERVER, "min_disk": 1024}
    sparse(ims, "at.raw", 128 * GIB)
    sparse(ims, "above.raw", 128 * GIB + 512)
    sparse(ims, "huge.raw", 1024 * GIB + 512)
    assert ims.create(image_url="drops:at.raw", min_disk=1024).status == 200
    assert ims.create(image_url="drops:above.raw", min_disk=1024).code == "IMG.0059"
    assert ims.create(image_url="drops:above.raw", **quick).status == 200
    assert ims.create(image_url="drops:huge.raw", **quick).code == "IMG.0059"


def test_the_objects_of_data_images_are_checked(ims: SimulatedIms) -> None:
    data = [{"image_url": "drops:missing.vhd", "min_disk": 1}]
    assert ims.create(data_images=data).code == "IMG.0057"


def test_the_quota_counts_importing_images(make_ims: MakeIms) -> None:
    ims = make_ims(ims_image_quota=2)
    ims.submit()
    ims.submit()
    assert ims.create().code == "IMG.0015"
    quota = ims.call("GET", "/v1/cloudimages/quota").json["quotas"]["resources"][0]
    assert (quota["type"], quota["used"], quota["quota"]) == ("image", 2, 2)
    ims.wait()
    assert ims.create().code == "IMG.0015"
    ims.call("DELETE", f"/v2/images/{ims.images()[0]['id']}")
    assert ims.create().status == 200


@pytest.mark.parametrize(("counts", "code"), [(True, "IMG.0015"), (False, None)])
def test_a_switch_decides_whether_a_killed_image_counts_towards_the_quota(
    make_ims: MakeIms, counts: bool, code: str | None
) -> None:
    ims = make_ims(ims_image_quota=1, ims_failed_image_stays=True, ims_killed_uses_quota=counts)
    ims.put("junk.vhd", b"junk")
    ims.outcome(image_url="drops:junk.vhd")
    assert ims.create().code == code


def test_40_disks_may_import_at_the_same_time(ims: SimulatedIms) -> None:
    for name in ("d1.qcow2", "d2.qcow2"):
        ims.put(name, disks.qcow2(1 * GIB))
    data = [{"image_url": f"drops:{name}", "min_disk": 1} for name in ("d1.qcow2", "d2.qcow2")]
    for _ in range(13):
        ims.submit(data_images=data)
    refused = ims.create(data_images=data)
    assert (refused.status, refused.code) == (400, "IMG.0060")
    assert ims.create().status == 200
    assert ims.create().code == "IMG.0060"
    ims.wait()
    assert ims.create().status == 200


@pytest.mark.parametrize("unique", [False, True])
def test_a_switch_decides_whether_names_are_unique_hidden_imports_included(make_ims: MakeIms, unique: bool) -> None:
    ims = make_ims(ims_names_unique=unique)
    ims.submit()
    assert ims.create().code == ("IMG.0009" if unique else None)
    ims.wait()
    assert ims.create().code == ("IMG.0009" if unique else None)
    assert ims.create(name="another").status == 200


@pytest.mark.parametrize(
    ("body", "code"),
    [(b"", "IMG.0007"), (b"{", "IMG.0001"), (b"[]", "IMG.0001"), (b"\xff\xfe", "IMG.0001"), (b"null", "IMG.0001")],
)
def test_a_body_that_is_not_a_json_object_is_refused(ims: SimulatedIms, body: bytes, code: str) -> None:
    assert ims.call("POST", "/v2/cloudimages/action", body).code == code


def test_errors_of_the_gateway_have_its_own_format(make_ims: MakeIms) -> None:
    ims = make_ims(ims_rate=1)
    unknown = ims.call("GET", "/v2/nothing")
    assert unknown.status == 404
    assert set(unknown.json) == {"error_msg", "error_code"}
    ims.images()
    throttled: Any = ims.call("GET", "/v2/cloudimages")
    assert (throttled.status, throttled.json["error_code"]) == (429, "APIGW.0308")
