"""`imagedrop doctor --probe` against the simulators: each reading is seen both ways, and nothing is left behind."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from random import Random
from typing import Any

import pytest

from imagedrop.adapters.calls import Calls
from imagedrop.adapters.obs.client import obs_client
from imagedrop.ports import ImsError
from imagedrop_cli.checkup.probe.probe import Probe
from imagedrop_cli.checkup.probe.project import ProbedIms, Project
from imagedrop_cli.checkup.probe.readings import compare, job_details
from imagedrop_cli.checkup.results import CheckResult
from imagedrop_local.cloud import Cloud
from imagedrop_local.faults import Fault
from tests.support.doctor import KEYS, site

Found = dict[str, CheckResult]


def set_fault(cloud: Cloud, **fault: Any) -> None:
    cloud.faults.add(Fault(**fault))


def short_sleep(seconds: float) -> None:
    time.sleep(seconds / 60)


def probe(cloud: Cloud, answer: bool = False, **settings: Any) -> Probe:
    given = site(cloud, **settings).settings
    project = Project(
        given,
        obs_client(given, lambda: KEYS),
        lambda: ProbedIms(given, KEYS),
        Calls(short_sleep, Random(0)),
        short_sleep,
    )
    return Probe(given, project, "abc", lambda question: answer, lambda line: None)


def results(of: Probe) -> Found:
    return {result.name: result for result in of.run()}


def images(cloud: Cloud) -> list[Any]:
    return list(cloud.state()["images"])


def nothing_is_left(cloud: Cloud) -> bool:
    client = obs_client(site(cloud).settings, lambda: KEYS)
    return not images(cloud) and "Contents" not in client.list_objects_v2(Bucket="drops")


def test_probe_agrees_with_the_shipped_settings_and_leaves_nothing(start: Any) -> None:
    cloud = start()
    found = results(probe(cloud))
    assert {name: result.outcome for name, result in found.items()} == dict.fromkeys(
        ["bucket.write", "ims.import", "ims.chinese_names", "ims.shows_imports", "ims.names_unique", "ims.job_call",
         "ims.tags", "ims.details", "probe.deleted"], "ok",
    )  # fmt: skip
    assert nothing_is_left(cloud)
    assert cloud.state()["calls"]["ims"]["CreateDataImage"] == 3


@pytest.mark.long
@pytest.mark.parametrize(
    ("switches", "setting", "value"),
    [
        ({"ims_shows_imports": True}, "ims_shows_imports", True),
        ({"ims_shows_imports": True, "ims_tags_early": True}, "ims_shows_imports", True),
        ({"ims_names_unique": True}, "ims_names_unique", "always"),
        ({"ims_names_unique": True, "ims_names_reserved": False}, "ims_names_unique", "after_import"),
        ({"ims_chinese_names": False}, "ims_chinese_names", False),
        ({"ims_job_calls": "ShowJobProgress"}, "ims_job_call", "ShowJobProgress"),
    ],
)
def test_other_behaviour_than_the_setting_is_wrong_and_the_fix_is_right(
    start: Any, switches: dict[str, Any], setting: str, value: Any
) -> None:
    cloud, name = start(**switches), setting.replace("ims_", "ims.")
    of = probe(cloud)
    found = results(of)
    assert {result.name for result in found.values() if result.outcome != "ok"} == {name}, found
    assert found[name].fix == f"Set {setting} to {str(value).lower() if isinstance(value, bool) else value}."
    assert nothing_is_left(cloud)
    agreed = compare(of._seen, of.settings.model_copy(update={setting: value}))
    assert {result.outcome for result in agreed} == {"ok"}


@pytest.mark.long
@pytest.mark.parametrize(
    ("switches", "says"),
    [
        ({}, ["process_percent is 1 at the end", "times of jobs are like 20", "a running job has no image_id"]),
        ({"ims_percent_of": 100}, ["process_percent is 100 at the end"]),
        ({"ims_image_id_early": True}, ["a running job has its image_id"]),
        ({"ims_active_delay": 120}, ["the image was found"]),
        ({"ims_job_ids_in": "sub_jobs"}, []),
        ({"ims_delete_delay": 120}, []),
    ],
)
def test_other_readings_make_no_difference_but_are_shown(start: Any, switches: dict[str, Any], says: list[str]) -> None:
    cloud = start(**switches)
    found = results(probe(cloud))
    assert {result.outcome for result in found.values()} == {"ok"}
    assert [text for text in says if text not in found["ims.details"].seen] == []
    assert nothing_is_left(cloud) or switches.get("ims_delete_delay")


def test_jobs_with_times_of_the_old_form_are_shown() -> None:
    job = {"status": "RUNNING", "begin_time": "24-Nov-2026 13:00:00:000", "entities": None}
    assert list(job_details(["no job", job])) == [
        "times of jobs are like 24-Nov-2026 13:00:00:000", "a running job has no image_id",
    ]  # fmt: skip


def test_import_that_ends_before_the_first_look_leaves_readings_unknown(start: Any) -> None:
    cloud = start(scale=1_000_000)
    found = results(probe(cloud))
    assert {name for name, result in found.items() if result.outcome != "ok"} == {"ims.shows_imports"}
    assert found["ims.shows_imports"].outcome == "unknown"
    assert nothing_is_left(cloud)


def test_bucket_that_the_user_may_not_write(start: Any) -> None:
    cloud = start()
    set_fault(cloud, service="obs", call="PutObject", fault="status", status=403, code="AccessDenied")
    found = results(probe(cloud))
    assert found.keys() == {"bucket.write"}
    assert (found["bucket.write"].outcome, "obs:object:PutObject" in found["bucket.write"].fix) == ("wrong", True)


@pytest.mark.parametrize(("code", "outcome"), [("IMG.0015", "wrong"), ("IMG.0061", "unknown")])
def test_ims_that_refuses_the_import(start: Any, code: str, outcome: str) -> None:
    cloud = start()
    set_fault(cloud, service="ims", call="CreateDataImage", fault="status", status=403, code=code)
    found = results(probe(cloud))
    assert (found["ims.import"].outcome, code in found["ims.import"].seen) == (outcome, True)
    assert found["ims.job_call"].outcome == "unknown"
    assert nothing_is_left(cloud) is (outcome == "wrong")  # else an image may still come of the file


def test_failed_job_is_shown_with_its_reason(start: Any) -> None:
    cloud = start()
    set_fault(cloud, service="ims", call="ImportJob", fault="status", code="IMG.0072")
    found = results(probe(cloud))
    assert (found["ims.import"].outcome, "IMG.0072" in found["ims.import"].seen) == ("wrong", True)
    assert nothing_is_left(cloud)


# --- deletion


@pytest.mark.parametrize("answer", [False, True])
def test_image_of_another_name_is_deleted_only_after_a_question(start: Any, answer: bool) -> None:
    """Somebody has given it a new name meanwhile."""
    cloud = start(ims_names_unique=True)
    of, asked = probe(cloud), list[str]()
    project = of.project
    for call in ("images_by_id", "images_by_tag"):
        setattr(project, call, renamed(getattr(project, call)))
    of.ask = lambda question: asked.append(question) or answer  # type: ignore[func-returns-value]
    found = results(of)
    assert (len(asked), "'other'" in asked[0]) == (1, True)
    assert len(images(cloud)) == (0 if answer else 1)
    assert found["probe.deleted"].outcome == ("ok" if answer else "wrong")


def renamed(call: Callable[[Any], Any]) -> Callable[[Any], Any]:
    return lambda given: [replace(image, name="other") for image in call(given)]


def test_what_cannot_be_deleted_is_named(start: Any) -> None:
    cloud = start()
    set_fault(cloud, service="ims", call="GlanceDeleteImage", fault="status", status=403, code="IMG.0026")
    set_fault(cloud, service="obs", call="DeleteObject", fault="status", status=403, code="AccessDenied")
    deleted = results(probe(cloud))["probe.deleted"]
    assert deleted.outcome == "wrong"
    assert "imagedrop-probe-abc" in deleted.seen
    assert ".imagedrop/probe/abc.qcow2" in deleted.seen


def test_interrupted_probe_deletes_what_it_has_made(start: Any) -> None:
    cloud = start()
    of = probe(cloud)

    def interrupted(*_: Any) -> Any:
        raise KeyboardInterrupt

    of._is_found_by_tag = interrupted  # type: ignore[method-assign]
    with pytest.raises(KeyboardInterrupt):
        results(of)
    assert len(images(cloud)) <= 1  # a second image that is still being imported


def test_lost_answer_is_unknown_and_the_image_that_may_come_is_named(start: Any) -> None:
    cloud = start()
    of = probe(cloud)

    def loses_its_answer(*request: Any) -> str:
        Project.register(of.project, *request)
        raise ImsError("unknown", "ReadTimeout", "no answer")

    of.project.register = loses_its_answer  # type: ignore[assignment, method-assign]
    found = results(of)
    assert found["ims.import"].outcome == "unknown"
    assert (found["probe.deleted"].outcome, "imagedrop-probe-abc" in found["probe.deleted"].seen) == ("wrong", True)
