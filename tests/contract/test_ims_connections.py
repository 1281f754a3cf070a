"""Failures of connections to IMS: whether a create request was certainly not delivered, or may have been."""

from __future__ import annotations

import datetime
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from functools import partial
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from imagedrop.adapters.ims.images import ImsImages, open_connection
from imagedrop.adapters.secrets import HuaweiKeys
from imagedrop.ports import ImsError
from imagedrop_local.memory import memory_settings
from tests.support.service_calls import quick_calls
from tests.support.waiting import PATIENCE

Respond = Callable[[socket.socket], None]


class Peer:
    """A server that takes one connection at a time, reads a request and then calls `respond`."""

    def __init__(self, respond: Respond, context: ssl.SSLContext | None = None) -> None:
        self._respond, self._context, self._requests = respond, context, 0
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            with closing(connection):
                try:
                    self._serve_connection(connection)
                except OSError:
                    continue

    def _serve_connection(self, connection: socket.socket) -> None:
        if self._context:
            connection = self._context.wrap_socket(connection, server_side=True)
        request = b""
        while b"\r\n\r\n" not in request or not request.endswith(b"}"):
            chunk = connection.recv(65536)
            if not chunk:
                return
            request += chunk
        self._requests += 1
        self._respond(connection)

    def requests(self) -> int:
        """How many complete requests came. Waits for all earlier connections by making another one."""
        with socket.create_connection(("127.0.0.1", self.port), PATIENCE) as last:
            last.shutdown(socket.SHUT_WR)
            with suppress(ConnectionError):
                last.recv(1)
        return self._requests

    def stop(self) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join(5)


@pytest.fixture
def peer() -> Iterator[Callable[..., Peer]]:
    made: list[Peer] = []

    def make(respond: Respond, context: ssl.SSLContext | None = None) -> Peer:
        made.append(Peer(respond, context))
        return made[-1]

    yield make
    for server in made:
        server.stop()


def create(endpoint: str) -> str:
    settings = memory_settings(ims_endpoint=endpoint)
    connect = partial(open_connection, settings, lambda: HuaweiKeys("AK", "SK"))
    return ImsImages(connect, quick_calls(), settings).create({"name": "n"})


def failure(endpoint: str) -> ImsError:
    with pytest.raises(ImsError) as raised:
        create(endpoint)
    return raised.value


def answer(body: bytes, status: str = "200 OK", headers: str = "") -> Respond:
    head = f"HTTP/1.1 {status}\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n{headers}\r\n"
    return lambda connection: connection.sendall(head.encode() + body)


def hang(connection: socket.socket) -> None:
    connection.settimeout(PATIENCE)
    connection.recv(1)  # returns when the client closes the connection


def reset(connection: socket.socket) -> None:
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")


def close(connection: socket.socket) -> None:
    pass


@contextmanager
def closed_port() -> Iterator[str]:
    """A reserved address without a listener."""
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        yield f"http://127.0.0.1:{bound.getsockname()[1]}"


# --- not delivered


def test_refused_connection_is_undelivered() -> None:
    with closed_port() as endpoint:
        assert failure(endpoint).kind == "undelivered"


def test_unknown_host_is_undelivered() -> None:
    assert failure("http://ims.nowhere.invalid").kind == "undelivered"


def test_connect_time_out_is_undelivered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("imagedrop.adapters.ims.client.CONNECT_TIMEOUT", 0.3)
    with socket.create_server(("127.0.0.1", 0), backlog=0) as full:
        port = full.getsockname()[1]
        waiting = [socket.socket() for _ in range(4)]
        for client in waiting:
            client.setblocking(False)
            client.connect_ex(("127.0.0.1", port))
        error = failure(f"http://127.0.0.1:{port}")
        for client in waiting:
            client.close()
    assert (error.kind, error.code) == ("undelivered", "ConnectTimeoutError")


def test_untrusted_certificate_is_undelivered(peer: Callable[..., Peer], tmp_path: Path) -> None:
    server = peer(close, self_signed(tmp_path))
    assert failure(f"https://127.0.0.1:{server.port}").kind == "undelivered"
    assert server.requests() == 0


