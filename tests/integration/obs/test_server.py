"""The HTTP server of the simulators, tested with raw bytes."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from imagedrop_local.faults import Faults
from imagedrop_local.http import Request, Response, Server
from tests.support.waiting import PATIENCE


class Echo:
    """A service that answers with the path and the body. `/boom` raises, `/refuse` does not read the body."""

    name = "obs"
    faults = Faults()

    def route(self, request: Request) -> tuple[str, Callable[[], Response]]:
        def act() -> Response:
            if request.path == "/boom":
                raise RuntimeError("broken")
            return Response(403) if request.path == "/refuse" else Response(200, request.path.encode() + request.body())

        return "Echo", act

    def error(self, status: int, code: str | None, message: str) -> Response:
        return Response(status, f"{code}: {message}".encode())

    def state(self) -> dict[str, Any]:
        return {}


@pytest.fixture
def exchange() -> Iterator[Callable[[bytes], bytes]]:
    service = Echo()
    server = Server(service, service).start()
    connection = socket.create_connection(("127.0.0.1", server.port), PATIENCE)

    def send(sent: bytes) -> bytes:
        """Everything that the server sends until it closes the connection, as the last request asks."""
        connection.sendall(sent)
        return b"".join(iter(lambda: connection.recv(65_536), b""))

    yield send
    connection.close()
    server.stop()


CLOSE = b"GET /last HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"


def test_a_chunked_body_is_complete_and_the_connection_stays_open(exchange: Callable[[bytes], bytes]) -> None:
    head = b"PUT / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
    answer = exchange(head + b"3;ext=1\r\none\r\nA\r\n0123456789\r\n0\r\nTrailer: x\r\n\r\n" + CLOSE)
    assert b"/one0123456789" in answer
    assert answer.endswith(b"/last")


def test_an_unread_body_is_not_parsed_as_the_next_request(exchange: Callable[[bytes], bytes]) -> None:
    answer = exchange(b"PUT /refuse HTTP/1.1\r\nHost: x\r\nContent-Length: 6\r\n\r\nabcdef" + CLOSE)
    assert answer.startswith(b"HTTP/1.1 403")
    assert answer.endswith(b"/last")


def test_leading_slashes_are_kept(exchange: Callable[[bytes], bytes]) -> None:
    assert exchange(b"GET //a HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").endswith(b"//a")


@pytest.mark.parametrize(
    "head", [b"Content-Length: -5", b"Content-Length: 0x5", b"Content-Length: \xc2\xb2", b"Transfer-Encoding: chunked"]
)
def test_an_invalid_length_is_answered_with_400(exchange: Callable[[bytes], bytes], head: bytes) -> None:
    assert exchange(b"PUT / HTTP/1.1\r\nHost: x\r\n" + head + b"\r\n\r\n-1\r\n").startswith(b"HTTP/1.1 400")


def test_an_error_in_the_service_is_answered_with_500_in_its_format(exchange: Callable[[bytes], bytes]) -> None:
    answer = exchange(b"GET /boom HTTP/1.1\r\nHost: x\r\n\r\n" + CLOSE)
    assert answer.startswith(b"HTTP/1.1 500")
    assert b"InternalError: RuntimeError: broken" in answer


def test_a_stopped_server_closes_its_connections() -> None:
    service = Echo()
    server = Server(service, service).start()
    with socket.create_connection(("127.0.0.1", server.port), PATIENCE) as connection:
        connection.sendall(b"GET /a HTTP/1.1\r\nHost: x\r\n\r\n")
        got = b""
        while not got.endswith(b"/a"):
            got += connection.recv(65_536)
        server.stop()
        assert connection.recv(1) == b""
