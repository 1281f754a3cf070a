"""The real clients of all adapters against servers that fail: what surely was not delivered is told from what may have
been, and nothing that may have been is sent again."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, nullcontext
from functools import partial
from pathlib import Path
from typing import NamedTuple

import pytest

from imagedrop.adapters.aws import AwsClient, AwsService, aws_client
from imagedrop.adapters.dynamodb.ledger import DynamoLedger
from imagedrop.adapters.ims.images import ImsImages, open_connection
from imagedrop.adapters.obs.client import obs_client
from imagedrop.adapters.obs.objects import ObsObjects
from imagedrop.adapters.secrets import HuaweiKeys
from imagedrop.adapters.ses import SesMail
from imagedrop.adapters.sns import SnsTopic
from imagedrop.adapters.sqs import SqsQueues
from imagedrop.adapters.time_limits import STANDARD
from imagedrop.ports import ErrorClass, ImsError, ObjectsUnavailable, ServiceError
from imagedrop_local.memory import memory_settings
from tests.support.peer import (
    Peer,
    Respond,
    answer,
    break_tls,
    certificate,
    close,
    closed_port,
    full_backlog,
    hang,
    raw,
    reset,
    trickle,
)
from tests.support.service_calls import quick_calls

HEAD = b'HTTP/1.1 200 OK\r\nContent-Length: 5000\r\nETag: "e"\r\nLast-Modified: Tue, 24 Nov 2026 13:00:00 GMT\r\n'
SHORT, LONG = 1.0, 60.0  # s; limits of calls that are to exceed theirs, and of others


def _aws(service: AwsService, limit: float) -> AwsClient:
    return AwsClient(aws_client(service, STANDARD), quick_calls(), limit)


def _obs(url: str) -> ObsObjects:
    settings = memory_settings(obs_endpoint=url, obs_addressing="path")
    return ObsObjects(obs_client(settings, lambda: HuaweiKeys("AK", "SK")), quick_calls())


def _ims(url: str) -> ImsImages:
    settings = memory_settings(ims_endpoint=url)
    return ImsImages(partial(open_connection, settings, lambda: HuaweiKeys("AK", "SK")), quick_calls(), settings)


Call = Callable[[str, float], object]
WRITES: dict[str, Call] = {
    "IMS": lambda url, _: _ims(url).create({"name": "n"}),
    "OBS": lambda url, _: _obs(url).put("b", "k", b"body"),
    "DynamoDB": lambda _, limit: DynamoLedger(_aws("dynamodb", limit), "t").store("n", {}),
    "SQS": lambda _, limit: SqsQueues(_aws("sqs", limit), {"polls": "http://sqs/polls"}).send("polls", {}),
    "SNS": lambda _, limit: SnsTopic(_aws("sns", limit), "arn:aws:sns:a:1:t").publish("s", "b", {}),
    "SES": lambda _, limit: SesMail(_aws("sesv2", limit), "f@example.com").send("t@example.com", "s", "t", "h"),
}
READS: dict[str, Call] = {
    "IMS": lambda url, _: _ims(url).job("j"),
    "OBS": lambda url, _: _obs(url).get("b", "k", limit=5000),
    "DynamoDB": lambda _, limit: DynamoLedger(_aws("dynamodb", limit), "t").get("d"),
}


class Clients:
    """Calls a service at a URL. `limit`: of the call, in s."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self._patch = patch
        for name, value in (
            ("AWS_ACCESS_KEY_ID", "a"),
            ("AWS_SECRET_ACCESS_KEY", "s"),
            ("AWS_DEFAULT_REGION", "eu-central-1"),
        ):
            patch.setenv(name, value)

    def trust(self, pem: Path) -> None:
        self._patch.setenv("AWS_CA_BUNDLE", str(pem))
        self._patch.setenv("REQUESTS_CA_BUNDLE", str(pem))

    def kind(self, call: Call, url: str, limit: float = LONG) -> ErrorClass:
        self._patch.setenv("AWS_ENDPOINT_URL", url)
        for name in ("ims.images.IMS_READ", "ims.images.IMS_CREATE", "obs.objects.OBS"):
            self._patch.setattr(f"imagedrop.adapters.{name}", limit)
        with pytest.raises((ImsError, ObjectsUnavailable, ServiceError)) as raised:
            call(url, limit)
        kind: ErrorClass = raised.value.kind  # type: ignore[attr-defined] # all three have it
        return kind


@pytest.fixture
def clients(monkeypatch: pytest.MonkeyPatch) -> Clients:
    return Clients(monkeypatch)


@pytest.fixture
def peer() -> Iterator[Callable[..., Peer]]:
    made: list[Peer] = []

    def make(*arguments: object, **more: object) -> Peer:
        made.append(Peer(*arguments, **more))  # type: ignore[arg-type]
        return made[-1]

    yield make
    for server in made:
        server.stop()


each_write = pytest.mark.parametrize("service", WRITES)
each_client = pytest.mark.parametrize("service", READS)


