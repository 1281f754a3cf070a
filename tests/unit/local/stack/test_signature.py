"""The status URL accepts what botocore signs for Lambda with the stack's keys, and nothing else."""

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
    """A request as a client sends it; `change` modifies it after signing."""
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
def test_a_request_signed_by_botocore_is_accepted(body: bytes) -> None:
    check(signed(body), body)


@pytest.mark.parametrize("minutes", [-4, 4])
def test_a_clock_4_minutes_off_is_accepted(minutes: int) -> None:
    check(signed(), after=timedelta(minutes=minutes))


@pytest.mark.parametrize("minutes", [-6, 6])
def test_a_clock_6_minutes_off_is_refused(minutes: int) -> None:
    with pytest.raises(signature.InvalidSignature, match="expired"):
        check(signed(), after=timedelta(minutes=minutes))


def test_a_request_without_a_signature_is_refused() -> None:
    with pytest.raises(signature.InvalidSignature, match="Missing"):
        check(signed(change=lambda request: request.headers.__delitem__("Authorization")))


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"key": "other"}, "token"),
        ({"secret": "other"}, "does not match"),
        ({"region": "eu-west-1"}, "region"),
        ({"service": "s3"}, "service"),
    ],
)
def test_another_key_secret_region_or_service_is_refused(wrong: dict[str, str], message: str) -> None:
    with pytest.raises(signature.InvalidSignature, match=message):
        check(signed(**wrong))  # type: ignore[arg-type]


def test_a_changed_query_is_refused() -> None:
    def other_key(request: AWSRequest) -> None:
        request.url = request.url.replace("x%2F", "z%2F")

    with pytest.raises(signature.InvalidSignature, match="does not match"):
        check(signed(change=other_key))


def test_a_changed_body_is_refused() -> None:
    with pytest.raises(signature.InvalidSignature, match="does not match"):
        check(signed(b"one"), b"two")


def test_a_request_with_an_unsigned_host_is_refused() -> None:
    def unsigned_host(request: AWSRequest) -> None:
        request.headers.replace_header("Authorization", request.headers["Authorization"].replace("host;", ""))

    with pytest.raises(signature.InvalidSignature, match="SignedHeaders"):
        check(signed(change=unsigned_host))
