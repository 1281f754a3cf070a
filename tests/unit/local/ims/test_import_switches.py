"""The switches of jobs and of importing images."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.support import tiny_disks as disks
from tests.support.ims_client_helper import SERVER, SimulatedIms

MakeIms = Callable[..., SimulatedIms]
GIB = disks.GIB


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


@pytest.mark.parametrize(("fails", "status"), [(True, "FAIL"), (False, "SUCCESS")])
def test_a_switch_decides_whether_a_replaced_object_fails_the_job(make_ims: MakeIms, fails: bool, status: str) -> None:
    ims = make_ims(ims_replaced_fails=fails)
    job_id = ims.submit()
    ims.wait(20)
    assert ims.job(job_id)["status"] == "RUNNING"
    ims.put("disk.qcow2", disks.qcow2(39 * GIB))
    ims.wait()
    assert ims.job(job_id)["status"] == status


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
