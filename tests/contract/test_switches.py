"""The adapters work with every reading of Huawei's documents: with each switch of the simulators at each value but
its default, which all other tests use."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import product
from pathlib import Path
from typing import Any, Literal, get_args, get_origin

import pytest

from imagedrop.events import ObjectCreated, parse
from imagedrop_local.ims.switches import ImsSwitches
from imagedrop_local.obs import envelopes
from imagedrop_local.obs.envelopes import EventFormat, message
from imagedrop_local.obs.model import Cause, EventRule, ObjectEvent
from imagedrop_local.obs.switches import ObsSwitches
from tests.contract.clouds import cloud_in
from tests.contract.test_images import DROP, ImagesHarness, body, ims

# A value other than the default, for switches whose type does not list the values.
OTHER_VALUES: dict[str, Any] = {
    "ims_active_delay": 60,
    "ims_delete_delay": 60,
    "ims_init_time": 60,
    "ims_job_retention": 1_000_000,
    "ims_detected_os": "Windows Server 2019 Datacenter 64bit",
    "ims_small_disk_code": "IMG.1075",
    "ims_bad_file_code": "IMG.1075",
    "ims_windows_code": "IMG.0024",
    "ims_other_windows": "Other_Windows (64_bit)",
    "ims_image_quota": 100,
    "ims_task_limit": 10,
    "ims_rate": 100,
    "ims_retry_after": 5,
}
# With these IMS refuses a valid drop; other tests cover that.
REFUSING = {("ims_refuses_windows", True), ("ims_chinese_names", False), ("ims_gb", "GB")}


def values(name: str) -> tuple[Any, ...]:
    kind: Any = ImsSwitches.model_fields[name].annotation
    if kind is bool:
        return True, False
    return get_args(kind) if get_origin(kind) is Literal else (OTHER_VALUES[name],)


def pairs() -> Iterator[tuple[str, Any]]:
    for name, field in ImsSwitches.model_fields.items():
        for value in values(name):
            if value != field.default and (name, value) not in REFUSING:
                yield name, value


@pytest.fixture(params=pairs(), ids=lambda pair: f"{pair[0]}={pair[1]}")
def harness(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[ImagesHarness]:
    switches = ImsSwitches(**dict([request.param]))
    with cloud_in(tmp_path, switches) as made:
        only = switches.ims_job_calls
        yield ims(made, ims_job_call="ShowJob" if only == "both" else only)


def test_image_is_created_polled_and_found_with_each_ims_switch(harness: ImagesHarness) -> None:
    data = {"name": "data-1", "image_url": "drops:golden/d.qcow2", "min_disk": 50}
    job_id = harness.images.create(body(data_images=[data | {"image_tags": body()["image_tags"]}]))
    first = harness.images.job(job_id)
    assert first is not None
    assert first.status in ("INIT", "RUNNING")
    harness.finish()
    job = harness.images.job(job_id)
    assert job is not None
    assert job.status == "SUCCESS"
    found = {image.id: image for image in harness.images.by_tag("imagedrop", DROP)}
    assert [image.name for image in harness.images.by_ids(job.image_ids)] == ["golden 窗-1", "data-1"]
    assert {image.status for image in found.values()} == {"active"}
    assert set(found) == set(job.image_ids)
    assert [image.id for image in harness.images.by_name("data-1")] == [job.image_ids[1]]


WHEN = datetime(2026, 11, 24, 13, 0, tzinfo=UTC)
SEQUENCERS: tuple[Any, ...] = ("1", "hex")
EVENT_SWITCHES = ("sparse", "prefix", "data_list", "subject_encoded", "time_local")


@pytest.mark.parametrize(("form", "encoded"), [("A", True), ("B", True), ("C", True), ("C", False)])
def test_object_is_read_correctly_from_every_form_of_event(form: str, encoded: bool) -> None:
    event = ObjectEvent(
        "ObjectCreated:Put", "drops", "in/a+b 窗%41.vhd", "e" * 32, 3, WHEN, Cause("Put", "R1", "10.0.0.1")
    )
    for others in product((True, False), repeat=len(EVENT_SWITCHES)):
        more = {f"obs_event_{name}": value for name, value in zip(EVENT_SWITCHES, others, strict=True)}
        more["obs_event_sequencer"] = SEQUENCERS[others[0]]
        switches = ObsSwitches(obs_envelope=form, obs_event_keys_encoded=encoded, **more)
        text = message(EventFormat(switches, "cn-north-4"), event, EventRule(id="r", topic="t", events=()))
        (outcome,) = parse(text, keys_encoded=encoded)
        assert isinstance(outcome, ObjectCreated), (switches, outcome)
        assert (outcome.bucket, outcome.key) == ("drops", event.key)


@pytest.mark.parametrize("kind", ["s3", "words"])
def test_test_message_of_a_new_rule_names_no_object(kind: Any) -> None:
    found = parse(envelopes.rule_test_message("drops", "R1", WHEN, kind), keys_encoded=True)
    assert not any(isinstance(outcome, ObjectCreated) for outcome in found)
