"""Fetching, against a server that means no good."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from imagedrop.fetch import LIMIT, FetchFailed, FetchTooLong, fetch
from support.patience import PATIENCE

ASKED: list[str] = []
ENDED = threading.Event()


class Server(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        ASKED.append(self.path)
        if self.path == "/reset":
            return
        if self.path == "/garbage":
            self.wfile.write(b"certainly\r\n\r\n")
            return
        if self.path == "/silent":
            ENDED.wait(PATIENCE)
            return
        status = {"/moved": 302, "/gone": 404, "/broken": 500, "/empty": 204}.get(self.path.partition("?")[0], 200)
        self.send_response(status)
        if status == 302:
            self.send_header("Location", "/certificate")
        self.end_headers()
        self._body()

    def _body(self) -> None:
        if self.path == "/drip":
            end = time.monotonic() + PATIENCE
            while not ENDED.wait(0.05) and time.monotonic() < end:
                self.wfile.write(b"x")
                self.wfile.flush()
        elif self.path.startswith("/bytes/"):
            self.wfile.write(b"x" * int(self.path.removeprefix("/bytes/")))
        elif self.path == "/certificate":
            self.wfile.write(b"a certificate")

    def log_message(self, *args: object) -> None:
        pass


class Quiet(ThreadingHTTPServer):
    def handle_error(self, request: object, client_address: object) -> None:
        """A client that hangs up is what is tested."""


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    server = Quiet(("127.0.0.1", 0), Server)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    ENDED.set()
    server.shutdown()
    server.server_close()
    thread.join()


def test_the_body_comes_back(url: str) -> None:
    assert fetch(f"{url}/certificate", PATIENCE) == b"a certificate"
    assert len(fetch(f"{url}/bytes/{LIMIT}", PATIENCE)) == LIMIT


@pytest.mark.parametrize(("path", "said"), [("gone", "404"), ("broken", "500"), ("empty", "204")])
def test_anything_but_200_is_a_failure(path: str, said: str, url: str) -> None:
    with pytest.raises(FetchFailed, match=f"HTTP {said}"):
        fetch(f"{url}/{path}", PATIENCE)


def test_a_redirect_is_not_followed(url: str) -> None:
    ASKED.clear()
    with pytest.raises(FetchFailed, match="302"):
        fetch(f"{url}/moved", PATIENCE)
    assert ASKED == ["/moved"]


def test_a_body_over_the_limit_is_cut_off(url: str) -> None:
    with pytest.raises(FetchTooLong):
        fetch(f"{url}/bytes/{LIMIT + 1}", PATIENCE)


@pytest.mark.parametrize("path", ["silent", "drip", "reset", "garbage"])
def test_a_server_that_is_slow_or_hangs_up_is_left(path: str, url: str) -> None:
    start = time.monotonic()
    with pytest.raises(FetchFailed):
        fetch(f"{url}/{path}", timeout=0.2)
    assert time.monotonic() - start < PATIENCE / 2


@pytest.mark.parametrize(
    "url", ["file:///etc/passwd", "ftp://127.0.0.1/x", "data:,x", "", "nonsense", "http://", "http://127.0.0.1:1/x"]
)
def test_only_http_is_spoken_and_every_failure_is_one_kind(url: str) -> None:
    with pytest.raises(FetchFailed):
        fetch(url)


def test_a_failure_does_not_tell_the_token(url: str) -> None:
    with pytest.raises(FetchFailed) as caught:
        fetch(f"{url}/moved?token=secret", PATIENCE)
    assert "secret" not in str(caught.value)
