"""Requests become events, and answers responses, as behind a function URL."""

import base64
import io
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


def test_names_are_lower_case_and_what_is_repeated_is_joined() -> None:
    made = event(request("/a%20b", "x=1&x=2&y=", headers=(("X-A", "1"), ("x-a", "2"))), b"", signed=False)
    assert made["headers"] == {"host": "127.0.0.1:80", "x-a": "1,2"}
    assert made["queryStringParameters"] == {"x": "1,2", "y": ""}
    assert (made["rawPath"], made["rawQueryString"]) == ("/a b", "x=1&x=2&y=")
    assert made["requestContext"]["http"]["method"] == "POST"
    assert "body" not in made


@pytest.mark.parametrize("kind", ["text/plain; charset=UTF-8", "application/json", "application/xml"])
def test_text_comes_as_it_is(kind: str) -> None:
    made = event(request(headers=(("Content-Type", kind),)), "镜像".encode(), signed=False)
    assert (made["isBase64Encoded"], made["body"]) == (False, "镜像")


def test_what_is_not_known_as_text_comes_in_base64() -> None:
    made = event(request(), b"\x00\xff", signed=False)
    assert (made["isBase64Encoded"], base64.b64decode(made["body"])) == (True, b"\x00\xff")


def test_only_a_signed_request_has_a_caller() -> None:
    anonymous, known = (event(request(), b"", signed=signed)["requestContext"] for signed in (False, True))
    assert (anonymous["accountId"], "authorizer" in anonymous) == ("anonymous", False)
    assert known["authorizer"]["iam"]["accountId"] == known["accountId"] == "000000000000"


def test_a_status_code_headers_and_body_are_taken_over() -> None:
    shown = response({"statusCode": 202, "headers": {"X-A": 1}, "body": "好"})
    assert (shown.status, shown.body) == (202, "好".encode())
    assert shown.headers == {"X-A": "1", "Content-Type": "application/json"}


def test_anything_else_is_json_with_200() -> None:
    shown = response([1])
    assert (shown.status, shown.body) == (200, b"[1]")


@pytest.mark.parametrize(
    "broken",
    [
        {"statusCode": 200, "body": "?", "isBase64Encoded": True},
        {"statusCode": "x"},
        {"statusCode": 200, "body": {"a": 1}},
    ],
)
def test_a_malformed_answer_is_the_functions_fault(broken: dict[str, Any]) -> None:
    assert response(broken).status == 502


def test_a_function_that_fails_answers_502() -> None:
    def fails(name: str, event: Any) -> Any:
        raise FunctionFailed("boom")

    _, act = FunctionUrl("intake", fails, signed=False).route(request())
    assert act().status == 502


def test_a_request_over_lambdas_limit_never_reaches_the_function() -> None:
    def never(name: str, event: Any) -> Any:
        raise AssertionError

    huge = Request("POST", "/", "", Message(), io.BytesIO(), (6 << 20) + 1)
    _, act = FunctionUrl("intake", never, signed=False).route(huge)
    assert act().status == 413
