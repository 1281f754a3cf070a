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


def test_a_region_without_windows_checks_the_detected_os_but_not_in_a_quick_import(
    make_ims: MakeIms,
) -> None:
    linux = "Ubuntu 22.04 server 64bit"
    ims = make_ims(ims_refuses_windows=True, ims_detected_os=linux)
    assert ims.outcome()["status"] == "SUCCESS"
    ims = make_ims(ims_refuses_windows=True, ims_detected_os=SERVER)
    assert ims.outcome(os_version=linux)["error_code"] == "IMG.0056"
    ims.put("disk.zvhd2", b"any")
    quick = {"image_url": "drops:disk.zvhd2", "os_version": linux, "is_quick_import": True}
    assert ims.outcome(**quick)["status"] == "SUCCESS"


def test_the_detected_os_applies_to_the_system_disk_only(make_ims: MakeIms) -> None:
    ims = make_ims(ims_detected_os="Windows 10 64bit")
    assert ims.outcome(os_version=SERVER, **three_disks(ims))["status"] == "SUCCESS"
    found = {image["virtual_env_type"]: image["__os_version"] for image in ims.images()}
    assert found == {"FusionCompute": "Windows 10 64bit", "DataImage": SERVER}


def test_an_object_deleted_during_the_import_fails_the_job(ims: SimulatedIms) -> None:
    for wait in (0, 20):
        ims.put("gone.qcow2", disks.qcow2(40 * GIB))
        job_id = ims.submit(image_url="drops:gone.qcow2")
        ims.wait(wait)
        ims.job(job_id)
        ims.store.delete("drops", "gone.qcow2")
        ims.wait()
        assert ims.job(job_id)["error_code"] == "IMG.0057"


@pytest.mark.parametrize(("fails", "status"), [(True, "FAIL"), (False, "SUCCESS")])
def test_a_switch_decides_whether_a_replaced_object_fails_the_job(make_ims: MakeIms, fails: bool, status: str) -> None:
    ims = make_ims(ims_replaced_fails=fails)
    job_id = ims.submit()
    ims.wait(20)
    assert ims.job(job_id)["status"] == "RUNNING"
    ims.put("disk.qcow2", disks.qcow2(39 * GIB))
    ims.wait()
    assert ims.job(job_id)["status"] == status


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


def test_switches_decide_whether_importing_images_and_their_tags_are_shown(make_ims: MakeIms) -> None:
    tag = {"image_tags": [{"key": "a", "value": "b"}]}
    found = {}
    for shows, early in ((False, False), (True, False), (True, True)):
        ims = make_ims(ims_shows_imports=shows, ims_tags_early=early)
        ims.submit(**tag)
        queued = [(image["status"], image["tags"]) for image in ims.images()]
        ims.wait(20)
        found[shows, early] = (queued, [(image["status"], image["tags"]) for image in ims.images()])
        ims.wait()
        assert [(image["status"], image["tags"]) for image in ims.images()] == [("active", ["a=b"])]
    assert found[False, False] == ([], [])
    assert found[True, False] == ([("queued", [])], [("saving", [])])
    assert found[True, True] == ([("queued", ["a=b"])], [("saving", ["a=b"])])


def test_an_image_becomes_active_after_the_active_delay(make_ims: MakeIms) -> None:
    ims = make_ims(ims_active_delay=5000)
    assert ims.outcome()["status"] == "SUCCESS"
    assert ims.images() == []
    ims.wait(5000)
    assert [image["status"] for image in ims.images()] == ["active"]


@pytest.mark.parametrize(("stays", "left"), [(True, ["killed"]), (False, [])])
def test_a_switch_decides_whether_a_failed_import_leaves_an_image(
    make_ims: MakeIms, stays: bool, left: list[str]
) -> None:
    ims = make_ims(ims_failed_image_stays=stays)
    ims.put("junk.vhd", b"junk")
    ims.outcome(image_url="drops:junk.vhd")
    assert [image["status"] for image in ims.images()] == left


def test_a_region_without_windows_fails_an_import_without_os_type(make_ims: MakeIms) -> None:
    ims = make_ims(ims_refuses_windows=True)
    assert ims.outcome()["error_code"] == "IMG.0056"
    assert ims.outcome(os_type="Linux")["status"] == "SUCCESS"


def test_switches_of_image_id_error_code_unit_and_bitmap_name(make_ims: MakeIms) -> None:
    early = make_ims(ims_image_id_early=True)
    job_id = early.submit()
    early.wait(20)
    assert "image_id" in early.job(job_id)["entities"]

    other_code = make_ims(ims_small_disk_code="IMG.9999")
    other_code.put("disk.qcow2", disks.qcow2(41 * GIB))
    assert other_code.outcome()["error_code"] == "IMG.9999"

    decimal = make_ims(ims_gb="GB")
    assert decimal.outcome()["error_code"] == "IMG.0055"
    assert decimal.outcome(min_disk=43)["status"] == "SUCCESS"

    by_suffix = make_ims(ims_bitmap_name="suffix")
    by_suffix.put("disk.raw", disks.raw())
    by_suffix.put("disk.mf", b"bitmap")
    quick = {"image_url": "drops:disk.raw", "is_quick_import": True, "os_version": SERVER}
    assert by_suffix.outcome(**quick)["error_code"] == "IMG.0158"
    by_suffix.put("disk.raw.mf", b"bitmap")
    assert by_suffix.outcome(**quick)["status"] == "SUCCESS"


