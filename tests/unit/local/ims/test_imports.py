"""The states of a job and of its image, with a simulated clock."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from imagedrop_local.faults import Fault
from tests.support import tiny_disks as disks
from tests.support.ims_client_helper import SERVER, SimulatedIms

MakeIms = Callable[..., SimulatedIms]
GIB = disks.GIB


def test_a_job_goes_from_init_to_running_to_success_and_its_image_is_active(ims: SimulatedIms) -> None:
    job_id = ims.submit(image_tags=[{"key": "imagedrop", "value": "d_-1"}], description="mine", os_version=SERVER)
    first = ims.job(job_id)
    assert (first["status"], first["end_time"], first["error_code"]) == ("INIT", "", None)
    ims.wait(10)
    running = ims.job(job_id)
    assert running["status"] == "RUNNING"
    assert "image_id" not in running["entities"]
    assert ims.images() == []
    ims.wait()
    ended = ims.job(job_id)
    assert (ended["status"], ended["error_code"], ended["fail_reason"]) == ("SUCCESS", None, None)
    assert "2026-11-24T13:01:00" < ended["end_time"] < "2026-11-24T13:05:00"
    (image,) = ims.images()
    assert image["id"] == ended["entities"]["image_id"]
    assert image["status"] == "active"
    assert image["tags"] == ["imagedrop=d_-1"]
    assert image["__data_origin"] == "file,drops:disk.qcow2"
    assert image["__image_size"] == "4096"
    assert image["__os_version"] == SERVER
    assert image["created_at"] == "2026-11-24T13:00:00Z"
    assert (image["min_disk"], image["__description"], image["__isregistered"]) == (40, "mine", "true")


def test_a_larger_object_takes_longer_to_import(make_ims: MakeIms) -> None:
    def minutes(size: int) -> float:
        ims = make_ims()
        path = ims.store.folder / "drops" / "large.raw"
        with path.open("wb") as file:
            file.write(disks.raw())
            file.truncate(size)
        job_id, waited = ims.submit(image_url="drops:large.raw", min_disk=100), 0
        while ims.job(job_id)["status"] != "SUCCESS":
            ims.wait(10)
            waited += 10
        return waited / 60

    assert 1.5 < minutes(1 << 20) < 3
    assert 6 < minutes(100 * GIB) < 12


def test_progress_grows_on_the_scale_of_the_switch(make_ims: MakeIms) -> None:
    for scale in (1, 100):
        ims = make_ims(ims_percent_of=scale)
        job_id = ims.submit()
        found = []
        for _ in range(4):
            found.append(ims.job(job_id)["entities"]["process_percent"])
            ims.wait(25)
        assert found == sorted(found)
        assert 0.3 * scale < found[-1] < scale


FILES: list[tuple[str, bytes, dict[str, Any], str]] = [
    ("junk.vhd", b"no disk at all " * 99, {}, "IMG.0072"),
    ("diff.vhd", disks.vhd(40 * GIB, kind=4), {}, "IMG.0072"),
    ("cut.vhd", disks.vhd(40 * GIB)[:-512], {}, "IMG.0072"),
    ("backed.qcow2", disks.qcow2(40 * GIB, backing=104), {}, "IMG.0072"),
    ("descriptor.vmdk", b"# Disk DescriptorFile\n", {}, "IMG.0072"),
    ("nothing.qcow2", disks.qcow2(0), {}, "IMG.0057"),
    ("huge.qcow2", disks.qcow2(1025 * GIB), {"min_disk": 1024}, "IMG.0111"),
    ("large.vhdx", disks.vhdx(40 * GIB + 512), {}, "IMG.0055"),
    ("quick.qcow2", disks.qcow2(40 * GIB), {"is_quick_import": True, "os_version": SERVER}, "IMG.0158"),
    ("bare.raw", disks.raw(), {"is_quick_import": True, "os_version": SERVER}, "IMG.0158"),
    ("system.iso", disks.raw(), {"type": "IsoImage", "os_version": SERVER}, "IMG.0072"),
]


@pytest.mark.parametrize(("key", "content", "body", "code"), FILES, ids=[file[0] for file in FILES])
def test_a_bad_file_is_accepted_and_then_fails_the_job(
    ims: SimulatedIms, key: str, content: bytes, body: dict[str, Any], code: str
) -> None:
    ims.put(key, content)
    job = ims.outcome(image_url=f"drops:{key}", **body)
    assert (job["status"], job["error_code"]) == ("FAIL", code)
    assert job["fail_reason"]
    assert "image_id" not in job["entities"]
    assert ims.images() == []


@pytest.mark.parametrize(
    ("key", "content", "beside"),
    [
        ("a.vmdk", disks.vmdk(40 * GIB), None),
        ("a.vhdx", disks.vhdx(40 * GIB), None),
        ("a.vdi", disks.vdi(40 * GIB), None),
        ("a.qed", disks.qed(40 * GIB), None),
        ("a.qcow", disks.qcow(40 * GIB), None),
        ("a.zvhd", b"anything", None),
        ("quick/a.zvhd2", b"anything", None),
        ("quick/a.raw", disks.raw(), "quick/a.mf"),
    ],
)
def test_every_supported_format_is_imported(ims: SimulatedIms, key: str, content: bytes, beside: str | None) -> None:
    ims.put(key, content)
    if beside:
        ims.put(beside, b"bitmap")
    quick = {"is_quick_import": True, "os_version": SERVER} if key.startswith("quick") else {}
    assert ims.outcome(image_url=f"drops:{key}", **quick)["status"] == "SUCCESS"


def test_a_vhd_slightly_larger_than_min_disk_needs_one_gb_more(ims: SimulatedIms) -> None:
    ims.put("disk.vhd", disks.vhd(40 * GIB + 1536 * 1024))
    refused = ims.outcome(image_url="drops:disk.vhd", min_disk=40)
    assert refused["error_code"] == "IMG.0055"
    assert "外部镜像文件的系统盘容量大于用户设置的系统磁盘容量" in refused["fail_reason"]
    assert ims.outcome(image_url="drops:disk.vhd", min_disk=41)["status"] == "SUCCESS"


def test_quick_import_needs_a_min_disk_larger_than_the_disk(ims: SimulatedIms) -> None:
    path = ims.store.folder / "drops" / "disk.raw"
    with path.open("wb") as file:
        file.write(disks.raw())
        file.truncate(40 * GIB)
    ims.put("disk.mf", b"bitmap")
    body = {"image_url": "drops:disk.raw", "os_version": SERVER, "is_quick_import": True}
    assert ims.outcome(**body, min_disk=40)["error_code"] == "IMG.0055"
    assert ims.outcome(**body, min_disk=41)["status"] == "SUCCESS"


def test_quick_import_fails_with_an_empty_bitmap(ims: SimulatedIms) -> None:
    ims.put("disk.raw", disks.raw())
    ims.put("disk.mf", b"")
    quick = {"image_url": "drops:disk.raw", "os_version": SERVER, "is_quick_import": True}
    assert ims.outcome(**quick)["error_code"] == "IMG.0158"


def test_an_object_deleted_during_the_import_fails_the_job(ims: SimulatedIms) -> None:
    for wait in (0, 20):
        ims.put("gone.qcow2", disks.qcow2(40 * GIB))
        job_id = ims.submit(image_url="drops:gone.qcow2")
        ims.wait(wait)
        ims.job(job_id)
        ims.store.delete("drops", "gone.qcow2")
        ims.wait()
        assert ims.job(job_id)["error_code"] == "IMG.0057"


def test_jobs_and_images_continue_after_a_restart(ims: SimulatedIms) -> None:
    job_id = ims.submit()
    ims.wait(20)
    before = ims.job(job_id)
    ims.start()
    assert ims.job(job_id) == before
    ims.start()
    ims.wait()
    assert ims.job(job_id)["status"] == "SUCCESS"
    found = ims.images()
    ims.start()
    assert ims.images() == found
    assert ims.service.state()["counts"] == {"images": 1, "active": 1, "jobs": 1, "open_jobs": 0, "tasks": 0}


def test_quick_import_fails_with_a_zvhd_and_an_object_replaced_before_the_start_fails_the_job(
    ims: SimulatedIms,
) -> None:
    ims.put("disk.zvhd", b"any")
    quick = {"image_url": "drops:disk.zvhd", "is_quick_import": True, "os_version": SERVER}
    assert ims.outcome(**quick)["error_code"] == "IMG.0158"
    job_id = ims.submit()
    ims.put("disk.qcow2", disks.qcow2(39 * GIB))
    ims.wait()
    assert ims.job(job_id)["error_code"] == "IMG.1075"


def test_a_fault_fails_the_next_job_or_makes_it_longer(ims: SimulatedIms) -> None:
    ims.faults.add(Fault(service="ims", call="ImportJob", times=1, fault="status", code="IMG.1075"))
    ims.faults.add(Fault(service="ims", call="*", times=1, fault="reset"))
    assert ims.outcome()["error_code"] == "IMG.1075"
    assert ims.outcome()["status"] == "SUCCESS"
    assert len(ims.faults.active()) == 1  # a fault for calls does not apply to jobs
    ims.faults.clear()
    ims.faults.add(Fault(service="ims", call="ImportJob", times=1, fault="slow", seconds=3000))
    job_id = ims.submit()
    ims.wait()
    assert ims.job(job_id)["status"] == "RUNNING"
    ims.wait(3000)
    assert ims.job(job_id)["status"] == "SUCCESS"
