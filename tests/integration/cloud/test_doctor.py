"""The checks of `imagedrop doctor` against the simulators: each is seen to pass and to fail."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any, Self, cast

import pytest

from imagedrop.adapters.calls import Calls
from imagedrop.adapters.obs.client import obs_client
from imagedrop.adapters.obs.objects import ObsObjects
from imagedrop.adapters.secrets import HuaweiKeys, SmtpLogin
from imagedrop.common.os_versions import WINDOWS
from imagedrop.common.timestamps import format_timestamp
from imagedrop.domain.object_keys import INSTALLATION, START
from imagedrop.settings import Settings
from imagedrop_cli.checkup.bucket import BucketChecks
from imagedrop_cli.checkup.checks import Site
from imagedrop_cli.checkup.ims import CheckedIms, ImsChecks, _os_versions
from imagedrop_cli.checkup.obs_calls import ObsCalls
from imagedrop_cli.checkup.probe.project import ProbedIms
from imagedrop_cli.checkup.probe.tiny_image import empty_qcow2
from imagedrop_cli.checkup.results import CheckResult, ok, run
from imagedrop_cli.output import sleep
from imagedrop_local.cloud_connection import PROJECT_ID, REGION
from imagedrop_local.faults import Fault
from tests.support.answering import answering
from tests.support.doctor import KEYS, Start, only_wrong, outcomes, results, site
from tests.support.smtp_server import CLOSE, ScriptedSmtp
from tests.support.waiting import until


def test_right_installation_has_nothing_wrong(start: Start) -> None:
    with ScriptedSmtp() as smtp:
        mail = {"smtp_host": "127.0.0.1", "smtp_port": smtp.port, "smtp_security": "none", "mail_from": "f@example.com"}
        found = results(replace(site(start(), **mail), smtp_login=SmtpLogin("ada", "pass")))
    assert smtp.mails == []
    assert outcomes(found, "wrong") == set()
    assert outcomes(found, "unknown") == {"bucket.write", "bucket.ranges"}  # the bucket is empty
    assert outcomes(found, "ok") == {
        "declarations", "bucket.access", "clock", "bucket.region", "bucket.storage_class", "bucket.versioning",
        "bucket.installation", "bucket.policy", "bucket.older_images", "ims.access", "ims.quota", "ims.killed",
        "ims.windows", "ims.os_versions", "ims.job_call", "kms.keys", "events.way", "mail.server", "mail.operator",
    }  # fmt: skip


def test_checks_write_nothing(start: Start) -> None:
    cloud = start()
    results(site(cloud))
    calls = cloud.state()["calls"]
    assert set(calls["obs"]) == {
        "ListObjectsV2",
        "HeadBucket",
        "GetBucketVersioning",
        "GetBucketPolicy",
        "GetObject",
        "HeadObject",
    }
    assert set(calls["ims"]) == {"ListImages", "ShowImageQuota", "ListOsVersions", "ShowJob", "ShowJobProgress"}


# --- wrong installations


def test_keys_that_obs_does_not_know(start: Start) -> None:
    found = results(replace(site(start()), keys=HuaweiKeys("OTHER", "x")))
    assert outcomes(found, "wrong") == {"bucket.access", "ims.access"}
    assert "HUAWEICLOUD_SDK_AK" in found["bucket.access"].fix
    assert "Check the keys" in found["ims.access"].fix


def test_secret_key_of_another_access_key(start: Start) -> None:
    found = results(replace(site(start()), keys=HuaweiKeys(KEYS.ak, "other")))
    assert "HUAWEICLOUD_SDK_SK" in found["bucket.access"].fix
    assert "other" not in found["bucket.access"].seen + found["ims.access"].seen


def test_missing_bucket(start: Start) -> None:
    only_wrong(results(site(start(), drop_bucket="other-drops")), "bucket.access", "Create the bucket")


def test_name_that_is_no_bucket(start: Start) -> None:
    only_wrong(results(site(start(), drop_bucket="My_Drops")), "bucket.name", "Correct drop_bucket")


def test_bucket_of_another_region(start: Start) -> None:
    cloud = start()
    cloud.store.change_bucket(cloud.store.require_bucket("drops").model_copy(update={"region": "cn-east-3"}))
    only_wrong(results(site(cloud)), "bucket.region", "cn-east-3; the setting is cn-north-4")


def test_region_of_another_endpoint(start: Start) -> None:
    only_wrong(results(site(start(), region="cn-east-3")), "bucket.access", "Correct region")


def test_bucket_of_another_storage_class(start: Start) -> None:
    cloud = start()
    cloud.store.change_bucket(cloud.store.require_bucket("drops").model_copy(update={"storage_class": "WARM"}))
    only_wrong(results(site(cloud)), "bucket.storage_class", "to Standard")


def test_bucket_of_another_installation(start: Start) -> None:
    cloud, own = start(), site
    client = obs_client(own(cloud).settings, lambda: KEYS)
    client.put_object(Bucket="drops", Key=INSTALLATION, Body=b"there")
    only_wrong(results(site(cloud)), "bucket.installation", "'there'", "'here'", "set installation to 'there'")
    client.put_object(Bucket="drops", Key=INSTALLATION, Body=b"here")
    assert results(site(cloud))["bucket.installation"].outcome == "ok"
    assert results(replace(site(cloud), installation=""))["bucket.installation"].outcome == "ok"


@pytest.mark.parametrize(("seconds", "says"), [(61, "61 s ahead"), (-300, "300 s behind")])
def test_clock_of_this_machine(start: Start, seconds: float, says: str) -> None:
    settings = site(start()).settings
    now = datetime.now(UTC) + timedelta(seconds=seconds)
    client = obs_client(settings, lambda: KEYS)
    obs = ObsCalls(client, ObsObjects(client, Calls(sleep, Random(0))), "drops")
    found = BucketChecks(settings, obs, "", lambda: now).run()
    [clock] = [result for result in found if result.name == "clock"]
    assert clock.outcome == "wrong"
    assert clock.seen.startswith((says, f"{abs(seconds) - 1:.0f} s", f"{abs(seconds) + 1:.0f} s"))


def test_obs_that_does_not_answer_is_unknown_and_the_other_checks_go_on(start: Start) -> None:
    found = results(site(start(), obs_endpoint="http://127.0.0.1:1"))
    assert found["bucket.access"].outcome == "unknown"
    assert found["ims.access"].outcome == "ok"


def test_ims_that_does_not_answer_is_unknown(start: Start) -> None:
    found = results(site(start(), ims_endpoint="http://127.0.0.1:1"))
    assert (found["ims.access"].outcome, found["bucket.access"].outcome) == ("unknown", "ok")


def test_project_of_somebody_else(start: Start) -> None:
    found = results(site(start(), project_id="f" * 32))
    assert found["ims.access"].outcome == "wrong"
    assert "project_id" in found["ims.access"].fix


@pytest.mark.parametrize(("quota", "outcome"), [(0, "wrong"), (1, "ok"), (50, "ok")])
def test_quota_of_images(start: Start, quota: int, outcome: str) -> None:
    assert results(site(start(ims_image_quota=quota)))["ims.quota"].outcome == outcome


def test_region_without_windows(start: Start) -> None:
    cloud = start(ims_refuses_windows=True)
    only_wrong(results(site(cloud)), "ims.windows", "no version of Windows is offered", "ims_allows_windows to false")
    assert results(site(cloud, ims_allows_windows=False))["ims.windows"].outcome == "ok"


def test_names_of_windows_that_are_not_offered_are_named(start: Start) -> None:
    found = results(site(start(ims_os_list="2022", ims_other_windows="Other_Windows (64_bit)")))["ims.os_versions"]
    assert found.outcome == "unknown"
    for name in ("Windows Server 2022 Standard 64bit", "Other Windows(64 bit)"):
        assert name in found.seen


def test_list_of_names_that_may_not_be_read(start: Start) -> None:
    cloud = start()
    cloud.faults.add(Fault(service="ims", call="ListOsVersions", fault="status", status=403))
    assert results(site(cloud))["ims.os_versions"].outcome == "unknown"


def test_list_without_a_name_that_imagedrop_fills_in() -> None:
    def offered(*names: str) -> CheckResult:
        versions = [{"os_version": name, "os_type": "Windows"} for name in names]
        return _os_versions([{"platform": "Windows", "version_list": versions}])

    assert offered(*WINDOWS).outcome == "ok"
    found = offered(*(name for name in WINDOWS if "2022" not in name))
    assert (found.outcome, "Windows Server 2022 Datacenter 64bit" in found.seen, bool(found.fix)) == (
        "unknown", True, True,
    )  # fmt: skip
    assert offered().outcome == "unknown"


@pytest.mark.parametrize("unknown_job", ["404", "IMG.0023"])
@pytest.mark.parametrize(
    ("calls", "setting", "outcome"),
    [("both", "ShowJob", "ok"), ("ShowJobProgress", "ShowJob", "wrong"), ("ShowJobProgress", "ShowJobProgress", "ok"),
     ("ShowJob", "ShowJobProgress", "wrong"), ("ShowJob", "ShowJob", "ok")],
)  # fmt: skip
def test_call_for_jobs_of_this_region(start: Start, unknown_job: str, calls: str, setting: str, outcome: str) -> None:
    cloud = start(ims_job_calls=calls, ims_unknown_job=unknown_job)
    found = results(site(cloud, ims_job_call=setting))["ims.job_call"]
    assert (found.outcome, found.fix) == (outcome, f"Set ims_job_call to {calls}." if outcome == "wrong" else "")


def test_images_of_failed_imports_are_counted(start: Start) -> None:
    cloud = start(scale=1_000_000, ims_failed_image_stays=True)
    cloud.faults.add(Fault(service="ims", call="ImportJob", fault="status", code="IMG.0072"))
    cloud.store.put("drops", "a.qcow2", empty_qcow2())
    with ProbedIms(site(cloud).settings, KEYS) as ims:
        ims.create_data_image({"name": "a", "image_url": "drops:a.qcow2", "min_disk": 40})
    until(lambda: [image["status"] for image in cloud.state()["images"]] == ["killed"])
    found = results(site(cloud))["ims.killed"]
    assert (found.outcome, "1 or more" in found.seen) == ("unknown", True)


@pytest.mark.parametrize(("switch", "says"), [("whole", "whole object"), ("416", "is refused")])
def test_answer_to_a_range_behind_the_end(start: Start, switch: str, says: str) -> None:
    cloud = start(obs_invalid_range=switch)
    cloud.store.put("drops", "golden/a.txt", b"content")
    found = results(site(cloud))["bucket.ranges"]
    assert (found.outcome, says in found.seen) == ("ok", True)


@pytest.mark.parametrize(
    ("policy", "outcome", "says"),
    [
        ("", "ok", "none"),
        (
            '{"Statement": [{"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "drops/*"}]}',
            "wrong",
            "json: *",
        ),
        ('{"Statement": []}', "ok", "nobody"),
        ("{", "unknown", "cannot be read"),
        ("[]", "unknown", "cannot be read"),
    ],
)
def test_policy_of_the_bucket(start: Start, policy: str, outcome: str, says: str) -> None:
    cloud = start()
    if policy:
        client = obs_client(site(cloud).settings, lambda: KEYS)
        client.put_bucket_policy(Bucket="drops", Policy=policy)
    found = results(site(cloud))["bucket.policy"]
    assert (found.outcome, says in found.seen) == (outcome, True), found


@pytest.mark.parametrize("date", [None, "garbage", "Tue, 24 Nov 2026 13:00:00 -0000"])
def test_odd_date_hides_no_other_check(start: Start, date: str | None) -> None:
    given = site(start()).settings
    client = obs_client(given, lambda: KEYS)
    obs = ObsCalls(client, ObsObjects(client, Calls(sleep, Random(0))), "drops")
    checks = BucketChecks(given, obs, "", lambda: datetime.now(UTC))
    head = {name: value for name, value in obs.head().items() if name != "date"} | ({"date": date} if date else {})
    found = {result.name: result for result in run(checks._checks(obs.listing(), head))}
    assert found["clock"].outcome == ("wrong" if date and "-0000" in date else "unknown")
    assert {"bucket.region", "bucket.policy", "bucket.older_images", "bucket.write"} <= found.keys()


@pytest.mark.parametrize(
    ("status", "headers", "outcome", "says"),
    [
        (200, {}, "unknown", "proxy"),
        (301, {"Location": "https://elsewhere.example/"}, "wrong", "another region"),
        (302, {"Location": "/"}, "wrong", "another region"),
        (307, {"x-amz-bucket-region": "cn-east-3"}, "wrong", "another region"),
    ],
)
def test_endpoint_that_is_not_this_obs(status: int, headers: dict[str, str], outcome: str, says: str) -> None:
    with answering(b"<html></html>", status, headers) as url:
        given = {"region": REGION, "project_id": PROJECT_ID, "drop_bucket": "drops", "obs_endpoint": url,
                 "obs_addressing": "path", "ims_endpoint": url}  # fmt: skip
        found = results(Site(Settings.of(given), KEYS))
    assert (found["bucket.access"].outcome, says in f"{found['bucket.access']}") == (outcome, True), found
    assert found["ims.access"].outcome != "ok"
    assert "ims.windows" not in found


@pytest.mark.parametrize("body", [b'{"hello": "world"}', b"[1, 2]", b"null", b""])
def test_ims_that_answers_something_else_is_unknown(start: Start, body: bytes) -> None:
    cloud = start()
    with answering(body) as url:
        found = results(site(cloud, ims_endpoint=url))
    assert found["ims.access"].outcome == "unknown"
    assert not {"ims.windows", "ims.job_call"} & found.keys()


def test_policy_that_may_not_be_read(start: Start) -> None:
    cloud = start()
    cloud.faults.add(Fault(service="obs", call="GetBucketPolicy", fault="status", status=403, code="AccessDenied"))
    found = results(site(cloud))["bucket.policy"]
    assert (found.outcome, "obs:bucket:GetBucketPolicy" in found.fix) == ("unknown", True)


def test_older_images_are_counted(start: Start) -> None:
    cloud = start()
    for key in ("a.qcow2", "a.qcow2.json", "b.qcow2"):
        cloud.store.put("drops", key, b"content")
    assert "has not run here yet" in results(site(cloud))["bucket.older_images"].seen
    later = datetime.now(UTC) + timedelta(hours=1)
    cloud.store.put("drops", START, format_timestamp(later).encode())
    assert "1 images with a sidecar, 1 without" in results(site(cloud))["bucket.older_images"].seen


def test_windows_is_offered_but_not_allowed(start: Start) -> None:
    only_wrong(results(site(start(), ims_allows_windows=False)), "ims.windows", "ims_allows_windows to true")


def test_declarations_that_are_not_accepted(start: Start) -> None:
    only_wrong(results(site(start(), declarations_accepted=False)), "declarations", "every drop is rejected")


@pytest.mark.parametrize(
    ("script", "outcome"),
    [
        ({"AUTH": "535 wrong password"}, "wrong"),
        ({"greeting": CLOSE}, "unknown"),
        ({"greeting": "421 later"}, "unknown"),
    ],
)
def test_mail_server(start: Start, script: Any, outcome: str) -> None:
    with ScriptedSmtp(script) as smtp:
        mail = {"smtp_host": "127.0.0.1", "smtp_port": smtp.port, "smtp_security": "none", "mail_from": "f@example.com"}
        found = results(replace(site(start(), **mail), smtp_login=SmtpLogin("ada", "secret-word")))
    assert found["mail.server"].outcome == outcome
    assert "secret-word" not in found["mail.server"].seen


def test_mail_without_an_operator(start: Start) -> None:
    with ScriptedSmtp() as smtp:
        mail = {"smtp_host": "127.0.0.1", "smtp_port": smtp.port, "smtp_security": "none", "mail_from": "f@example.com"}
        only_wrong(results(site(start(), **mail, operator_mail="")), "mail.operator", "Set operator_mail")


def test_answer_of_another_form_is_unknown() -> None:
    class Odd:
        def __enter__(self) -> Self:
            return self

        def __exit__(self, *_: object) -> None:
            pass

        def __getattr__(self, name: str) -> Any:
            return lambda **_: {"quotas": None, "images": []}

    found = {result.name: result.outcome for result in ImsChecks(Settings(), lambda: cast("CheckedIms", Odd())).run()}
    assert found.pop("ims.access") == "ok"
    assert found.pop("ims.killed") == "ok"
    others = ("ims.quota", "ims.windows", "ims.os_versions", "ims.job_call")
    assert found == dict.fromkeys(others, "unknown")


def test_check_that_fails_itself_is_unknown() -> None:
    def broken() -> Iterator[CheckResult]:
        raise KeyError("x")
        yield

    found = list(run([("first", broken), ("second", lambda: [ok("second", "y")])]))
    assert [(result.name, result.outcome) for result in found] == [("first", "unknown"), ("second", "ok")]
