"""The function intake, with the samples of events/."""

from __future__ import annotations

import base64
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from imagedrop.intake.receive import MAX_BODY_BYTES, PushChecks
from imagedrop_local.memory import MemoryPorts, memory_ports, memory_settings
from tests.unit.intake.pushes import SECRET_ID, TOPIC, Web

ROOT = Path(__file__).parents[3]
Sample = Callable[[str], bytes]
HEADER_SECRET = "only-for-local-use"  # as in events/intake-secret-header.json
DROP = {"bucket": "drops", "key": "golden/windows-server-2022.qcow2"}


@pytest.fixture
def smn_web(sample: Sample) -> Web:
    """The certificate and the confirmation page that the samples name."""
    certificate = json.loads(sample("smn-notification-obs.json"))["signing_cert_url"]
    confirm = json.loads(sample("smn-subscription-confirmation.json"))["subscribe_url"]
    return Web({certificate: sample("smn-certificate.pem"), confirm: b""})


def secret(secret_id: str) -> str:
    return {SECRET_ID: HEADER_SECRET}[secret_id]


def url_event(body: bytes, headers: dict[str, str] | None = None, *, encoded: bool = True) -> dict[str, Any]:
    shown = base64.b64encode(body).decode() if encoded else body.decode()
    context = {"http": {"method": "POST", "path": "/"}}
    return {"headers": headers or {}, "requestContext": context, "body": shown, "isBase64Encoded": encoded}


@pytest.mark.parametrize("name", ["intake-smn-push.json", "intake-secret-header.json"])
def test_handler_enqueues_a_push_of_the_function_url(
    name: str, app: ModuleType, sample: Sample, ports: MemoryPorts, smn_web: Web
) -> None:
    response = app.handle(json.loads(sample(name)), ports, PushChecks(secret, smn_web))
    assert response["statusCode"] == 200, response
    assert response["headers"]["content-type"] == "application/json"
    assert json.loads(response["body"])["enqueued"] == 1
    assert ports.queues.bodies("drops") == [DROP]


@pytest.mark.parametrize(
    ("name", "expected", "queued"),
    [
        ("smn-notification-obs.json", {"enqueued": 1, "ignored": 0, "bad": 0}, [DROP]),
        ("smn-notification-eventgrid.json", {"enqueued": 1, "ignored": 0, "bad": 0}, [DROP]),
        ("smn-subscription-confirmation.json", {"confirmed": True}, []),
        ("smn-unsubscribe-confirmation.json", {"unsubscribed": True}, []),
    ],
)
def test_handler_accepts_each_signed_sample(
    name: str, expected: Any, queued: Any, app: ModuleType, sample: Sample, ports: MemoryPorts, smn_web: Web
) -> None:
    response = app.handle(url_event(sample(name), encoded=False), ports, PushChecks(secret, smn_web))
    assert json.loads(response["body"]) == expected
    assert ports.queues.bodies("drops") == queued


@pytest.mark.parametrize(
    ("name", "value"), [("X-Imagedrop-Secret", HEADER_SECRET), ("x-imagedrop-secret", HEADER_SECRET)]
)
def test_secret_header_name_is_case_insensitive(name: str, value: str, app: ModuleType, ports: MemoryPorts) -> None:
    event = url_event(json.dumps(DROP).encode(), {name: value})
    assert app.handle(event, ports, PushChecks(secret, Web({})))["statusCode"] == 200


def test_rotated_secret_is_accepted_without_a_restart(app: ModuleType, ports: MemoryPorts) -> None:
    secrets, event = {SECRET_ID: "old"}, url_event(json.dumps(DROP).encode(), {"x-imagedrop-secret": HEADER_SECRET})

    def renew(secret_id: str) -> bool:
        secrets[secret_id] = HEADER_SECRET
        return True

    assert app.handle(event, ports, PushChecks(secrets.__getitem__, Web({})))["statusCode"] == 401
    assert app.handle(event, ports, PushChecks(secrets.__getitem__, Web({}), renew=renew))["statusCode"] == 200


def test_name_of_the_secret_header_is_a_setting(app: ModuleType) -> None:
    ports = memory_ports(memory_settings(webhook_secret=SECRET_ID, webhook_header="X-Our-Key"))
    event = url_event(json.dumps(DROP).encode(), {"x-our-key": HEADER_SECRET})
    assert app.handle(event, ports, PushChecks(secret, Web({})))["statusCode"] == 200


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"body": "no base64!"}, 400),
        ({"body": None}, 400),
        ({"body": "QUJD" * MAX_BODY_BYTES}, 413),
        ({"body": base64.b64encode(b" " * (MAX_BODY_BYTES + 1)).decode()}, 413),
        ({"headers": None}, 401),
        ({"requestContext": {}}, 405),
    ],
)
def test_invalid_request_is_refused_with_a_json_error(
    change: dict[str, Any], status: int, app: ModuleType, ports: MemoryPorts
) -> None:
    event = url_event(json.dumps(DROP).encode(), {"x-imagedrop-secret": HEADER_SECRET}) | change
    response = app.handle(event, ports, PushChecks(secret, Web({})))
    assert response["statusCode"] == status
    assert json.loads(response["body"])["error"]


def test_error_for_an_oversized_body_names_the_limit_and_not_its_base64_size(
    app: ModuleType, ports: MemoryPorts
) -> None:
    event = url_event(b"", {"x-imagedrop-secret": HEADER_SECRET})
    event |= {"body": base64.b64encode(bytes(5_000_000)).decode(), "isBase64Encoded": True}
    error = json.loads(app.handle(event, ports, PushChecks(secret, Web({})))["body"])["error"]
    assert error == f"the body is larger than {MAX_BODY_BYTES} bytes"


def test_certificate_is_fetched_once_for_several_pushes(
    app: ModuleType, sample: Sample, ports: MemoryPorts, smn_web: Web
) -> None:
    checks = PushChecks(secret, smn_web)
    for _ in range(3):
        app.handle(json.loads(sample("intake-smn-push.json")), ports, checks)
    assert len(smn_web.requested) == 1


def test_samples_use_the_topic_of_these_tests(sample: Sample) -> None:
    assert json.loads(sample("smn-notification-obs.json"))["topic_urn"] == TOPIC


def test_cold_start_imports_no_sdk_and_no_cryptography() -> None:
    heavy = "cryptography, boto3, huaweicloudsdkcore"
    code = (
        "import sys, runpy; runpy.run_path('functions/intake/app.py');"
        f"print(sorted(set(sys.modules) & set('{heavy}'.split(', '))))"
    )
    environment = {"PYTHONPATH": "layers/core", "PATH": os.environ["PATH"]}
    run = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env=environment, capture_output=True, text=True, check=True
    )
    assert run.stdout.strip() == "[]"