# --- not delivered


class NotDelivered(NamedTuple):
    address: Callable[[], AbstractContextManager[str]]
    limit: float = LONG


@each_write
@pytest.mark.parametrize(
    "case",
    [
        NotDelivered(closed_port),
        NotDelivered(lambda: nullcontext("http://service.nowhere.invalid")),
        NotDelivered(full_backlog, SHORT),
    ],
    ids=["refused", "unknown host", "no connection"],
)
def test_request_without_a_connection_is_undelivered(service: str, case: NotDelivered, clients: Clients) -> None:
    with case.address() as url:
        assert clients.kind(WRITES[service], url, case.limit) == "undelivered"


@each_write
def test_untrusted_certificate_is_undelivered(
    service: str, clients: Clients, peer: Callable[..., Peer], tmp_path: Path
) -> None:
    server = peer(close, certificate(tmp_path)[0])
    assert clients.kind(WRITES[service], server.url) == "undelivered"
    assert server.requests() == 0


# --- may be delivered

LOST: dict[str, Respond] = {
    "reset": reset,
    "closed": close,
    "not HTTP": raw(b"SSH-2.0-none\r\n\r\n"),
    "closed in the status line": raw(b"HTTP/1."),
    "reset in the head": raw(HEAD, reset),
    "closed in the head": raw(HEAD),
    "closed in the body": raw(HEAD + b"\r\n{"),
    "reset in the body": raw(HEAD + b"\r\n{", reset),
}
SLOW: dict[str, Respond] = {
    "hangs": hang,
    "hangs in the body": raw(HEAD + b"\r\n{", hang),
    "trickles the head": raw(HEAD, trickle(b"X-More: yes\r\n")),
    "trickles the body": raw(HEAD + b"\r\n{", trickle(b" ")),
}


@each_write
@pytest.mark.parametrize("failure", LOST)
def test_write_with_a_lost_answer_is_unknown_and_sent_once(
    service: str, failure: str, clients: Clients, peer: Callable[..., Peer]
) -> None:
    server = peer(LOST[failure])
    assert clients.kind(WRITES[service], server.url) == "unknown"
    assert server.requests() == 1


@each_client
@pytest.mark.parametrize("failure", LOST)
def test_read_with_a_lost_answer_is_repeated(
    service: str, failure: str, clients: Clients, peer: Callable[..., Peer]
) -> None:
    server = peer(LOST[failure])
    assert clients.kind(READS[service], server.url) == "unknown"
    assert server.requests() == 3


@each_write
def test_connection_reset_while_the_request_is_sent_is_unknown(
    service: str, clients: Clients, peer: Callable[..., Peer]
) -> None:
    assert clients.kind(WRITES[service], peer(reset, read_at_most=10).url) == "unknown"


@each_client
@pytest.mark.parametrize("calls", [WRITES, READS], ids=["write", "read"])
@pytest.mark.parametrize("failure", SLOW)
def test_call_that_gets_no_whole_answer_ends_at_its_limit_is_unknown_and_never_repeated(
    service: str, calls: dict[str, Call], failure: str, clients: Clients, peer: Callable[..., Peer]
) -> None:
    server, started = peer(SLOW[failure]), time.monotonic()
    assert clients.kind(calls[service], server.url, SHORT) == "unknown"
    assert time.monotonic() - started >= SHORT * 0.9
    assert server.requests() == 1


@each_write
@pytest.mark.parametrize("before", [b"", HEAD, HEAD + b"\r\n{"], ids=["the answer", "its head", "its body"])
def test_tls_that_breaks_in_mid_answer_is_unknown(
    service: str, before: bytes, clients: Clients, peer: Callable[..., Peer], tmp_path: Path
) -> None:
    context, pem = certificate(tmp_path)
    clients.trust(pem)
    server = peer(raw(before, break_tls), context)
    assert clients.kind(WRITES[service], server.url) == "unknown"
    assert server.requests() == 1


# --- answers


@each_write
@pytest.mark.parametrize("status", ["500 Internal Server Error", "502 Bad Gateway", "503 Service Unavailable"])
def test_write_that_is_answered_5xx_is_unknown_and_sent_once(
    service: str, status: str, clients: Clients, peer: Callable[..., Peer]
) -> None:
    server = peer(answer(b"", status))
    assert clients.kind(WRITES[service], server.url) == "unknown"
    assert server.requests() == 1


@each_write
def test_throttled_write_is_busy_and_repeated_unless_it_is_create_image(
    service: str, clients: Clients, peer: Callable[..., Peer]
) -> None:
    error = b"<ErrorResponse><Error><Code>Throttled</Code></Error></ErrorResponse>"  # others look at the status alone
    server = peer(answer(error if service == "SNS" else b"", "429 Too Many Requests"))
    assert clients.kind(WRITES[service], server.url) == "busy"
    assert server.requests() == (1 if service == "IMS" else 3)
