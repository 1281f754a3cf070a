"""A server of one file that can be made to misbehave in the ways real ones do."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from tests.support.waiting import PATIENCE

MOVED = {"/moved": "/disk.raw?moved", "/moved-on": "/moved-on"}


class Files(ThreadingHTTPServer):
    """`fault`: how a range is answered, in words; `status`: with that `etag`.
    `asked`: (path, headers), in their order. `connections`: how many there were."""

    daemon_threads = True

    def __init__(self, body: bytes, path: str = "/disk.raw") -> None:
        super().__init__(("127.0.0.1", 0), _Answer)
        self.body, self.etag, self.modified = body, '"one"', "Tue, 24 Nov 2026 13:00:00 GMT"
        self.path, self.changes_after = path, 1 << 30  # requests
        self.fault, self.asked, self.connections = "", list[tuple[str, dict[str, str]]](), 0
        self.ended = threading.Event()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    def get_request(self) -> Any:
        self.connections += 1
        return super().get_request()

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that hangs up is what is tested."""


class _Answer(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Files

    def do_GET(self) -> None:
        self.server.asked.append((self.path, dict(self.headers)))
        path, _, _ = self.path.partition("?")
        if len(self.server.asked) > self.server.changes_after:
            self.server.etag = '"another"'
        if path.startswith("/moved"):
            return self._say(302, Location=MOVED.get(path, "ftp://x/"))
        if path != self.server.path:
            return self._say(404)
        fault = getattr(self, f"_{self.server.fault.replace(' ', '_')}", self._range)
        return fault()

    def _range(self, **changes: str) -> None:
        first, last = self._asked_for()
        server = self.server
        if "If-Match" in self.headers and self.headers["If-Match"] != server.etag:
            return self._say(412)
        if first >= len(server.body):
            return self._say(416, Content_Range=f"bytes */{len(server.body)}")
        part = server.body[first : last + 1]
        return self._say(206, part, **(self._known(first, first + len(part) - 1) | changes))

    def _known(self, first: int, last: int) -> dict[str, str]:
        place = f"bytes {first}-{last}/{len(self.server.body)}"
        return {"Content_Range": place, "ETag": self.server.etag, "Last_Modified": self.server.modified}

    def _ignores_ranges(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", str(1 << 40))
        self.end_headers()
        self.server.ended.wait(PATIENCE)

    def _obs_like(self) -> None:
        """OBS answers a range that does not fit with the whole object."""
        self._say(200, self.server.body, ETag=self.server.etag, Last_Modified=self.server.modified)

    def _another_range(self) -> None:
        self._range(Content_Range=f"bytes 0-4/{len(self.server.body)}")

    def _no_size(self) -> None:
        self._range(Content_Range=self.headers["Range"].replace("=", " ") + "/*")

    def _absurd_size(self) -> None:
        self._range(Content_Range=self.headers["Range"].replace("=", " ") + "/" + "9" * 5000)

    def _cut_off(self) -> None:
        first, last = self._asked_for()
        self._say(206, self.server.body[first:last], **self._known(first, last), Content_Length=str(last + 1 - first))
        self.close_connection = True

    def _too_much(self) -> None:
        self._say(206, self.server.body, **self._known(*self._asked_for()))

    def _chunked(self) -> None:
        first, last = self._asked_for()
        part = self.server.body[first : last + 1]
        chunks = b"".join(b"1\r\n%c\r\n" % byte for byte in part) + b"0\r\n\r\n"
        self._say(206, chunks, **self._known(first, last), Transfer_Encoding="chunked", Content_Length="")

    def _hangs_up(self) -> None:
        self._range()
        self.close_connection = True  # without having said so

    def _silent(self) -> None:
        self.server.ended.wait(PATIENCE)

    def _drips(self) -> None:
        self._drip(b"HTTP/1.1 206 OK\r\nX: ", b"x")

    def _drips_headers(self) -> None:
        self._drip(b"", b"HTTP/1.1 100 Continue\r\n\r\n")

    def _drips_body(self) -> None:
        size = len(self.server.body)
        self._drip(b"HTTP/1.1 206 OK\r\nTransfer-Encoding: chunked\r\nContent-Range: bytes 0-0/%d\r\n\r\n" % size, b"0")

    def _drip(self, start: bytes, drop: bytes) -> None:
        self.close_connection, end = True, time.monotonic() + PATIENCE
        self.wfile.write(start)
        while not self.server.ended.wait(0.01) and time.monotonic() < end:
            self.wfile.write(drop)

    def _garbage(self) -> None:
        self.wfile.write(b"certainly\r\n\r\n")
        self.close_connection = True

    def _status(self) -> None:
        self._say(int(self.server.etag))

    def _asked_for(self) -> tuple[int, int]:
        first, last = self.headers["Range"].removeprefix("bytes=").split("-")
        return int(first), int(last)

    def _say(self, status: int, body: bytes = b"", **headers: str) -> None:
        self.send_response(status)
        for name, value in ({"Content_Length": str(len(body))} | headers).items():
            if value:
                self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: object) -> None:
        pass


@contextmanager
def serving(body: bytes, path: str = "/disk.raw") -> Iterator[Files]:
    server = Files(body, path)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield server
    finally:
        server.ended.set()
        server.shutdown()
        thread.join()
        server.server_close()
