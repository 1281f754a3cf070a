"""The status URL takes what botocore signs for Lambda with the stack's keys, and nothing else."""

import io
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.message import Message

import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from imagedrop_local.http import Request
from imagedrop_local.stack import aws, signature

URL = "http://127.0.0.1:8080/drops/a%20b?key=x%2Fy.vhd&all=&a=1"


def signed(
    body: bytes = b"",
    *,
    key: str = aws.KEY,
    secret: str = aws.SECRET,
    region: str = aws.REGION,
    service: str = "lambda",
    change: Callable[[AWSRequest], None] | None = None,
) -> Request:
    """As a client sends it; `change` tampers with it after it was signed."""
    request = AWSRequest("POST" if body else "GET", URL, headers={"Host": "127.0.0.1:8080"}, data=body)
    SigV4Auth(Credentials(key, secret), service, region).add_auth(request)
    if change:
        change(request)
    headers = Message()
    for name, value in request.headers.items():
        headers[name] = value
    path, _, query = request.url.removeprefix("http://127.0.0.1:8080").partition("?")
    return Request(request.method, path, query, headers, io.BytesIO(body), len(body))


def check(request: Request, body: bytes = b"", after: timedelta = timedelta()) -> None:
    signature.check(request, body, datetime.now(UTC) + after)


@pytest.mark.parametrize("body", [b"", b'{"key": "x"}'])
def test_a_request_that_botocore_signed_is_taken(body: bytes) -> None:
    check(signed(body), body)


@pytest.mark.parametrize("minutes", [-4, 4])
def test_clocks_may_differ_a_little(minutes: int) -> None:
    check(signed(), after=timedelta(minutes=minutes))


@pytest.mark.parametrize("minutes", [-6, 6])
def test_a_signature_ages(minutes: int) -> None:
    with pytest.raises(signature.InvalidSignature, match="expired"):
        check(signed(), after=timedelta(minutes=minutes))


def test_a_request_without_a_signature_is_refused() -> None:
    with pytest.raises(signature.InvalidSignature, match="Missing"):
        check(signed(change=lambda request: request.headers.__delitem__("Authorization")))


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"key": "other"}, "token"),
        ({"secret": "other"}, "does not match"),
        ({"region": "eu-west-1"}, "region"),
        ({"service": "s3"}, "service"),
    ],
)
def test_another_key_secret_region_or_service_is_refused(wrong: dict[str, str], says: str) -> None:
    with pytest.raises(signature.InvalidSignature, match=says):
        check(signed(**wrong))  # type: ignore[arg-type]


def test_a_changed_query_is_refused() -> None:
    def other_key(request: AWSRequest) -> None:
        request.url = request.url.replace("x%2F", "z%2F")

    with pytest.raises(signature.InvalidSignature, match="does not match"):
        check(signed(change=other_key))


def test_a_changed_body_is_refused() -> None:
    with pytest.raises(signature.InvalidSignature, match="does not match"):
        check(signed(b"one"), b"two")


def test_a_host_that_was_not_signed_is_refused() -> None:
    def unsigned_host(request: AWSRequest) -> None:
        request.headers.replace_header("Authorization", request.headers["Authorization"].replace("host;", ""))

    with pytest.raises(signature.InvalidSignature, match="SignedHeaders"):
        check(signed(change=unsigned_host))