# --- may be delivered


@pytest.mark.parametrize("respond", [hang, reset, close, answer(b"{", headers="X: y\r\nContent-Length: 50\r\n")])
def test_missing_or_incomplete_response_is_unknown(
    peer: Callable[..., Peer], respond: Respond, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("imagedrop.adapters.ims.images.IMS_CREATE", 0.3)
    server = peer(respond)
    assert failure(f"http://127.0.0.1:{server.port}").kind == "unknown"
    assert server.requests() == 1


@pytest.mark.parametrize(
    "body", [b"", b"[1]", b'"job"', b"5", b"null", b"<html>", b'{"job_id": 7}', b'{"job_id": ""}', b"\xff"]
)
def test_response_without_a_job_id_is_unknown_and_not_retried(peer: Callable[..., Peer], body: bytes) -> None:
    server = peer(answer(body))
    assert failure(f"http://127.0.0.1:{server.port}").kind == "unknown"
    assert server.requests() == 1


def test_response_that_is_not_http_is_unknown(peer: Callable[..., Peer]) -> None:
    server = peer(lambda connection: connection.sendall(b"SSH-2.0-none\r\n\r\n"))
    assert failure(f"http://127.0.0.1:{server.port}").kind == "unknown"


def test_error_raised_while_another_is_handled_has_its_own_class(peer: Callable[..., Peer]) -> None:
    server = peer(reset)

    def second_try() -> str:
        try:
            with closed_port() as endpoint:
                return create(endpoint)
        except ImsError:
            return create(f"http://127.0.0.1:{server.port}")

    with pytest.raises(ImsError) as raised:
        second_try()
    assert raised.value.kind == "unknown"


# --- with a response


def test_redirect_is_not_followed_and_is_held(peer: Callable[..., Peer]) -> None:
    server = peer(answer(b"", "302 Found", "Location: https://elsewhere.example.com/\r\n"))
    error = failure(f"http://127.0.0.1:{server.port}")
    assert (error.kind, error.code) == ("held", "302")


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b'{"error":{"message":"too many","code":"IMG.0060"}}', "IMG.0060"),
        (b'{"error_code":"IMG.0060","error_msg":"too many"}', "IMG.0060"),
        (b'{"code":400,"message":"bad"}', "400"),
        (b"<html>bad</html>", "400"),
        (b"", "400"),
    ],
)
def test_every_form_of_an_error_body_is_read(peer: Callable[..., Peer], body: bytes, code: str) -> None:
    error = failure(f"http://127.0.0.1:{peer(answer(body, '400 Bad Request')).port}")
    assert (error.code, error.kind) == (code, "busy" if code == "IMG.0060" else "refused")


def test_status_429_is_busy(peer: Callable[..., Peer]) -> None:
    body = b'{"error_code":"APIGW.0308","error_msg":"The throttling threshold has been reached"}'
    error = failure(f"http://127.0.0.1:{peer(answer(body, '429 Too Many Requests')).port}")
    assert error.kind == "busy"


def test_request_id_of_an_error_is_kept(peer: Callable[..., Peer]) -> None:
    server = peer(answer(b"{}", "503 Unavailable", "X-Request-Id: abc123\r\n"))
    assert failure(f"http://127.0.0.1:{server.port}").request_id == "abc123"


def test_accepted_create_returns_the_job_id(peer: Callable[..., Peer]) -> None:
    server = peer(answer(b'{"job_id": "j-1", "new_field": [1]}'))
    assert create(f"http://127.0.0.1:{server.port}") == "j-1"


def self_signed(folder: Path) -> ssl.SSLContext:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.datetime.now(datetime.UTC)
    builder = x509.CertificateBuilder(
        name, name, key.public_key(), x509.random_serial_number(), now, now + datetime.timedelta(1)
    )
    pem = folder / "both.pem"
    pem.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        + builder.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem)
    return context
