"""The process of a function: what it builds, and what it does not import."""

from __future__ import annotations

import json
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import SimpleNamespace
from typing import get_args

import pytest

from imagedrop.adapters.aws import AwsService, aws_client
from imagedrop.adapters.time_limits import SHORT, STANDARD, AwsLimits
from imagedrop.entry.runtime import Runtime
from imagedrop.ports import Ports
from imagedrop.settings import SettingsError

CORE = Path(__file__).parents[3] / "layers" / "core"
ENVIRONMENT = {
    "AWS_DEFAULT_REGION": "eu-central-1",
    "AWS_ACCESS_KEY_ID": "a",
    "AWS_SECRET_ACCESS_KEY": "s",
    "AWS_EC2_METADATA_DISABLED": "true",
    "IMAGEDROP_REGION": "cn-north-4",
    "IMAGEDROP_DROPS_QUEUE": "http://127.0.0.1/drops",
    "IMAGEDROP_LEDGER_TABLE": "ledger",
    "IMAGEDROP_TOPIC_ARN": "arn:aws:sns:eu-central-1:000000000000:notices",
}


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    return ENVIRONMENT


def loaded(code: str) -> set[str]:
    """The top-level packages that a fresh process has imported after this code."""
    script = f"import sys, json\n{code}\nprint(json.dumps(sorted({{name.partition('.')[0] for name in sys.modules}})))"
    done = subprocess.run(
        [sys.executable, "-c", script], env=ENVIRONMENT | {"PYTHONPATH": str(CORE)}, capture_output=True, check=True
    )
    names: list[str] = json.loads(done.stdout)
    return set(names)


def test_importing_the_runtime_imports_no_sdk() -> None:
    assert not loaded("import imagedrop.entry.runtime") & {
        "boto3",
        "huaweicloudsdkcore",
        "huaweicloudsdkims",
        "requests",
    }


def test_a_function_that_only_sends_messages_does_not_import_huaweis_sdk() -> None:
    names = loaded("from imagedrop.entry.runtime import runtime\nruntime().ports.queues")
    assert "boto3" in names
    assert not names & {"huaweicloudsdkcore", "huaweicloudsdkims", "requests"}


def test_the_images_port_imports_the_sdk_when_it_is_first_called() -> None:
    assert "huaweicloudsdkcore" not in loaded("from imagedrop.entry.runtime import runtime\nruntime().ports.images")


def test_every_port_is_built_once_and_without_a_connection(environment: dict[str, str]) -> None:
    ports = Runtime(environment).ports
    for name in Ports.__dataclass_fields__:
        assert getattr(ports, name) is getattr(ports, name), name


def test_a_wrong_setting_is_an_error_before_anything_is_built() -> None:
    with pytest.raises(SettingsError, match="IMAGEDROP_POLL_FIRST"):
        Runtime({"IMAGEDROP_POLL_FIRST": "soon"})


@pytest.mark.parametrize("mail", ["Ops <ops@example.com>", "ops", "a@example.com, b@example.com"])
def test_an_operator_mail_that_is_no_bare_address_is_an_error(mail: str) -> None:
    with pytest.raises(SettingsError, match="IMAGEDROP_OPERATOR_MAIL: must be one bare mail address, not "):
        Runtime({"IMAGEDROP_OPERATOR_MAIL": mail})
    assert Runtime({"IMAGEDROP_OPERATOR_MAIL": "ops@example.com"}).settings.operator_mail == "ops@example.com"


@pytest.mark.parametrize("service", get_args(AwsService))
@pytest.mark.parametrize("limits", [STANDARD, SHORT])
def test_boto_sends_each_request_once(service: AwsService, limits: AwsLimits, environment: dict[str, str]) -> None:
    assert aws_client(service, limits).meta.config.retries["total_max_attempts"] == 1


def test_ports_know_the_time_that_is_left_of_the_current_invocation_in_every_thread(
    environment: dict[str, str],
) -> None:
    started = Runtime(environment)
    assert started.ports.time_left() > 900
    for seconds in (60.0, 12.5):
        started.time_left_of(SimpleNamespace(get_remaining_time_in_millis=lambda left=seconds: int(left * 1000)))
        assert started.ports.time_left() == seconds
        with ThreadPoolExecutor(1) as pool:
            assert pool.submit(started.ports.time_left).result() == seconds


def test_the_error_for_a_missing_setting_names_it() -> None:
    bare = Runtime({})
    with pytest.raises(SettingsError, match="IMAGEDROP_LEDGER_TABLE is not set"):
        _ = bare.ports.ledger
    with pytest.raises(SettingsError, match="IMAGEDROP_CREDENTIALS is not set"):
        bare.huawei_keys()


@pytest.mark.parametrize(("sender", "adapter"), [("", "SilentMail"), ("imagedrop@example.com", "SesMail")])
def test_mail_is_sent_only_if_mail_from_is_set(environment: dict[str, str], sender: str, adapter: str) -> None:
    ports = Runtime(environment | {"IMAGEDROP_MAIL_FROM": sender}).ports
    assert type(ports.mail).__name__ == adapter


def test_the_clock_is_utc(environment: dict[str, str]) -> None:
    now = Runtime(environment).ports.clock()
    assert now.utcoffset() is not None
    assert not now.utcoffset()


def test_the_core_logs_json_lines() -> None:
    """In a process of its own, because loggers outlive a test."""
    code = (
        "import logging; from imagedrop.entry.runtime import runtime; runtime().log.append_keys(drop_id='d');"
        "logging.getLogger('imagedrop.intake.receive').warning('held', extra={'code': 'IMG.0015'})"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=CORE)
    line = json.loads(ran.stdout)
    assert (line["message"], line["drop_id"], line["code"], line["service"]) == ("held", "d", "IMG.0015", "imagedrop")
