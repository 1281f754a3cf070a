"""Every error that the client of an adapter can raise, at every moment: what the adapter raises for it.

| moment                                                                     | kind        |
| -------------------------------------------------------------------------- | ----------- |
| before a byte was sent: name, connection, TLS handshake, certificate       | undelivered |
| while the request is sent, before its answer, in the answer's head or body | unknown     |
"""

from __future__ import annotations

import http.client
import inspect
import socket
import ssl
from types import ModuleType
from typing import Any

import botocore.awsrequest
import botocore.endpoint
import botocore.httpchecksum
import botocore.httpsession
import botocore.parsers
import botocore.response
import huaweicloudsdkcore.exceptions.exceptions
import pytest
import requests.exceptions
import urllib3.exceptions
from botocore.retries.standard import ThrottledRetryableChecker

from imagedrop.adapters import aws_errors
from imagedrop.adapters.ims import client as ims_client
from imagedrop.ports import ErrorClass, ImsError, ObjectsUnavailable, ServiceError
from tests.simulation import port_errors
from tests.unit.adapters.failing_transport import PLACES, READS, SSL_IN_MID_ANSWER, WRITES, Place, failing

# Of our settings or arguments, or of what we do not use: streams that cannot be read again, proxies, checksums of
# answers, event streams. They are bugs, and fail a message as any bug does.
NOT_OF_THE_TRANSPORT = {
    "AwsChunkedWrapperError",
    "FlexibleChecksumError",
    "InvalidConfigError",
    "InvalidProxiesConfigError",
    "MissingDependencyException",
    "NoInitialResponseError",
    "UnseekableStreamError",
    "ApiKeyError",  # of Huawei's SDK, like the next two: arguments of a wrong type
    "ApiTypeError",
    "ApiValueError",
    "ProxySchemeUnsupported",
}
BOTOCORE = (
    botocore.awsrequest,
    botocore.endpoint,
    botocore.httpchecksum,
    botocore.httpsession,
    botocore.parsers,
    botocore.response,
)
SDK = (huaweicloudsdkcore.exceptions.exceptions, requests.exceptions, urllib3.exceptions)


def exception_classes(*modules: ModuleType) -> set[type[Exception]]:
    """That these modules define or use, of their own packages or urllib3."""
    packages = ("urllib3.", *(module.__name__.partition(".")[0] + "." for module in modules))
    found = [value for module in modules for value in vars(module).values() if inspect.isclass(value)]
    errors = {value for value in found if issubclass(value, Exception) and not issubclass(value, Warning)}
    return {value for value in errors if value.__module__.startswith(packages)}


@pytest.mark.parametrize(
    ("modules", "table"),
    [(BOTOCORE, aws_errors.TRANSPORT_ERRORS), (SDK, ims_client.TRANSPORT_ERRORS)],
    ids=["botocore", "Huawei's SDK"],
)
def test_every_exception_class_of_the_client_has_its_place(modules: tuple[ModuleType, ...], table: Any) -> None:
    untranslated = {kind.__name__ for kind in exception_classes(*modules) if not issubclass(kind, table)}
    assert untranslated <= NOT_OF_THE_TRANSPORT


def test_codes_that_botocore_takes_for_throttling_are_busy() -> None:
    assert set(ThrottledRetryableChecker._THROTTLED_ERROR_CODES) <= aws_errors.BUSY_CODES


# --- each error at each moment


SYSTEM = [
    socket.gaierror(-2, "Name or service not known"),
    TimeoutError("timed out"),
    ConnectionRefusedError(111, "refused"),
    ConnectionResetError(104, "reset"),
    ConnectionAbortedError(103, "aborted"),
    BrokenPipeError(32, "broken"),
    OSError(113, "No route to host"),
    SSL_IN_MID_ANSWER,
    ssl.SSLCertVerificationError(1, "certificate verify failed"),
    ssl.SSLEOFError(8, "EOF occurred in violation of protocol"),
    ssl.SSLZeroReturnError(6, "closed"),
    ssl.SSLWantReadError(2, "read"),
]
HTTP = [
    http.client.BadStatusLine("SSH-2.0"),
    http.client.IncompleteRead(b"part", 100),
    http.client.LineTooLong("header line"),
    http.client.RemoteDisconnected("no answer"),
    http.client.UnknownProtocol("HTTP/9"),
    http.client.HTTPException("got more than 100 headers"),
]
URLLIB3 = [
    urllib3.exceptions.ReadTimeoutError(None, "url", "timed out"),  # type: ignore[arg-type]
    urllib3.exceptions.ConnectTimeoutError(None, "timed out"),
    urllib3.exceptions.NewConnectionError(None, "refused"),  # type: ignore[arg-type]
    urllib3.exceptions.NameResolutionError("h", None, socket.gaierror()),  # type: ignore[arg-type]
    urllib3.exceptions.ProtocolError("broken"),
    urllib3.exceptions.IncompleteRead(1, 2),
    urllib3.exceptions.SSLError("bad record"),
    urllib3.exceptions.ProxyError("no tunnel", OSError("no")),
    urllib3.exceptions.DecodeError("not gzip"),
    urllib3.exceptions.InvalidHeader("no"),
]
ERRORS: dict[Place, list[BaseException]] = {
    "connect": [*SYSTEM, *URLLIB3],
    "handshake": [*SYSTEM, *URLLIB3],
    "send": [*SYSTEM, *URLLIB3],
    "answer": [*SYSTEM, *HTTP, *URLLIB3],
    "head": [*SYSTEM, *HTTP, *URLLIB3],
    "body": [*SYSTEM, *HTTP, *URLLIB3],
}
USUAL = [TimeoutError("timed out"), ConnectionResetError(104, "reset"), SSL_IN_MID_ANSWER]
# One call of each client gets every error, the others the usual ones.
WITH_ALL_ERRORS = ("IMS, create", "OBS, put", "OBS, get", "DynamoDB, put", "DynamoDB, get")
KIND_AT: dict[Place, ErrorClass] = {
    "connect": "undelivered",
    "handshake": "undelivered",
    "send": "unknown",
    "answer": "unknown",
    "head": "unknown",
    "body": "unknown",
}


