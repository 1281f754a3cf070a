"""The official SDK makes every call of the simulator: it signs, builds the paths and parses the answers."""

from __future__ import annotations

import json
import threading
import urllib.request
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from huaweicloudsdkcore.exceptions.exceptions import (
    ClientRequestException,
    ConnectionException,
    ServerResponseException,
)
from huaweicloudsdkims.v2 import (
    AddImageTagRequest,
    BatchAddOrDeleteTagsRequest,
    CreateDataImageInSafeModeRequest,
    CreateDataImageRequest,
    CreateImageInSafeModeRequest,
    CreateImageRequest,
    CreateImageRequestBody,
    CreateOrUpdateTagsRequest,
    DeleteImageTagRequest,
    GlanceCreateImageMetadataRequest,
    GlanceCreateImageMetadataRequestBody,
    GlanceDeleteImageRequest,
    GlanceListImagesRequest,
    GlanceShowImageRequest,
    ImportImageQuickInSafeModeRequest,
    ImportImageQuickRequest,
    ListImageByTagsRequest,
    ListImagesRequest,
    ListImagesTagsRequest,
    ListImageTagsRequest,
    ListOsVersionsRequest,
    ListTagsRequest,
    RegisterImageRequest,
    RegisterImageRequestBody,
    ShowImageQuotaRequest,
    ShowJobProgressRequest,
    ShowJobRequest,
    TagKeyValue,
    UpdateImageRequest,
)

from imagedrop_local.faults import Fault
from tests.support import tiny_disks as disks

# Huawei deprecates ShowJob and the OpenStack calls, but some regions have only these.
pytestmark = pytest.mark.filterwarnings("ignore:Method '.*' of ImsClient is deprecated:DeprecationWarning")

SERVER = "Windows Server 2022 Datacenter 64bit"
BODY: dict[str, Any] = {"name": "中文 server", "image_url": "drops:disk.qcow2", "min_disk": 40}


def create(region: Any, **fields: Any) -> str:
    return str(region.client.create_image(CreateImageRequest(body={**BODY, **fields})).job_id)


def image_of(region: Any, job_id: str) -> Any:
    region.wait()
    job = region.client.show_job(ShowJobRequest(job_id=job_id))
    assert job.status == "SUCCESS", job
    return region.client.list_images(ListImagesRequest(id=job.entities.image_id)).images[0]


def test_the_sdk_creates_polls_lists_shows_and_deletes_an_image(region: Any) -> None:
    job_id = create(region, image_tags=[{"key": "imagedrop", "value": "a_b-C"}], os_version=SERVER)
    first = region.client.show_job(ShowJobRequest(job_id=job_id))
    assert (first.status, first.job_type, first.end_time) == ("INIT", "imsImportImageJob", "")
    image = image_of(region, job_id)
    assert (image.name, image.status, image.data_origin) == (BODY["name"], "active", "file,drops:disk.qcow2")
    assert (image.image_size, image.os_version, image.tags) == ("4096", SERVER, ["imagedrop=a_b-C"])
    progress = region.client.show_job_progress(ShowJobProgressRequest(job_id=job_id))
    assert (progress.status, progress.entities.image_id) == ("SUCCESS", image.id)
    shown = region.client.glance_show_image(GlanceShowImageRequest(image_id=image.id))
    assert shown.name == BODY["name"]
    region.client.glance_delete_image(GlanceDeleteImageRequest(image_id=image.id))
    assert region.client.list_images(ListImagesRequest()).images == []


def test_the_sdk_finds_images_with_every_filter_that_imagedrop_uses(region: Any) -> None:
    image = image_of(region, create(region, image_tags=[{"key": "k", "value": "v"}]))
    for query in (
        {"name": BODY["name"]},
        {"tag": "k=v"},
        {"owner": image.owner, "imagetype": "private"},
        {"status": "active", "created_at": "gte:2020-01-01T00:00:00Z"},
        {"limit": 1, "sort_key": "created_at", "sort_dir": "desc"},
    ):
        found = region.client.list_images(ListImagesRequest(**query)).images
        assert [found_image.id for found_image in found] == [image.id], query
    assert region.client.list_images(ListImagesRequest(name="中文")).images == []


