"""A server that reads a request and then answers or fails as a test says."""

from __future__ import annotations

import datetime
import ipaddress
import os
import re
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from tests.support.waiting import PATIENCE

Respond = Callable[[socket.socket], None]


class Peer:
    """Takes one connection at a time, reads a request and then calls `respond`. `context`: for TLS. `read_at_most`:
    bytes of the request, of which the rest is not read."""

    def __init__(self, respond: Respond, context: ssl.SSLContext | None = None, read_at_most: int = 1 << 20) -> None:
        self._respond, self._context, self._requests, self._at_most = respond, context, 0, read_at_most
        self.last_request = b""
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self.url = f"{'https' if context else 'http'}://127.0.0.1:{self.port}"
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            with closing(connection):
                connection.settimeout(PATIENCE)
                try:
                    self._serve_connection(connection)
                except (OSError, ValueError):
                    continue

    def _serve_connection(self, connection: socket.socket) -> None:
        if self._context:
            connection = self._context.wrap_socket(connection, server_side=True)
        with closing(connection):
            request = b""
            while len(request) < self._at_most and not _is_complete(request):
                chunk = connection.recv(min(65536, self._at_most))
                if not chunk:
                    return
                request += chunk
                if b"100-continue" in request and request.endswith(b"\r\n\r\n"):
                    connection.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")
            self._requests, self.last_request = self._requests + 1, request
            self._respond(connection)

    def requests(self) -> int:
        """How many requests came. Waits for all earlier connections by making another one."""
        with socket.create_connection(("127.0.0.1", self.port), PATIENCE) as last:
            last.shutdown(socket.SHUT_WR)
            with suppress(ConnectionError):
                last.recv(1)
        return self._requests

    def stop(self) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join(5)


def _is_complete(request: bytes) -> bool:
    head, end, body = request.partition(b"\r\n\r\n")
    length = re.search(rb"(?i)\r\ncontent-length: *(\d+)", head)
    return bool(end) and len(body) >= int(length[1] if length else 0)


# --- what it does after a request


def answer(body: bytes, status: str = "200 OK", headers: str = "") -> Respond:
    """It says that the connection is closed afterwards, so that the client opens another one for the next request."""
    lengths = f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\nConnection: close\r\n"
    head = f"HTTP/1.1 {status}\r\n{lengths}{headers}\r\n"
    return lambda connection: connection.sendall(head.encode() + body)


def raw(data: bytes, then: Respond | None = None) -> Respond:
    def respond(connection: socket.socket) -> None:
        connection.sendall(data)
        if then:
            then(connection)

    return respond


def hang(connection: socket.socket) -> None:
    connection.recv(1)  # returns when the client closes the connection


def reset(connection: socket.socket) -> None:
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")


def close(connection: socket.socket) -> None:
    pass


def break_tls(connection: socket.socket) -> None:
    """Sends bytes that are no TLS record."""
    os.write(connection.fileno(), b"this is no TLS record" * 10)
    hang(connection)


def trickle(data: bytes) -> Respond:
    """Sends `data` again and again, a byte every 10 ms, until the client closes the connection."""

    def respond(connection: socket.socket) -> None:
        waiting = threading.Event()
        while True:
            for number in range(len(data)):
                connection.sendall(data[number : number + 1])
                waiting.wait(0.01)

    return respond


# --- where no request arrives


@contextmanager
def closed_port() -> Iterator[str]:
    """A reserved address without a listener."""
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        yield f"http://127.0.0.1:{bound.getsockname()[1]}"


@contextmanager
def full_backlog() -> Iterator[str]:
    """An address at which no connection is made."""
    with socket.create_server(("127.0.0.1", 0), backlog=0) as full:
        port = full.getsockname()[1]
        waiting = [socket.socket() for _ in range(4)]
        for client in waiting:
            client.setblocking(False)
            client.connect_ex(("127.0.0.1", port))
        yield f"http://127.0.0.1:{port}"
        for client in waiting:
            client.close()


def certificate(folder: Path) -> tuple[ssl.SSLContext, Path]:
    """A server's context, self-signed for 127.0.0.1, and the file that makes a client trust it."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.datetime.now(datetime.UTC)
    builder = x509.CertificateBuilder(
        name, name, key.public_key(), x509.random_serial_number(), now, now + datetime.timedelta(1)
    )
    addresses = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
    identifier = x509.SubjectKeyIdentifier.from_public_key(key.public_key())
    builder = builder.add_extension(addresses, critical=False).add_extension(identifier, critical=False)
    builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
    pem = folder / "both.pem"
    pem.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        + builder.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem)
    return context, pem