def kind_raised(call: str, place: Place, error: BaseException) -> tuple[str, int]:
    """The kind of the port's error, and how many connections were opened."""
    with failing(place, error) as transport, pytest.raises((ImsError, ObjectsUnavailable, ServiceError)) as raised:
        (READS | WRITES)[call]()
    kind: str = raised.value.kind  # type: ignore[attr-defined] # all three have it
    return kind, transport.requests


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("call", WRITES)
def test_failed_write_is_undelivered_before_a_byte_is_sent_and_unknown_afterwards(call: str, place: Place) -> None:
    for error in ERRORS[place] if call in WITH_ALL_ERRORS else USUAL:
        kind, tries = kind_raised(call, place, error)
        assert kind == KIND_AT[place], error
        repeated = kind == "undelivered" and call != "IMS, create"
        assert tries == (3 if repeated else 1), error


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("call", READS)
def test_failed_read_has_the_same_kinds_and_is_repeated_if_it_failed_quickly(call: str, place: Place) -> None:
    if place == "body" and call == "OBS, head":
        pytest.skip("an answer to HEAD has no body")
    for error in ERRORS[place] if call in WITH_ALL_ERRORS else USUAL:
        assert kind_raised(call, place, error) == (KIND_AT[place], 3), error


def test_ssl_error_in_mid_answer_is_unknown_and_a_refused_certificate_is_undelivered() -> None:
    refused = ssl.SSLCertVerificationError(1, "certificate verify failed")
    for call in WRITES:
        assert kind_raised(call, "answer", SSL_IN_MID_ANSWER)[0] == "unknown", call
        assert kind_raised(call, "handshake", refused)[0] == "undelivered", call


def test_fake_transport_is_used_by_every_client() -> None:
    for call in READS | WRITES:
        assert kind_raised(call, "connect", ConnectionRefusedError())[1] >= 1, call


# --- ports in memory

XML_ERROR = b"<ErrorResponse><Error><Code>InternalError</Code></Error></ErrorResponse>"
CALL_OF_PORT = {
    "objects": "OBS, put",
    "images": "IMS, create",
    "ledger": "DynamoDB, put",
    "queues": "SQS, send",
    "topic": "SNS, publish",
    "mail": "SES, send",
}


@pytest.mark.parametrize("port", CALL_OF_PORT)
def test_ports_in_memory_fail_as_the_real_adapters_do(port: str) -> None:
    body = XML_ERROR if port in ("topic", "objects") else b"{}"
    head = "HTTP/1.1 {} X\r\nConnection: close\r\nContent-Length: {}\r\n\r\n"
    busy, failed = (head.format(status, len(body)).encode() + body for status in (429, 500))
    failures: list[tuple[Place, BaseException, bytes]] = [
        ("connect", ConnectionRefusedError(), b""),
        ("answer", TimeoutError(), busy),
        ("answer", TimeoutError(), b""),
        ("answer", TimeoutError(), failed),
    ]
    real = []
    for place, failure, answer in failures:
        with failing(place, failure, answer), pytest.raises((ImsError, ObjectsUnavailable, ServiceError)) as raised:
            (READS | WRITES)[CALL_OF_PORT[port]]()
        real.append((type(raised.value), raised.value.kind))  # type: ignore[attr-defined] # all three have it
    assert [(type(fake), fake.kind) for fake in port_errors.errors(port, "before")] == real  # type: ignore[attr-defined]
    assert [(type(fake), fake.kind) for fake in port_errors.errors(port, "after")] == real[2:]  # type: ignore[attr-defined]