def test_typed_models_and_terraform_bodies_are_accepted(region: Any) -> None:
    typed = CreateImageRequestBody(
        name="typed", image_url="drops:disk.qcow2", min_disk=40, image_tags=[TagKeyValue("a", "b")]
    )
    assert region.client.create_image(CreateImageRequest(body=typed)).job_id
    terraform = {
        "name": "tf",
        "description": "",
        "image_url": "drops:disk.qcow2",
        "min_disk": 60,
        "os_version": SERVER,
        "type": "ECS",
        "is_config": False,
        "enterprise_project_id": "0",
        "hw_firmware_type": "uefi",
        "architecture": "x86",
        "tags": ["foo.bar", "key.value"],
    }
    assert region.client.create_image(CreateImageRequest(body=terraform)).job_id


def test_the_sdk_creates_images_with_all_other_create_calls(region: Any) -> None:
    region.store.put("drops", "disk.zvhd2", b"content")
    quick = {**BODY, "image_url": "drops:disk.zvhd2", "os_version": SERVER}
    client = region.client
    jobs = [
        client.create_image_in_safe_mode(CreateImageInSafeModeRequest(body=BODY)),
        client.import_image_quick(ImportImageQuickRequest(body=quick)),
        client.import_image_quick_in_safe_mode(ImportImageQuickInSafeModeRequest(body=quick)),
        client.create_data_image(CreateDataImageRequest(body=BODY)),
        client.create_data_image_in_safe_mode(CreateDataImageInSafeModeRequest(body=BODY)),
    ]
    region.wait()
    ended = [client.show_job(ShowJobRequest(job_id=job.job_id)) for job in jobs]
    assert [job.status for job in ended] == ["SUCCESS"] * 5
    assert {job.job_type for job in ended[3:]} == {"imsImportDataImageJob"}


def test_the_sdk_reads_the_ids_of_data_images_from_the_sub_jobs(region: Any) -> None:
    region.store.put("drops", "data.vhdx", disks.vhdx(100 * disks.GIB))
    job_id = create(region, data_images=[{"image_url": "drops:data.vhdx", "min_disk": 100}])
    system = image_of(region, job_id)
    (sub,) = region.client.show_job(ShowJobRequest(job_id=job_id)).entities.sub_jobs_result
    data = region.client.list_images(ListImagesRequest(id=sub.entities.image_id)).images[0]
    assert (system.virtual_env_type, data.virtual_env_type) == ("FusionCompute", "DataImage")
    assert region.client.show_job_progress(ShowJobProgressRequest(job_id=job_id)).entities.sub_job_id == sub.job_id


def test_the_sdk_manages_tags(region: Any) -> None:
    client, image = region.client, image_of(region, create(region))
    client.add_image_tag(AddImageTagRequest(image_id=image.id, body={"tag": {"key": "a", "value": "1"}}))
    batch = {"action": "create", "tags": [{"key": "b", "value": "2"}, {"key": "中", "value": ""}]}
    client.batch_add_or_delete_tags(BatchAddOrDeleteTagsRequest(image_id=image.id, body=batch))
    client.delete_image_tag(DeleteImageTagRequest(image_id=image.id, key="中"))
    image_tags = client.list_image_tags(ListImageTagsRequest(image_id=image.id)).tags
    assert {tag.key: tag.value for tag in image_tags} == {"a": "1", "b": "2"}
    body = {"action": "filter", "tags": [{"key": "a", "values": ["1"]}]}
    found = client.list_image_by_tags(ListImageByTagsRequest(body=body))
    assert (found.total_count, found.resources[0].resource_id) == (1, image.id)
    assert [tag.key for tag in client.list_images_tags(ListImagesTagsRequest()).tags] == ["a", "b"]


def test_the_sdk_reads_quota_and_os_versions_and_changes_an_image(region: Any) -> None:
    client, image = region.client, image_of(region, create(region))
    quota = client.show_image_quota(ShowImageQuotaRequest()).quotas.resources[0]
    assert (quota.type, quota.used, quota.quota) == ("image", 1, 50)
    platforms = {group.platform for group in client.list_os_versions(ListOsVersionsRequest(tag="uefi")).body}
    assert "Windows" in platforms
    patch = [{"op": "replace", "path": "/name", "value": "renamed"}]
    assert client.update_image(UpdateImageRequest(image_id=image.id, body=patch)).name == "renamed"


def test_the_sdk_creates_an_image_in_two_steps(region: Any) -> None:
    client = region.client
    body = GlanceCreateImageMetadataRequestBody(name="two", os_version=SERVER, min_disk=40, tags=["a.b"])
    described = client.glance_create_image_metadata(GlanceCreateImageMetadataRequest(body=body))
    assert (described.status, described.tags) == ("queued", ["a=b"])
    upload = RegisterImageRequestBody(image_url="drops:disk.qcow2")
    registered = client.register_image(RegisterImageRequest(image_id=described.id, body=upload))
    image = image_of(region, registered.job_id)
    assert (image.id, image.status, image.data_origin) == (described.id, "active", "file,drops:disk.qcow2")


