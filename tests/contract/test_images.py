"""The contract of the port Images, for IMS (the simulator, through Huawei's SDK) and for the fake in memory."""

from __future__ import annotations

import dataclasses
import struct
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Any

import pytest

from imagedrop.adapters.ims.images import ImsImages, open_connection
from imagedrop.ports import Images, ImsError
from imagedrop_local.faults import Fault
from imagedrop_local.ims.switches import ImsSwitches
from imagedrop_local.memory import MemoryImages, RecordedSleep, SettableClock
from imagedrop_local.memory.images import Outcome
from tests.contract.clouds import KEYS, Cloud
from tests.support.service_calls import quick_calls

DROP = "Zb_rzVoERPbgn50sf9qGfvKNWdstlmSv9t1OlpzQaxw"
QCOW2 = struct.pack(">4sIQIIQI", b"QFI\xfb", 2, 0, 0, 16, 40 << 30, 0).ljust(512, b"\0")


def body(**changes: Any) -> dict[str, Any]:
    defaults: dict[str, Any] = {
        "name": "golden 窗-1",
        "image_url": "drops:golden/w.qcow2",
        "min_disk": 40,
        "os_type": "Windows",
        "image_tags": [{"key": "imagedrop", "value": DROP}, {"key": "team", "value": "a.b"}],
    }
    return defaults | changes


@dataclass
class ImagesHarness:
    images: Images
    finish: Callable[[], Any]
    fail_next: Callable[[], Any]


def memory() -> ImagesHarness:
    clock = SettableClock()
    images = MemoryImages(clock)
    bad = Outcome(error_code="IMG.1075", fail_reason="no")
    return ImagesHarness(images, lambda: clock.advance(600), lambda: images.plan(bad))


def real(cloud: Cloud, sleep: RecordedSleep | None = None, **settings: Any) -> ImsImages:
    read = cloud.settings(**settings)
    return ImsImages(partial(open_connection, read, lambda: KEYS), quick_calls(sleep), read)


def ims(cloud: Cloud, **settings: Any) -> ImagesHarness:
    folder = cloud.store.folder / "drops" / "golden"
    folder.mkdir(exist_ok=True)
    for name in ("w", "d"):
        (folder / f"{name}.qcow2").write_bytes(QCOW2)

    def finish() -> None:
        cloud.clock.ahead = timedelta(minutes=10)

    bad = Fault(service="ims", call="ImportJob", times=1, fault="status", code="IMG.1075")
    return ImagesHarness(real(cloud, **settings), finish, lambda: cloud.faults.add(bad))


@pytest.fixture(params=["memory", "ShowJob", "ShowJobProgress"])
def harness(request: pytest.FixtureRequest) -> ImagesHarness:
    if request.param == "memory":
        return memory()
    return ims(request.getfixturevalue("cloud"), ims_job_call=request.param)


def test_job_ends_with_an_active_image(harness: ImagesHarness) -> None:
    job_id = harness.images.create(body())
    running = harness.images.job(job_id)
    assert running is not None
    assert running.status in ("INIT", "RUNNING")
    harness.finish()
    job = harness.images.job(job_id)
    assert job is not None
    assert (job.job_id, job.status, len(job.image_ids), job.error_code) == (job_id, "SUCCESS", 1, None)
    (image,) = harness.images.by_ids(job.image_ids)
    assert (image.id, image.name, image.status, image.min_disk) == (job.image_ids[0], "golden 窗-1", "active", 40)
    assert image.origin == "file,drops:golden/w.qcow2"
    assert image.tags == {"imagedrop": DROP, "team": "a.b"}
    assert not image.data_disk
    assert len(image.created_at) == len("2026-11-24T13:00:00Z")


def test_image_is_found_by_its_tag_and_by_its_name(harness: ImagesHarness) -> None:
    harness.images.create(body())
    harness.finish()
    (image,) = harness.images.by_tag("imagedrop", DROP)
    assert list(harness.images.by_name("golden 窗-1")) == [image]
    assert list(harness.images.by_tag("imagedrop", DROP[:-1])) == []
    assert list(harness.images.by_tag("team", DROP)) == []
    assert list(harness.images.by_name("golden")) == []
    assert list(harness.images.by_ids(["11111111-2222-3333-4444-555555555555"])) == []
    assert list(harness.images.by_ids([])) == []


def test_image_is_not_listed_before_its_job_ends(harness: ImagesHarness) -> None:
    harness.images.create(body())
    assert list(harness.images.by_tag("imagedrop", DROP)) == []
    assert list(harness.images.by_name("golden 窗-1")) == []


def test_data_disk_images_come_after_the_system_image(harness: ImagesHarness) -> None:
    data = {"name": "data-1", "image_url": "drops:golden/d.qcow2", "min_disk": 50, "image_tags": body()["image_tags"]}
    job_id = harness.images.create(body(data_images=[data]))
    harness.finish()
    job = harness.images.job(job_id)
    assert job is not None
    assert [(image.name, image.data_disk) for image in harness.images.by_ids(job.image_ids)] == [
        ("golden 窗-1", False),
        ("data-1", True),
    ]
    assert len(harness.images.by_tag("imagedrop", DROP)) == 2


def test_failed_job_has_an_error_code_and_a_reason(harness: ImagesHarness) -> None:
    harness.fail_next()
    job_id = harness.images.create(body())
    harness.finish()
    job = harness.images.job(job_id)
    assert job is not None
    assert (job.status, job.error_code) == ("FAIL", "IMG.1075")
    assert job.fail_reason
    assert list(harness.images.by_tag("imagedrop", DROP)) == []


def test_unknown_job_is_none(harness: ImagesHarness) -> None:
    assert harness.images.job("ff808082-not-a-job") is None