def test_a_job_is_unknown_after_its_retention(make_ims: MakeIms) -> None:
    ims = make_ims(ims_job_retention=100_000)
    job_id = ims.submit()
    ims.wait(90_000)
    assert ims.job(job_id)["status"] == "SUCCESS"
    ims.wait(20_000)
    assert ims.job(job_id)["error"]["code"] == "IMG.0023"
    assert len(ims.images()) == 1


@pytest.mark.parametrize(("switch", "status"), [("404", 404), ("IMG.0023", 400)])
def test_a_switch_decides_the_answer_for_an_unknown_job(make_ims: MakeIms, switch: str, status: int) -> None:
    ims = make_ims(ims_unknown_job=switch)
    assert ims.call("GET", "/v1/cloudimages/job/nope").status == status


@pytest.mark.parametrize("has", ["both", "ShowJob", "ShowJobProgress"])
def test_a_region_may_have_only_one_of_the_job_calls(make_ims: MakeIms, has: str) -> None:
    ims = make_ims(ims_job_calls=has)
    job_id = ims.submit()
    known = "status" in ims.job(job_id)
    progress = ims.call("GET", f"/v1/cloudimages/job/{job_id}")
    assert known == (has != "ShowJobProgress")
    assert (progress.status == 200) == (has != "ShowJob")


def three_disks(ims: SimulatedIms, second: bytes | None = None) -> dict[str, Any]:
    ims.put("d1.qcow2", second or disks.qcow2(100 * GIB))
    ims.put("d2.raw", disks.raw(boot=False))
    return {
        "data_images": [
            {"image_url": "drops:d1.qcow2", "min_disk": 100, "name": "one"},
            {"image_url": "drops:d2.raw", "min_disk": 1},
        ]
    }


@pytest.mark.parametrize("reversed_", [False, True])
@pytest.mark.parametrize("place", ["mixed", "sub_jobs"])
def test_switches_decide_where_the_image_ids_of_several_disks_are(
    make_ims: MakeIms, place: str, reversed_: bool
) -> None:
    ims = make_ims(ims_job_ids_in=place, ims_sub_jobs_reversed=reversed_)
    job = ims.outcome(**three_disks(ims))
    assert job["status"] == "SUCCESS"
    sub_jobs = [sub["entities"] for sub in job["entities"]["sub_jobs_result"]]
    names = ["one", "server-2"] if place == "mixed" else ["server", "one", "server-2"]
    assert [entities["image_name"] for entities in sub_jobs] == (names[::-1] if reversed_ else names)
    assert ("image_id" in job["entities"]) == (place == "mixed")
    ids = {entities["image_id"] for entities in sub_jobs} | {job["entities"].get("image_id")} - {None}
    images = ims.images()
    assert ids == {image["id"] for image in images}
    assert {image["name"]: image["virtual_env_type"] for image in images} == {
        "server": "FusionCompute",
        "one": "DataImage",
        "server-2": "DataImage",
    }


@pytest.mark.parametrize(("keeps", "names"), [(False, set()), (True, {"server", "server-2"})])
def test_one_bad_disk_fails_the_job_and_a_switch_decides_about_the_other_images(
    make_ims: MakeIms, keeps: bool, names: set[str]
) -> None:
    ims = make_ims(ims_keeps_parts=keeps)
    job = ims.outcome(**three_disks(ims, b"junk!"))
    assert (job["status"], job["error_code"]) == ("FAIL", "IMG.0072")
    assert {image["name"] for image in ims.images()} == names
    subs = {sub["entities"]["image_name"]: sub["status"] for sub in job["entities"]["sub_jobs_result"]}
    assert subs == {"one": "FAIL", "server-2": "SUCCESS" if keeps else "FAIL"}


@pytest.mark.parametrize(
    ("size", "min_disk", "code"), [(100 * GIB + 512, 100, "IMG.0055"), (2049 * GIB, 2048, "IMG.0111")]
)
def test_a_data_disk_larger_than_min_disk_or_the_limit_fails_the_job(
    ims: SimulatedIms, size: int, min_disk: int, code: str
) -> None:
    ims.put("d.vhdx", disks.vhdx(size))
    job = ims.outcome(data_images=[{"image_url": "drops:d.vhdx", "min_disk": min_disk}])
    assert (job["status"], job["error_code"]) == ("FAIL", code)
    assert ims.images() == []


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
