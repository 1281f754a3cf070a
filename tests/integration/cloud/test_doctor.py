"""The checks of `imagedrop doctor` against the simulators: each is seen to pass and to fail."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
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
from imagedrop_cli.checkup.probe import probe
from imagedrop_cli.checkup.probe.project import ProbedIms
from imagedrop_cli.checkup.probe.tiny_image import empty_qcow2
from imagedrop_cli.checkup.report import markdown
from imagedrop_cli.checkup.results import CheckResult, ok, run
from imagedrop_cli.output import sleep
from imagedrop_local.cloud_connection import PROJECT_ID, REGION
from imagedrop_local.faults import Fault
from tests.support.answering import answering
from tests.support.cli import Cli
from tests.support.doctor import KEYS, Start, only_wrong, outcomes, results, settings_file, site
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


# --- the command


def test_doctor_prints_each_check_with_its_fix(
    start: Start, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HUAWEICLOUD_SDK_AK", KEYS.ak)
    monkeypatch.setenv("HUAWEICLOUD_SDK_SK", KEYS.sk)
    cloud = start()
    good = Cli(capsys)("doctor", "--config", settings_file(tmp_path, cloud))
    assert (good.code, "wrong" in good.out) == (0, False)
    bad = Cli(capsys)("doctor", "--config", settings_file(tmp_path, cloud, declarations_accepted=False))
    assert bad.code == 1
    assert "Fix: Read IMS's declarations" in bad.out
    shown = Cli(capsys)("doctor", "--config", settings_file(tmp_path, cloud), "--json").json["checks"]
    assert {"name": "clock", "outcome": "ok", "seen": "within 60 s of OBS's", "fix": ""} in shown
    assert KEYS.sk not in good.out + bad.out


def test_doctor_without_settings_or_keys_says_what_is_missing(
    start: Start, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("HUAWEICLOUD_SDK_AK", "AWS_ACCESS_KEY_ID"):
        monkeypatch.delenv(name, raising=False)
    none = Cli(capsys)("doctor", "--config", tmp_path / "none.toml")
    assert (none.code, "imagedrop serve --example" in none.err) == (2, True)
    keyless = Cli(capsys)("doctor", "--config", settings_file(tmp_path, start()))
    assert (keyless.code, "HUAWEICLOUD_SDK_AK" in keyless.err) == (2, True)


@pytest.fixture
def configured(start: Start, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("HUAWEICLOUD_SDK_AK", KEYS.ak)
    monkeypatch.setenv("HUAWEICLOUD_SDK_SK", KEYS.sk)
    return settings_file(tmp_path, start(), operator_mail="ada@example.com")


def test_probe_asks_and_does_nothing_where_nobody_can_answer(
    configured: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    silent = Cli(capsys)("doctor", "--config", configured, "--probe")
    assert (silent.code, "add --yes" in silent.err) == (2, True)
    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    monkeypatch.setattr("typer.confirm", lambda *_, **__: False)
    refused = Cli(capsys)("doctor", "--config", configured, "--probe")
    assert (refused.code, "nothing was done" in refused.err, refused.out) == (2, True, "")


def test_probe_registers_and_deletes(
    configured: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(probe, "EVERY", 0.05)
    found = Cli(capsys)("doctor", "--config", configured, "--probe", "--yes", "--json")
    checks = {check["name"]: check["outcome"] for check in found.json["checks"]}
    assert checks.pop("kms.keys") == "unknown"  # on another port of this machine, which no setting says
    assert checks.pop("bucket.ranges") == "unknown"  # the bucket is empty
    assert (found.code, set(checks.values())) == (0, {"ok"}), found.json
    assert {"bucket.write", "ims.import", "ims.names_unique", "probe.deleted"} <= checks.keys()
    assert "deleting imagedrop-probe-" in found.err


def test_report_names_no_bucket_project_key_or_person(configured: Path, capsys: pytest.CaptureFixture[str]) -> None:
    report = configured.parent / "report.md"
    found = Cli(capsys)("doctor", "--config", configured, "--report", report)
    assert found.code == 0
    text = report.read_text()
    assert "| ims.quota | ok | 0 of 50 private images |" in text
    assert "| bucket.access | ok | URL lists BUCKET, which is empty |" in text
    for secret in (KEYS.ak, KEYS.sk, PROJECT_ID, "ada@example.com", "127.0.0.1", "drops"):
        assert secret not in text


def test_report_that_cannot_be_written_is_an_error_before_the_checks(
    configured: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    found = Cli(capsys)("doctor", "--config", configured, "--report", "/nowhere/report.md", "--json")
    assert (found.code, "No such file" in found.json["error"]) == (2, True)


def test_report_of_before_stays_if_the_checks_cannot_run(
    configured: Path, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    (old := tmp_path / "old.md").write_text("of before")
    for report in (old, new := tmp_path / "new.md"):
        assert Cli(capsys)("doctor", "--config", tmp_path / "none.toml", "--report", report).code == 2
    assert (old.read_text(), new.exists()) == ("of before", False)


@pytest.mark.parametrize(
    ("name", "seen", "hidden"),
    [
        ("bucket.policy", "who may write: domain/acme:user/alice", "alice"),
        ("bucket.installation", "'acme-host:/srv' works on this bucket", "acme"),
        ("events.subscription", "https://intake.acme.example/ is confirmed", "acme"),
        ("events.eventgrid", "acme-golden: events", "acme"),
        ("kms.keys", "acme-key is enabled", "acme"),
        ("aws.alarms", "sent to https://hooks.example/T0/B0/secret", "hooks"),
        ("ims.access", "http://x: HTTPSConnectionPool(host='ims.acme-corp.internal', port=443)", "acme"),
        ("ims.access", "cannot reach ims.acme-corp.internal", "acme"),
        ("ims.access", "urn%3Asmn%3Acn-north-4%3Aabc%3Aacme", "acme"),
        ("ims.access", "refused by 2001:db8::1:2", "2001"),
        ("ims.access", "DROPS and Drops and drops", "rops"),
        ("bucket.access", "domain/acme:agency/x may not", "acme"),
    ],
)
def test_report_names_nobody(start: Start, name: str, seen: str, hidden: str) -> None:
    report = markdown(site(start()), [ok(name, seen)])
    assert hidden not in report
    assert f"| {name} | ok |" in report


def test_keys_that_no_header_can_hold_are_refused_without_showing_them(
    configured: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HUAWEICLOUD_SDK_SECURITY_TOKEN", "secret\ntoken")
    found = Cli(capsys)("doctor", "--config", configured)
    assert (found.code, "HUAWEICLOUD_SDK_SECURITY_TOKEN" in found.err, "token\n" in found.err) == (2, True, False)


def test_secret_of_events_is_a_way_in(
    configured: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WEBHOOK_SECRET", "hidden")
    checks = {check["name"]: check for check in Cli(capsys)("doctor", "--config", configured, "--json").json["checks"]}
    assert "x-imagedrop-secret" in checks["events.way"]["seen"]
    assert "events.eventgrid" in checks


def test_option_counts_more_than_the_variable_of_the_folder(
    configured: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("IMAGEDROP_FOLDER", "/nowhere")
    assert Cli(capsys)("doctor", "--config", configured).code == 0
