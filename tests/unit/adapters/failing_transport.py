"""The clients of all adapters over sockets that fail at a given moment. No connection is opened."""

from __future__ import annotations

import io
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache, partial
from typing import Any, Literal
from unittest import mock

from urllib3.connection import _WrappedAndVerifiedSocket

from imagedrop.adapters.aws import AwsClient, AwsService, aws_client
from imagedrop.adapters.calls import Calls
from imagedrop.adapters.dynamodb.ledger import DynamoLedger
from imagedrop.adapters.ims.images import ImsImages, open_connection
from imagedrop.adapters.obs.client import obs_client
from imagedrop.adapters.obs.objects import ObsObjects
from imagedrop.adapters.secrets import HuaweiKeys
from imagedrop.adapters.ses import SesMail
from imagedrop.adapters.sns import SnsTopic
from imagedrop.adapters.sqs import SqsQueues
from imagedrop.adapters.time_limits import STANDARD
from imagedrop_local.memory import memory_settings
from tests.support.service_calls import quick_calls

# Where the transport fails: in the look-up of the name or the connection; in the TLS handshake; while the request is
# sent; before the first byte of the answer; in its head; in its body.
Place = Literal["connect", "handshake", "send", "answer", "head", "body"]
PLACES: tuple[Place, ...] = ("connect", "handshake", "send", "answer", "head", "body")
ENVIRONMENT = {"AWS_ACCESS_KEY_ID": "a", "AWS_SECRET_ACCESS_KEY": "s", "AWS_DEFAULT_REGION": "eu-central-1"}
HEAD = (
    b"HTTP/1.1 206 Partial Content\r\nContent-Length: 100\r\nContent-Range: bytes 0-99/100\r\n"
    b'ETag: "e"\r\nLast-Modified: Tue, 24 Nov 2026 13:00:00 GMT\r\n'
)


class FailingSocket:
    """`answer`: before which it does not fail. `sent`: bytes of the request."""

    def __init__(self, place: Place, error: BaseException, answer: bytes) -> None:
        self._place, self._error, self._answer, self.sent = place, error, answer, 0

    def sendall(self, data: Any) -> None:
        if self._place == "send":
            raise self._error
        self.sent += len(data)

    def makefile(self, *_: Any, **__: Any) -> io.BufferedReader:
        before = {"answer": self._answer, "head": HEAD, "body": HEAD + b"\r\n{"}.get(self._place, b"")
        return io.BufferedReader(_FailingReader(before, self._error))

    def __getattr__(self, name: str) -> Callable[..., Any]:
        return lambda *_, **__: None


class _FailingReader(io.RawIOBase):
    def __init__(self, data: bytes, error: BaseException) -> None:
        self._data, self._error = data, error

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        if not self._data:
            raise self._error
        count = min(len(buffer), len(self._data))
        buffer[:count], self._data = self._data[:count], self._data[count:]
        return count


@dataclass
class Transport:
    """`requests`: how often a connection was opened or tried."""

    place: Place
    error: BaseException
    answer: bytes = b""
    requests: int = 0

    def create_connection(self, *_: Any, **__: Any) -> FailingSocket:
        self.requests += 1
        if self.place == "connect":
            raise self.error
        return FailingSocket(self.place, self.error, self.answer)

    def wrap_socket(self, sock: FailingSocket, *_: Any, **__: Any) -> Any:
        """In place of urllib3's: the socket and whether its certificate was verified."""
        if self.place == "handshake":
            raise self.error
        return _WrappedAndVerifiedSocket(sock, is_verified=True)  # type: ignore[arg-type]


@contextmanager
def failing(place: Place, error: BaseException, answer: bytes = b"") -> Iterator[Transport]:
    """`answer`: a whole one, for the place "answer"."""
    transport = Transport(place, error, answer)
    with (
        mock.patch("urllib3.util.connection.create_connection", transport.create_connection),
        mock.patch("urllib3.connection._ssl_wrap_socket_and_match_hostname", transport.wrap_socket),
        mock.patch("urllib3.connection.HTTPConnection.is_connected", True),
        mock.patch("urllib3.util.wait_for_read", return_value=False),  # no early answer to Expect: 100-continue
        mock.patch.dict("os.environ", ENVIRONMENT),
    ):
        yield transport


def _calls() -> Calls:
    """With a clock that stands: no call is slow, however busy the machine is."""
    return quick_calls(clock=lambda: 0.0)


@cache
def _aws(service: AwsService) -> AwsClient:
    return AwsClient(aws_client(service, STANDARD), _calls(), STANDARD.stored)


@cache
def _obs() -> ObsObjects:
    return ObsObjects(obs_client(memory_settings(), lambda: HuaweiKeys("AK", "SK")), _calls())


def _ims() -> ImsImages:
    settings = memory_settings()
    return ImsImages(partial(open_connection, settings, lambda: HuaweiKeys("AK", "SK")), _calls(), settings)


def _sqs() -> SqsQueues:
    return SqsQueues(_aws("sqs"), {"polls": "https://sqs.eu-central-1.amazonaws.com/000000000000/polls"})


# The calls of every port, by the adapter's real client.
READS: dict[str, Callable[[], object]] = {
    "IMS, job": lambda: _ims().job("j"),
    "IMS, by tag": lambda: _ims().by_tag("k", "v"),
    "OBS, head": lambda: _obs().head("b", "k"),
    "OBS, get": lambda: _obs().get("b", "k", limit=100),
    "OBS, read": lambda: _obs().read("b", "k", "e", 0, 100),
    "OBS, list": lambda: _obs().list("b"),
    "DynamoDB, get": lambda: DynamoLedger(_aws("dynamodb"), "t").get("d"),
    "DynamoDB, query": lambda: DynamoLedger(_aws("dynamodb"), "t").queued(),
}
WRITES: dict[str, Callable[[], object]] = {
    "IMS, create": lambda: _ims().create({"name": "n"}),
    "OBS, put": lambda: _obs().put("b", "k", b"body"),
    "OBS, delete": lambda: _obs().delete("b", "k"),
    "DynamoDB, put": lambda: DynamoLedger(_aws("dynamodb"), "t").store("n", {}),
    "SQS, send": lambda: _sqs().send("polls", {}),
    "SQS, change visibility": lambda: _sqs().change_visibility("polls", "r", 1),
    "SNS, publish": lambda: SnsTopic(_aws("sns"), "arn").publish("s", "b", {}),
    "SES, send": lambda: SesMail(_aws("sesv2"), "f@example.com").send("t@example.com", "s", "t", "h"),
}
SSL_IN_MID_ANSWER = ssl.SSLError(1, "[SSL: DECRYPTION_FAILED_OR_BAD_RECORD_MAC] decryption failed")