def test_the_sdk_makes_the_older_calls(region: Any) -> None:
    client, image = region.client, image_of(region, create(region))
    tag = {"image_id": image.id, "image_tag": {"key": "a", "value": "b"}}
    client.create_or_update_tags(CreateOrUpdateTagsRequest(body=tag))
    assert client.list_tags(ListTagsRequest(id=image.id)).tags == ["a=b"]
    assert [found_image.id for found_image in client.glance_list_images(GlanceListImagesRequest(limit=1)).images] == [
        image.id
    ]
    found = client.list_images(ListImagesRequest(isregistered=True, protected=False, tag="a=b")).images
    assert [found_image.id for found_image in found] == [image.id]


def error_of(call: Callable[[], Any]) -> ClientRequestException:
    with pytest.raises(ClientRequestException) as raised:
        call()
    return raised.value


def test_the_sdk_parses_errors_of_ims_and_of_the_gateway(make_region: Callable[..., Any]) -> None:
    region = make_region(ims_rate=3)
    ims_error = error_of(lambda: create(region, min_disk=1))
    assert (ims_error.status_code, ims_error.error_code) == (400, "IMG.0055")
    assert len(ims_error.request_id) == 32
    wrong = region.connect(sk="guessed")
    gateway = error_of(lambda: wrong.list_images(ListImagesRequest()))
    assert (gateway.status_code, gateway.error_code) == (401, "APIGW.0301")
    assert "verify aksk signature fail" in gateway.error_msg
    foreign = region.connect(project="f" * 32)
    assert error_of(lambda: foreign.list_images(ListImagesRequest())).status_code == 403
    for _ in range(2):
        region.client.list_images(ListImagesRequest())
    assert error_of(lambda: region.client.list_images(ListImagesRequest())).status_code == 429


@pytest.mark.parametrize("flat", [False, True])
def test_the_sdk_parses_ims_codes_in_both_formats(make_region: Callable[..., Any], flat: bool) -> None:
    region = make_region(ims_flat_errors=flat)
    error = error_of(lambda: create(region, min_disk=1))
    assert (error.status_code, error.error_code) == (400, "IMG.0055")
    assert "min_disk" in error.error_msg


def test_a_clock_16_minutes_off_is_refused(region: Any) -> None:
    region.now += timedelta(minutes=16)
    assert "expired" in error_of(lambda: region.client.list_images(ListImagesRequest())).error_msg


def test_only_a_fault_after_the_effect_starts_a_job(region: Any) -> None:
    def jobs_after(fault: dict[str, Any], expected: type[Exception]) -> int:
        region.faults.add(Fault(service="ims", call="CreateImage", times=1, **fault))
        with pytest.raises(expected):
            create(region)
        return int(region.state()["counts"]["jobs"])

    assert jobs_after({"fault": "status", "status": 503, "code": "IMG.0018"}, ServerResponseException) == 0
    assert jobs_after({"fault": "timeout_before", "seconds": 0}, ConnectionException) == 0
    assert jobs_after({"fault": "reset"}, ConnectionException) == 0
    assert jobs_after({"fault": "timeout_after", "seconds": 0}, ConnectionException) == 1
    assert region.faults.calls["ims.CreateImage"] == 4


def test_concurrent_create_calls_get_one_job_each_up_to_the_task_limit(region: Any) -> None:
    job_ids: list[str] = []
    refused: list[str] = []

    def submit() -> None:
        try:
            job_ids.append(create(region))
        except ClientRequestException as error:
            refused.append(error.error_code)

    threads = [threading.Thread(target=submit) for _ in range(45)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(set(job_ids)), refused) == (40, ["IMG.0060"] * 5)
    region.wait()
    assert region.state()["counts"] == {"images": 40, "active": 40, "jobs": 40, "open_jobs": 0, "tasks": 0}


def test_the_state_is_served_over_http(region: Any) -> None:
    create(region)
    with urllib.request.urlopen(f"{region.server.url}/_sim/state") as answer:
        state = json.load(answer)
    assert state["counts"]["open_jobs"] == 1
    assert state["images"][0]["status"] == "queued"
    assert state["jobs"][0]["images"][0]["key"] == "disk.qcow2"
