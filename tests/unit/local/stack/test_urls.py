"""Requests become events, and results become responses, as in a function URL."""

import base64
import io
from dataclasses import replace
from email.message import Message
from typing import Any

import pytest

from imagedrop_local.http import Request
from imagedrop_local.stack.urls import FunctionFailed, FunctionUrl, event, response


def request(path: str = "/", query: str = "", body: bytes = b"", headers: tuple[tuple[str, str], ...] = ()) -> Request:
    message = Message()
    for name, value in (("Host", "127.0.0.1:80"), *headers):
        message[name] = value
    return Request("POST", path, query, message, io.BytesIO(body), len(body))


def test_header_names_are_lower_case_and_repeated_values_are_joined() -> None:
    payload = event(request("/a%20b", "x=1&x=2&y=", headers=(("X-A", "1"), ("x-a", "2"))), b"", signed=False)
    assert payload["headers"] == {"host": "127.0.0.1:80", "x-a": "1,2"}
    assert payload["queryStringParameters"] == {"x": "1,2", "y": ""}
    assert (payload["rawPath"], payload["rawQueryString"]) == ("/a b", "x=1&x=2&y=")
    assert payload["requestContext"]["http"]["method"] == "POST"
    assert "body" not in payload


@pytest.mark.parametrize("kind", ["text/plain; charset=UTF-8", "application/json", "application/xml"])
def test_a_text_body_is_passed_as_text(kind: str) -> None:
    payload = event(request(headers=(("Content-Type", kind),)), "镜像".encode(), signed=False)
    assert (payload["isBase64Encoded"], payload["body"]) == (False, "镜像")


def test_any_other_body_is_passed_in_base64() -> None:
    payload = event(request(), b"\x00\xff", signed=False)
    assert (payload["isBase64Encoded"], base64.b64decode(payload["body"])) == (True, b"\x00\xff")


def test_only_a_signed_request_has_an_authorizer() -> None:
    anonymous, known = (event(request(), b"", signed=signed)["requestContext"] for signed in (False, True))
    assert (anonymous["accountId"], "authorizer" in anonymous) == ("anonymous", False)
    assert known["authorizer"]["iam"]["accountId"] == known["accountId"] == "000000000000"


def test_a_result_with_status_code_becomes_that_response() -> None:
    answer = response({"statusCode": 202, "headers": {"X-A": 1}, "body": "好"})
    assert (answer.status, answer.body) == (202, "好".encode())
    assert answer.headers == {"X-A": "1", "Content-Type": "application/json"}


def test_any_other_result_is_json_with_200() -> None:
    answer = response([1])
    assert (answer.status, answer.body) == (200, b"[1]")


@pytest.mark.parametrize(
    "broken",
    [
        {"statusCode": 200, "body": "?", "isBase64Encoded": True},
        {"statusCode": "x"},
        {"statusCode": 200, "body": {"a": 1}},
    ],
)
def test_a_malformed_result_is_answered_with_502(broken: dict[str, Any]) -> None:
    assert response(broken).status == 502


def test_a_failing_function_is_answered_with_502() -> None:
    def fails(name: str, event: Any) -> Any:
        raise FunctionFailed("boom")

    assert FunctionUrl("intake", fails, signed=False).answer(request()).status == 502


def test_a_request_over_lambdas_limit_is_answered_with_413_without_a_call() -> None:
    def never(name: str, event: Any) -> Any:
        raise AssertionError

    huge = Request("POST", "/", "", Message(), io.BytesIO(), (6 << 20) + 1)
    assert FunctionUrl("intake", never, signed=False).answer(huge).status == 413


def test_a_function_url_has_no_faults_that_callers_could_set() -> None:
    """The simulators' servers have them at /_sim; an intake may be reachable from outside."""
    called = []
    url = FunctionUrl("intake", lambda name, event: called.append(event["rawPath"]), signed=False)
    url.answer(replace(request(), method="POST", path="/_sim/faults"))
    assert called == ["/_sim/faults"]