# --- only with IMS


@pytest.mark.parametrize("ims_switches", [ImsSwitches(ims_unknown_job="IMG.0023")])
def test_job_that_ims_cannot_query_is_none_without_a_retry(cloud: Cloud) -> None:
    """Each poll asks again anyway. With retries each would take three calls, as long as the attempt lasts."""
    sleep = RecordedSleep()
    assert real(cloud, sleep).job("ff808082-not-a-job") is None
    assert sleep.slept == []


@pytest.mark.parametrize("ims_switches", [ImsSwitches(ims_job_ids_in="sub_jobs", ims_sub_jobs_reversed=True)])
def test_system_image_comes_first_when_the_ids_are_in_sub_jobs(cloud: Cloud) -> None:
    test_data_disk_images_come_after_the_system_image(ims(cloud))


@pytest.mark.parametrize("ims_switches", [ImsSwitches(ims_job_calls="ShowJobProgress")])
def test_job_call_that_the_region_does_not_have_is_held(cloud: Cloud) -> None:
    with pytest.raises(ImsError) as raised:
        real(cloud).job("some-job")
    assert (raised.value.kind, raised.value.code) == ("held", "APIGW.0101")


@pytest.mark.parametrize("ims_switches", [ImsSwitches(ims_image_quota=0)])
def test_exhausted_image_quota_is_held(cloud: Cloud) -> None:
    assert refused(ims(cloud).images).kind == "held"


@pytest.mark.parametrize("ims_switches", [ImsSwitches(ims_task_limit=1)])
def test_too_many_tasks_is_busy(cloud: Cloud) -> None:
    images = ims(cloud).images
    images.create(body())
    error = refused(images, name="second")
    assert (error.kind, error.code) == ("busy", "IMG.0060")


def test_missing_object_is_refused_with_the_code_of_ims(cloud: Cloud) -> None:
    error = refused(ims(cloud).images, image_url="drops:golden/nothing.qcow2")
    assert (error.kind, error.code) == ("refused", "IMG.0057")
    assert error.message


@pytest.mark.parametrize(
    ("status", "code", "kind"),
    [
        (429, None, "busy"),
        (500, None, "unknown"),
        (503, "IMG.0018", "unknown"),
        (400, "IMG.0061", "unknown"),
        (400, "IMG.0239", "held"),
        (400, "IMG.9999", "refused"),
        (401, None, "held"),
        (403, None, "held"),
    ],
)
def test_error_of_create_is_classified_and_not_retried(cloud: Cloud, status: int, code: str | None, kind: str) -> None:
    harness = ims(cloud)
    cloud.faults.add(Fault(service="ims", call="CreateImage", times=1, fault="status", status=status, code=code))
    assert refused(harness.images).kind == kind
    assert cloud.faults.calls["ims.CreateImage"] == 1


def test_create_with_a_lost_response_is_unknown_and_not_retried(cloud: Cloud) -> None:
    harness = ims(cloud)
    cloud.faults.add(Fault(service="ims", call="CreateImage", fault="timeout_after", seconds=0))
    assert refused(harness.images).kind == "unknown"
    assert cloud.faults.calls["ims.CreateImage"] == 1
    harness.finish()
    assert len(harness.images.by_tag("imagedrop", DROP)) == 1


@pytest.mark.parametrize(("fault", "status"), [("status", 429), ("status", 503), ("reset", 503)])
def test_reading_calls_are_retried(cloud: Cloud, fault: Any, status: int) -> None:
    harness = ims(cloud)
    job_id = harness.images.create(body())
    harness.finish()
    for call, ask in (
        ("ShowJob", lambda: harness.images.job(job_id)),
        ("ListImages", lambda: harness.images.by_name("x")),
    ):
        cloud.faults.add(Fault(service="ims", call=call, times=2, fault=fault, status=status))
        ask()
        assert cloud.faults.calls[f"ims.{call}"] == 3


def test_reading_call_fails_after_three_attempts(cloud: Cloud) -> None:
    sleep = RecordedSleep()
    cloud.faults.add(Fault(service="ims", fault="status", status=503))
    with pytest.raises(ImsError) as raised:
        real(cloud, sleep).by_tag("imagedrop", DROP)
    assert raised.value.kind == "unknown"
    assert len(sleep.slept) == 2


def test_create_is_retried_once_with_rotated_keys(cloud: Cloud) -> None:
    harness, keys = ims(cloud), [dataclasses.replace(KEYS, sk="old")]

    def renew() -> bool:
        changed, keys[0] = keys[0] != KEYS, KEYS
        return changed

    settings = cloud.settings()
    connect = partial(open_connection, settings, lambda: keys[0])
    assert ImsImages(connect, quick_calls(), settings, renew).create(body())
    assert harness


def test_wrong_keys_are_held(cloud: Cloud) -> None:
    settings, wrong = cloud.settings(), dataclasses.replace(KEYS, sk="wrong")
    images = ImsImages(partial(open_connection, settings, lambda: wrong), quick_calls(), settings)
    assert (refused(images).kind, refused(images).code) == ("held", "APIGW.0301")


def test_listing_of_several_pages_is_read_completely(cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("imagedrop.adapters.ims.images.PAGE", 2)
    harness = ims(cloud)
    for number in range(5):
        harness.images.create(body(name=f"n{number}"))
    harness.finish()
    assert sorted(image.name for image in harness.images.by_tag("imagedrop", DROP)) == ["n0", "n1", "n2", "n3", "n4"]
    assert cloud.faults.calls["ims.ListImages"] == 3


def refused(images: Images, **changes: Any) -> ImsError:
    with pytest.raises(ImsError) as raised:
        images.create(body(**changes))
    return raised.value
