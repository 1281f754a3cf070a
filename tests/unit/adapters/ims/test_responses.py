"""Responses of IMS about jobs and images, complete and unexpected ones."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imagedrop.adapters.ims.responses import read_image, read_job
from imagedrop.ports import Image, ImsError, Job

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=3), inner, max_size=2),
    max_leaves=4,
)
JOB_FIELDS = ["status", "entities", "error_code", "fail_reason", "job_id"]
ENTITY_FIELDS = ["image_id", "results", "sub_jobs_result", "sub_jobs_list", "process_percent", "error_code"]
IMAGE_FIELDS = ["name", "status", "min_disk", "created_at", "tags", "__data_origin", "virtual_env_type"]


def job(entities: Any, **more: Any) -> Job:
    return read_job("j", {"status": "SUCCESS", "entities": entities, **more})


def test_image_id_is_read_from_the_entities() -> None:
    assert job({"image_id": "a", "process_percent": 1.0}).image_ids == ("a",)


def test_image_ids_come_once_each_from_entities_results_and_sub_jobs() -> None:
    entities = {
        "image_id": "a",
        "results": [{"image_id": "a"}, {"image_id": "b"}, None],
        "sub_jobs_result": [{"entities": {"image_id": "c"}}, {"entities": None}, {"entities": {"image_id": "a"}}],
        "sub_jobs_list": ["job-1", "job-2"],
    }
    assert job(entities).image_ids == ("a", "c", "b")


def test_data_images_come_after_the_system_image() -> None:
    subs = [
        {"job_type": "imsImportDataImageJob", "entities": {"image_id": "data"}},
        {"job_type": "imsGoofysImportImageJob", "entities": {"image_id": "system"}},
    ]
    assert job({"sub_jobs_result": subs}).image_ids == ("system", "data")


def test_failure_reason_is_read_from_the_job_or_a_sub_job() -> None:
    job_failure = read_job("j", {"status": "FAIL", "error_code": "IMG.1075", "fail_reason": "no", "entities": {}})
    assert (job_failure.error_code, job_failure.fail_reason) == ("IMG.1075", "no")
    sub = {"status": "FAIL", "error_code": "IMG.0057", "fail_reason": "gone", "entities": {}}
    sub_job_failure = read_job("j", {"status": "FAIL", "error_code": "", "entities": {"sub_jobs_result": [{}, sub]}})
    assert (sub_job_failure.error_code, sub_job_failure.fail_reason) == ("IMG.0057", "gone")
    without_reason = read_job("j", {"status": "FAIL"})
    assert (without_reason.error_code, without_reason.fail_reason, without_reason.image_ids) == (None, None, ())


def test_unknown_job_status_counts_as_running() -> None:
    assert read_job("j", {"status": "PAUSED"}).status == "RUNNING"


@pytest.mark.parametrize("response", [{}, [], None, "x", {"status": ""}])
def test_response_without_a_status_raises_unknown(response: Any) -> None:
    with pytest.raises(ImsError) as raised:
        read_job("j", response)
    assert (raised.value.kind, raised.value.code) == ("unknown", "no_status")


@given(st.fixed_dictionaries({}, optional=dict.fromkeys(JOB_FIELDS, JSON)), st.none() | st.just(True))
def test_any_job_response_is_read_or_raises_ims_error(response: dict[str, Any], status: object) -> None:
    if status:
        response["status"] = "SUCCESS"
    try:
        assert read_job("j", response).job_id == "j"
    except ImsError:
        assert not response.get("status")


@given(st.fixed_dictionaries({}, optional=dict.fromkeys(ENTITY_FIELDS, JSON)))
def test_image_ids_of_any_entities_are_unique_texts(entities: dict[str, Any]) -> None:
    ids = job(entities).image_ids
    assert all(isinstance(image_id, str) and image_id for image_id in ids)
    assert len(set(ids)) == len(ids)


def test_all_fields_of_an_image_are_read() -> None:
    item = {
        "id": "i",
        "name": "n",
        "status": "active",
        "min_disk": 41,
        "created_at": "2026-11-24T13:00:00Z",
        "tags": ["imagedrop=Zb_r", "team.a.b", "empty", {"key": "k", "value": "v"}, "url=a=b"],
        "__data_origin": "file,drops:a,b.vhd",
        "virtual_env_type": "FusionCompute",
        "max_ram": "",
    }
    tags = {"imagedrop": "Zb_r", "team": "a.b", "empty": "", "k": "v", "url": "a=b"}
    assert read_image(item) == Image("i", "n", "active", 41, "2026-11-24T13:00:00Z", tags, "file,drops:a,b.vhd", False)


def test_image_with_only_an_id_is_read() -> None:
    assert read_image({"id": "i"}) == Image("i", "", "", 0, "")


def test_data_image_is_recognized_by_its_virtual_env_type() -> None:
    assert read_image({"id": "i", "virtual_env_type": "DataImage"}).data_disk


@given(st.fixed_dictionaries({}, optional=dict.fromkeys(IMAGE_FIELDS, JSON)))
def test_any_image_response_is_read(item: dict[str, Any]) -> None:
    assert read_image({"id": "i", **item}).id == "i"
