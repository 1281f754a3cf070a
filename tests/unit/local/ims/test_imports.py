"""The life of a job and of its image, in virtual time."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from imagedrop_local.faults import Fault
from tests.support import tiny_disks as disks
from tests.support.ims_client_helper import SERVER, Desk

MakeDesk = Callable[..., Desk]
GIB = disks.GIB


def test_a_job_goes_from_init_over_running_to_success_and_leaves_an_active_image(desk: Desk) -> None:
    job_id = desk.submit(image_tags=[{"key": "imagedrop", "value": "d_-1"}], description="mine", os_version=SERVER)
    first = desk.job(job_id)
    assert (first["status"], first["end_time"], first["error_code"]) == ("INIT", "", None)
    desk.wait(10)
    running = desk.job(job_id)
    assert running["status"] == "RUNNING"
    assert "image_id" not in running["entities"]
    assert desk.images() == []
    desk.wait()
    ended = desk.job(job_id)
    assert (ended["status"], ended["error_code"], ended["fail_reason"]) == ("SUCCESS", None, None)
    assert "2026-11-24T13:01:00" < ended["end_time"] < "2026-11-24T13:05:00"
    (image,) = desk.images()
    assert image["id"] == ended["entities"]["image_id"]
    assert image["status"] == "active"
    assert image["tags"] == ["imagedrop=d_-1"]
    assert image["__data_origin"] == "file,drops:disk.qcow2"
    assert image["__image_size"] == "4096"
    assert image["__os_version"] == SERVER
    assert image["created_at"] == "2026-11-24T13:00:00Z"
    assert (image["min_disk"], image["__description"], image["__isregistered"]) == (40, "mine", "true")


def test_a_larger_object_takes_longer(make_desk: MakeDesk) -> None:
    def minutes(size: int) -> float:
        desk = make_desk()
        path = desk.store.folder / "drops" / "large.raw"
        with path.open("wb") as file:
            file.write(disks.raw())
            file.truncate(size)
        job_id, waited = desk.submit(image_url="drops:large.raw", min_disk=100), 0
        while desk.job(job_id)["status"] != "SUCCESS":
            desk.wait(10)
            waited += 10
        return waited / 60

    assert 1.5 < minutes(1 << 20) < 3
    assert 6 < minutes(100 * GIB) < 12


def test_progress_grows_and_its_scale_is_a_switch(make_desk: MakeDesk) -> None:
    for scale in (1, 100):
        desk = make_desk(ims_percent_of=scale)
        job_id = desk.submit()
        seen = []
        for _ in range(4):
            seen.append(desk.job(job_id)["entities"]["process_percent"])
            desk.wait(25)
        assert seen == sorted(seen)
        assert 0.3 * scale < seen[-1] < scale


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
def test_a_bad_file_is_accepted_first_and_fails_the_job(
    desk: Desk, key: str, content: bytes, body: dict[str, Any], code: str
) -> None:
    desk.put(key, content)
    job = desk.outcome(image_url=f"drops:{key}", **body)
    assert (job["status"], job["error_code"]) == ("FAIL", code)
    assert job["fail_reason"]
    assert "image_id" not in job["entities"]
    assert desk.images() == []


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
def test_every_format_of_the_service_is_imported(desk: Desk, key: str, content: bytes, beside: str | None) -> None:
    desk.put(key, content)
    if beside:
        desk.put(beside, b"bitmap")
    quick = {"is_quick_import": True, "os_version": SERVER} if key.startswith("quick") else {}
    assert desk.outcome(image_url=f"drops:{key}", **quick)["status"] == "SUCCESS"


def test_a_vhd_that_was_rounded_up_needs_one_gigabyte_more(desk: Desk) -> None:
    desk.put("disk.vhd", disks.vhd(40 * GIB + 1536 * 1024))
    refused = desk.outcome(image_url="drops:disk.vhd", min_disk=40)
    assert refused["error_code"] == "IMG.0055"
    assert "外部镜像文件的系统盘容量大于用户设置的系统磁盘容量" in refused["fail_reason"]
    assert desk.outcome(image_url="drops:disk.vhd", min_disk=41)["status"] == "SUCCESS"


def test_quick_import_wants_strictly_more_room_than_the_disk_has(desk: Desk) -> None:
    path = desk.store.folder / "drops" / "disk.raw"
    with path.open("wb") as file:
        file.write(disks.raw())
        file.truncate(40 * GIB)
    desk.put("disk.mf", b"bitmap")
    body = {"image_url": "drops:disk.raw", "os_version": SERVER, "is_quick_import": True}
    assert desk.outcome(**body, min_disk=40)["error_code"] == "IMG.0055"
    assert desk.outcome(**body, min_disk=41)["status"] == "SUCCESS"


def test_a_bitmap_without_content_is_none(desk: Desk) -> None:
    desk.put("disk.raw", disks.raw())
    desk.put("disk.mf", b"")
    quick = {"image_url": "drops:disk.raw", "os_version": SERVER, "is_quick_import": True}
    assert desk.outcome(**quick)["error_code"] == "IMG.0158"


def test_a_region_without_windows_believes_what_it_finds_and_a_quick_import_what_it_is_told(
    make_desk: MakeDesk,
) -> None:
    linux = "Ubuntu 22.04 server 64bit"
    desk = make_desk(ims_refuses_windows=True, ims_detected_os=linux)
    assert desk.outcome()["status"] == "SUCCESS"
    desk = make_desk(ims_refuses_windows=True, ims_detected_os=SERVER)
    assert desk.outcome(os_version=linux)["error_code"] == "IMG.0056"
    desk.put("disk.zvhd2", b"any")
    quick = {"image_url": "drops:disk.zvhd2", "os_version": linux, "is_quick_import": True}
    assert desk.outcome(**quick)["status"] == "SUCCESS"


def test_what_is_found_in_a_system_disk_is_not_said_of_a_data_disk(make_desk: MakeDesk) -> None:
    desk = make_desk(ims_detected_os="Windows 10 64bit")
    assert desk.outcome(os_version=SERVER, **three_disks(desk))["status"] == "SUCCESS"
    found = {image["virtual_env_type"]: image["__os_version"] for image in desk.images()}
    assert found == {"FusionCompute": "Windows 10 64bit", "DataImage": SERVER}


def test_an_object_that_is_deleted_while_it_is_imported_fails_the_job(desk: Desk) -> None:
    for wait in (0, 20):
        desk.put("gone.qcow2", disks.qcow2(40 * GIB))
        job_id = desk.submit(image_url="drops:gone.qcow2")
        desk.wait(wait)
        desk.job(job_id)
        desk.store.delete("drops", "gone.qcow2")
        desk.wait()
        assert desk.job(job_id)["error_code"] == "IMG.0057"


@pytest.mark.parametrize(("fails", "status"), [(True, "FAIL"), (False, "SUCCESS")])
def test_whether_an_object_replaced_in_mid_import_fails_the_job_is_a_switch(
    make_desk: MakeDesk, fails: bool, status: str
) -> None:
    desk = make_desk(ims_replaced_fails=fails)
    job_id = desk.submit()
    desk.wait(20)
    assert desk.job(job_id)["status"] == "RUNNING"
    desk.put("disk.qcow2", disks.qcow2(39 * GIB))
    desk.wait()
    assert desk.job(job_id)["status"] == status


def test_jobs_and_images_go_on_after_a_restart_where_they_were(desk: Desk) -> None:
    job_id = desk.submit()
    desk.wait(20)
    before = desk.job(job_id)
    desk.start()
    assert desk.job(job_id) == before
    desk.start()
    desk.wait()
    assert desk.job(job_id)["status"] == "SUCCESS"
    seen = desk.images()
    desk.start()
    assert desk.images() == seen
    assert desk.ims.state()["counts"] == {"images": 1, "active": 1, "jobs": 1, "open_jobs": 0, "tasks": 0}


def test_importing_images_and_their_tags_are_seen_as_the_switches_say(make_desk: MakeDesk) -> None:
    tag = {"image_tags": [{"key": "a", "value": "b"}]}
    seen = {}
    for shows, early in ((False, False), (True, False), (True, True)):
        desk = make_desk(ims_shows_imports=shows, ims_tags_early=early)
        desk.submit(**tag)
        queued = [(image["status"], image["tags"]) for image in desk.images()]
        desk.wait(20)
        seen[shows, early] = (queued, [(image["status"], image["tags"]) for image in desk.images()])
        desk.wait()
        assert [(image["status"], image["tags"]) for image in desk.images()] == [("active", ["a=b"])]
    assert seen[False, False] == ([], [])
    assert seen[True, False] == ([("queued", [])], [("saving", [])])
    assert seen[True, True] == ([("queued", ["a=b"])], [("saving", ["a=b"])])


def test_an_image_may_become_active_only_after_its_job_has_succeeded(make_desk: MakeDesk) -> None:
    desk = make_desk(ims_active_delay=5000)
    assert desk.outcome()["status"] == "SUCCESS"
    assert desk.images() == []
    desk.wait(5000)
    assert [image["status"] for image in desk.images()] == ["active"]


@pytest.mark.parametrize(("stays", "left"), [(True, ["killed"]), (False, [])])
def test_whether_a_failed_import_leaves_an_image_is_a_switch(make_desk: MakeDesk, stays: bool, left: list[str]) -> None:
    desk = make_desk(ims_failed_image_stays=stays)
    desk.put("junk.vhd", b"junk")
    desk.outcome(image_url="drops:junk.vhd")
    assert [image["status"] for image in desk.images()] == left


def test_a_region_without_windows_fails_what_it_finds_only_in_the_file(make_desk: MakeDesk) -> None:
    desk = make_desk(ims_refuses_windows=True)
    assert desk.outcome()["error_code"] == "IMG.0056"
    assert desk.outcome(os_type="Linux")["status"] == "SUCCESS"


def test_the_small_switches_of_jobs(make_desk: MakeDesk) -> None:
    early = make_desk(ims_image_id_early=True)
    job_id = early.submit()
    early.wait(20)
    assert "image_id" in early.job(job_id)["entities"]

    other_code = make_desk(ims_small_disk_code="IMG.9999")
    other_code.put("disk.qcow2", disks.qcow2(41 * GIB))
    assert other_code.outcome()["error_code"] == "IMG.9999"

    decimal = make_desk(ims_gb="GB")
    assert decimal.outcome()["error_code"] == "IMG.0055"
    assert decimal.outcome(min_disk=43)["status"] == "SUCCESS"

    by_suffix = make_desk(ims_bitmap_name="suffix")
    by_suffix.put("disk.raw", disks.raw())
    by_suffix.put("disk.mf", b"bitmap")
    quick = {"image_url": "drops:disk.raw", "is_quick_import": True, "os_version": SERVER}
    assert by_suffix.outcome(**quick)["error_code"] == "IMG.0158"
    by_suffix.put("disk.raw.mf", b"bitmap")
    assert by_suffix.outcome(**quick)["status"] == "SUCCESS"


def test_a_job_is_forgotten_after_its_retention(make_desk: MakeDesk) -> None:
    desk = make_desk(ims_job_retention=100_000)
    job_id = desk.submit()
    desk.wait(90_000)
    assert desk.job(job_id)["status"] == "SUCCESS"
    desk.wait(20_000)
    assert desk.job(job_id)["error"]["code"] == "IMG.0023"
    assert len(desk.images()) == 1


@pytest.mark.parametrize(("switch", "status"), [("404", 404), ("IMG.0023", 400)])
def test_the_answer_about_an_unknown_job_is_a_switch(make_desk: MakeDesk, switch: str, status: int) -> None:
    desk = make_desk(ims_unknown_job=switch)
    assert desk.call("GET", "/v1/cloudimages/job/nope").status == status


@pytest.mark.parametrize("has", ["both", "ShowJob", "ShowJobProgress"])
def test_a_region_may_have_only_one_way_to_ask_after_a_job(make_desk: MakeDesk, has: str) -> None:
    desk = make_desk(ims_job_calls=has)
    job_id = desk.submit()
    known = "status" in desk.job(job_id)
    progress = desk.call("GET", f"/v1/cloudimages/job/{job_id}")
    assert known == (has != "ShowJobProgress")
    assert (progress.status == 200) == (has != "ShowJob")


def three_disks(desk: Desk, second: bytes | None = None) -> dict[str, Any]:
    desk.put("d1.qcow2", second or disks.qcow2(100 * GIB))
    desk.put("d2.raw", disks.raw(boot=False))
    return {
        "data_images": [
            {"image_url": "drops:d1.qcow2", "min_disk": 100, "name": "one"},
            {"image_url": "drops:d2.raw", "min_disk": 1},
        ]
    }


@pytest.mark.parametrize("reversed_", [False, True])
@pytest.mark.parametrize("place", ["mixed", "sub_jobs"])
def test_the_ids_of_several_disks_are_where_the_switches_say(make_desk: MakeDesk, place: str, reversed_: bool) -> None:
    desk = make_desk(ims_job_ids_in=place, ims_sub_jobs_reversed=reversed_)
    job = desk.outcome(**three_disks(desk))
    assert job["status"] == "SUCCESS"
    below = [sub["entities"] for sub in job["entities"]["sub_jobs_result"]]
    names = ["one", "server-2"] if place == "mixed" else ["server", "one", "server-2"]
    assert [entities["image_name"] for entities in below] == (names[::-1] if reversed_ else names)
    assert ("image_id" in job["entities"]) == (place == "mixed")
    ids = {entities["image_id"] for entities in below} | {job["entities"].get("image_id")} - {None}
    images = desk.images()
    assert ids == {image["id"] for image in images}
    assert {image["name"]: image["virtual_env_type"] for image in images} == {
        "server": "FusionCompute",
        "one": "DataImage",
        "server-2": "DataImage",
    }


@pytest.mark.parametrize(("keeps", "names"), [(False, set()), (True, {"server", "server-2"})])
def test_one_bad_disk_of_several_fails_the_job_and_takes_the_others_along_or_not(
    make_desk: MakeDesk, keeps: bool, names: set[str]
) -> None:
    desk = make_desk(ims_keeps_parts=keeps)
    job = desk.outcome(**three_disks(desk, b"junk!"))
    assert (job["status"], job["error_code"]) == ("FAIL", "IMG.0072")
    assert {image["name"] for image in desk.images()} == names
    subs = {sub["entities"]["image_name"]: sub["status"] for sub in job["entities"]["sub_jobs_result"]}
    assert subs == {"one": "FAIL", "server-2": "SUCCESS" if keeps else "FAIL"}


@pytest.mark.parametrize(
    ("size", "min_disk", "code"), [(100 * GIB + 512, 100, "IMG.0055"), (2049 * GIB, 2048, "IMG.0111")]
)
def test_a_data_disk_has_to_fit_as_well(desk: Desk, size: int, min_disk: int, code: str) -> None:
    desk.put("d.vhdx", disks.vhdx(size))
    job = desk.outcome(data_images=[{"image_url": "drops:d.vhdx", "min_disk": min_disk}])
    assert (job["status"], job["error_code"]) == ("FAIL", code)
    assert desk.images() == []


def test_a_zvhd_is_not_for_quick_import_and_an_object_replaced_before_the_job_begins_fails_it(desk: Desk) -> None:
    desk.put("disk.zvhd", b"any")
    quick = {"image_url": "drops:disk.zvhd", "is_quick_import": True, "os_version": SERVER}
    assert desk.outcome(**quick)["error_code"] == "IMG.0158"
    job_id = desk.submit()
    desk.put("disk.qcow2", disks.qcow2(39 * GIB))
    desk.wait()
    assert desk.job(job_id)["error_code"] == "IMG.1075"


def test_a_fault_can_fail_the_next_job_or_make_it_longer(desk: Desk) -> None:
    desk.faults.add(Fault(service="ims", call="ImportJob", times=1, fault="status", code="IMG.1075"))
    desk.faults.add(Fault(service="ims", call="*", times=1, fault="reset"))
    assert desk.outcome()["error_code"] == "IMG.1075"
    assert desk.outcome()["status"] == "SUCCESS"
    assert len(desk.faults.active()) == 1  # what strikes calls is not used up by jobs
    desk.faults.clear()
    desk.faults.add(Fault(service="ims", call="ImportJob", times=1, fault="slow", seconds=3000))
    job_id = desk.submit()
    desk.wait()
    assert desk.job(job_id)["status"] == "RUNNING"
    desk.wait(3000)
    assert desk.job(job_id)["status"] == "SUCCESS"
