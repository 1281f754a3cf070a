"""Functions are called as the template says, with its environment, layer and secrets."""

import json
import urllib.error
import urllib.request
from collections.abc import Mapping
from typing import Any

import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from imagedrop_local.stack.deployed import LogLine
from imagedrop_local.stack.stack import Stack
from imagedrop_local.stack.urls import FunctionFailed
from tests.support.waiting import until


def fetch(url: str, data: bytes | None = None, headers: Mapping[str, str] | None = None) -> tuple[int, Any]:
    request = urllib.request.Request(url, data, dict(headers or {}))
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as error:
        with error:
            return error.code, json.load(error)


def signed(stack: Stack, url: str) -> dict[str, str]:
    request = AWSRequest("GET", url)
    keys = Credentials(stack.outputs.access_key, stack.outputs.secret_key)
    SigV4Auth(keys, "lambda", stack.outputs.region).add_auth(request)
    return dict(request.headers.items())


def test_a_function_has_the_layer_the_secrets_and_the_variables_of_the_template(stack: Stack) -> None:
    result = stack.invoke("validate", {"do": "inspect"})
    assert result["layer"].endswith("/python/imagedrop/__init__.py")
    assert result["secrets"] == [json.dumps({"ak": "AK", "sk": "SK"}), "hook"]
    expected = stack.environment("validate")
    assert expected.items() <= result["environment"].items()
    assert expected["IMAGEDROP_DECLARATIONS_ACCEPTED"] == "true"
    assert expected["IMAGEDROP_DROPS_QUEUE"] == stack.outputs.queues["drops"]


def test_variables_of_this_process_do_not_reach_functions(stack: Stack) -> None:
    environment = stack.invoke("validate", {"do": "inspect"})["environment"]
    set_variables = {name for name in environment if name.startswith(("IMAGEDROP_", "POWERTOOLS_"))}
    assert set_variables == set(stack.environment("validate"))
    assert "PYTHONPATH" not in environment
    assert environment["AWS_CONFIG_FILE"] == "/dev/null"


def test_an_error_in_a_function_raises_function_failed(stack: Stack) -> None:
    with pytest.raises(FunctionFailed, match="failed on request"):
        stack.invoke("sweep", {"do": "fail"})
    assert stack.invoke("sweep", {})["statusCode"] == 201


def test_a_push_reaches_intake_through_its_url(stack: Stack) -> None:
    url = f"{stack.outputs.intake_url}push?a=1"
    status, event = fetch(url, b"{}", {"Content-Type": "text/plain; charset=UTF-8", "X-SMN-Message-Type": "x"})
    assert (status, event["body"], event["rawPath"], event["rawQueryString"]) == (201, "{}", "/push", "a=1")
    assert event["headers"]["x-smn-message-type"] == "x"
    assert event["requestContext"]["http"]["method"] == "POST"


def test_the_status_url_answers_a_signed_request(stack: Stack) -> None:
    url = f"{stack.outputs.status_url}?key=a%2Fb.vhd"
    status, event = fetch(url, headers=signed(stack, url))
    assert (status, event["queryStringParameters"]) == (201, {"key": "a/b.vhd"})
    assert event["requestContext"]["authorizer"]["iam"]["accountId"] == "000000000000"


def test_the_status_url_refuses_an_unsigned_request(stack: Stack) -> None:
    assert fetch(stack.outputs.status_url) == (403, {"Message": "Missing Authentication Token"})


def logged(stack: Stack, name: str, after: int = 0) -> list[LogLine]:
    """Invokes once more: ministack may log a line only with the next call."""
    stack.invoke("register", {"name": "another"})
    return [line for line in stack.logs(after) if f'"{name}"' in line.text]


def test_the_log_of_a_function_can_be_read_after_a_timestamp(stack: Stack) -> None:
    stack.invoke("register", {"name": "first"})
    (first,) = until(lambda: logged(stack, "first"))
    stack.invoke("register", {"name": "second"})
    assert until(lambda: logged(stack, "second", first.timestamp))
    assert logged(stack, "first", first.timestamp) == []
    assert first.function == "register"


def test_mails_of_the_verified_sender_can_be_read(stack: Stack) -> None:
    sender = stack.environment("notify")["IMAGEDROP_MAIL_FROM"]
    content = {"Simple": {"Subject": {"Data": "镜像"}, "Body": {"Text": {"Data": "done"}}}}
    to = {"ToAddresses": ["owner@example.com"]}
    stack.client("sesv2").send_email(FromEmailAddress=sender, Destination=to, Content=content)
    (mail,) = stack.mails()
    assert (mail["Source"], mail["To"], mail["Subject"], mail["BodyText"].strip()) == (
        sender,
        ["owner@example.com"],
        "镜像",
        "done",
    )
