"""GET for the URLs of a push, against a hostile server."""

from __future__ import annotations

import contextlib
import ipaddress
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from imagedrop.intake.http_get import MAX_BYTES, FetchFailed, FetchTooLarge, fetch
from tests.support.waiting import PATIENCE

REQUESTED: list[str] = []
STOP = threading.Event()


class Server(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        REQUESTED.append(self.path)
        if self.path == "/reset":
            return
        if self.path == "/garbage":
            self.wfile.write(b"certainly\r\n\r\n")
            return
        if self.path == "/silent":
            STOP.wait(PATIENCE)
            return
        if self.path == "/drip-headers":
            self.wfile.write(b"HTTP/1.1 200 OK\r\n")
            self._drip(b"X-A: b\r\n")
            return
        status = {"/moved": 302, "/gone": 404, "/broken": 500, "/empty": 204}.get(self.path.partition("?")[0], 200)
        self.send_response(status)
        if status == 302:
            self.send_header("Location", "/certificate")
        self.end_headers()
        self._body()

    def _body(self) -> None:
        if self.path == "/drip":
            self._drip(b"x")
        elif self.path.startswith("/bytes/"):
            self.wfile.write(b"x" * int(self.path.removeprefix("/bytes/")))
        elif self.path == "/certificate":
            self.wfile.write(b"a certificate")

    def _drip(self, piece: bytes) -> None:
        end = time.monotonic() + PATIENCE
        while not STOP.wait(0.05) and time.monotonic() < end:
            self.wfile.write(piece)
            self.wfile.flush()

    def log_message(self, *args: object) -> None:
        pass


class Quiet(ThreadingHTTPServer):
    def handle_error(self, request: object, client_address: object) -> None:
        """Prints nothing: these tests make clients close connections."""


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    server = Quiet(("127.0.0.1", 0), Server)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    STOP.set()
    server.shutdown()
    server.server_close()
    thread.join()


def test_body_is_returned(url: str) -> None:
    assert fetch(f"{url}/certificate", PATIENCE) == b"a certificate"
    assert len(fetch(f"{url}/bytes/{MAX_BYTES}", PATIENCE)) == MAX_BYTES


@pytest.mark.parametrize(("path", "status"), [("gone", "404"), ("broken", "500"), ("empty", "204")])
def test_any_status_but_200_is_a_failure(path: str, status: str, url: str) -> None:
    with pytest.raises(FetchFailed, match=f"HTTP {status}"):
        fetch(f"{url}/{path}", PATIENCE)


def test_redirect_is_not_followed(url: str) -> None:
    REQUESTED.clear()
    with pytest.raises(FetchFailed, match="302"):
        fetch(f"{url}/moved", PATIENCE)
    assert REQUESTED == ["/moved"]


def test_slow_tls_handshake_is_stopped_at_the_deadline() -> None:
    """Each byte comes in time, but the handshake never ends."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        thread = threading.Thread(target=_drip_handshake, args=(server,))
        thread.start()
        with pytest.raises(FetchFailed):
            fetch(f"https://127.0.0.1:{server.getsockname()[1]}/", timeout=0.3)
        thread.join(PATIENCE)
        assert not thread.is_alive()


def _drip_handshake(server: socket.socket) -> None:
    """Sends a TLS record byte by byte until the client closes the connection."""
    taken, _ = server.accept()
    with taken, contextlib.suppress(OSError):
        taken.sendall(b"\x16\x03\x03\x40\x00\x02\x00\x3f\xfc")
        while not STOP.wait(0.05):
            taken.sendall(b"\0")


def test_body_over_the_limit_raises_fetch_too_large(url: str) -> None:
    with pytest.raises(FetchTooLarge):
        fetch(f"{url}/bytes/{MAX_BYTES + 1}", PATIENCE)


@pytest.mark.parametrize("path", ["silent", "drip", "drip-headers", "reset", "garbage"])
def test_slow_or_broken_server_is_a_failure(path: str, url: str) -> None:
    start = time.monotonic()
    with pytest.raises(FetchFailed):
        fetch(f"{url}/{path}", timeout=0.2)
    assert time.monotonic() - start < PATIENCE / 2


def test_slow_dns_is_stopped_at_the_deadline(monkeypatch: pytest.MonkeyPatch) -> None:
    looked_up = threading.Event()
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: looked_up.wait(PATIENCE) and [])
    with pytest.raises(FetchFailed, match="no connection in time"):
        fetch("http://imagedrop.example/", timeout=0.2)
    assert not looked_up.is_set()
    looked_up.set()


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/passwd",
        "ftp://127.0.0.1/x",
        "data:,x",
        "",
        "nonsense",
        "http://",
        "http://a..b/",
        "http://127.0.0.1:1/x",
    ],
)
def test_unusable_url_raises_fetch_failed(url: str) -> None:
    with pytest.raises(FetchFailed):
        fetch(url)


def test_error_text_does_not_contain_the_token(url: str) -> None:
    with pytest.raises(FetchFailed) as caught:
        fetch(f"{url}/moved?token=secret", PATIENCE)
    assert "secret" not in str(caught.value)


@pytest.fixture(scope="module")
def certified(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A certificate for 127.0.0.1 and its key, as PEM files."""
    key, folder, now = ec.generate_private_key(ec.SECP256R1()), tmp_path_factory.mktemp("tls"), datetime.now(UTC)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).serial_number(1)
    builder = builder.not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=1))
    address = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
    made = builder.public_key(key.public_key()).add_extension(address, critical=False).sign(key, hashes.SHA256())
    files = folder / "certificate.pem", folder / "key.pem"
    files[0].write_bytes(made.public_bytes(Encoding.PEM))
    files[1].write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return files


@pytest.mark.parametrize("trusted", [True, False])
def test_https_works_only_with_a_trusted_certificate(
    trusted: bool, certified: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    if trusted:
        monkeypatch.setenv("SSL_CERT_FILE", str(certified[0]))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*certified)
    server = Quiet(("127.0.0.1", 0), Server)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        url = f"https://127.0.0.1:{server.server_port}/certificate"
        if trusted:
            assert fetch(url, PATIENCE) == b"a certificate"
        else:
            with pytest.raises(FetchFailed, match="CERTIFICATE_VERIFY_FAILED"):
                fetch(url, PATIENCE)
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
