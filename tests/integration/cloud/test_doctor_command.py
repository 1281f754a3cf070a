"""The command `imagedrop doctor`: what it prints, its report, its options and its exit code."""

from __future__ import annotations

from pathlib import Path

import pytest

from imagedrop_cli.checkup.probe import probe
from imagedrop_cli.checkup.report import markdown
from imagedrop_cli.checkup.results import ok
from imagedrop_local.cloud_connection import PROJECT_ID
from tests.support.cli import Cli
from tests.support.doctor import KEYS, Start, settings_file, site


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
