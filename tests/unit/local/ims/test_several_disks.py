"""Imports of a system disk and data disks in one call."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.support import tiny_disks as disks
from tests.support.ims_client_helper import SERVER, SimulatedIms

MakeIms = Callable[..., SimulatedIms]
GIB = disks.GIB


def test_the_detected_os_applies_to_the_system_disk_only(make_ims: MakeIms) -> None:
    ims = make_ims(ims_detected_os="Windows 10 64bit")
    assert ims.outcome(os_version=SERVER, **three_disks(ims))["status"] == "SUCCESS"
    found = {image["virtual_env_type"]: image["__os_version"] for image in ims.images()}
    assert found == {"FusionCompute": "Windows 10 64bit", "DataImage": SERVER}


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
