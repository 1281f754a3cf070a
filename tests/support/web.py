"""An HTTP server with one file, and the faults of real servers."""

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
    """`fault`: the name of a method below, with spaces; `status` answers with `etag` as the status.
    `requests`: (path, headers). `connections`: their number. `changes_after`: so many requests, the ETag changes."""

    daemon_threads = True

    def __init__(self, body: bytes, path: str = "/disk.raw") -> None:
        super().__init__(("127.0.0.1", 0), _Answer)
        self.body, self.etag, self.modified = body, '"one"', "Tue, 24 Nov 2026 13:00:00 GMT"
        self.path, self.changes_after = path, 1 << 30
        self.fault, self.requests, self.connections = "", list[tuple[str, dict[str, str]]](), 0
        self.ended = threading.Event()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    def get_request(self) -> Any:
        self.connections += 1
        return super().get_request()

    def handle_error(self, request: object, client_address: object) -> None:
        """Prints nothing: some tests close the connection."""


class _Answer(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Files

    def do_GET(self) -> None:
        self.server.requests.append((self.path, dict(self.headers)))
        path, _, _ = self.path.partition("?")
        if len(self.server.requests) > self.server.changes_after:
            self.server.etag = '"another"'
        if path.startswith("/moved"):
            self._respond(302, Location=MOVED.get(path, "ftp://x/"))
        elif path != self.server.path:
            self._respond(404)
        else:
            getattr(self, f"_{self.server.fault.replace(' ', '_')}", self._range)()

    def _range(self, **changes: str) -> None:
        first, last = self._requested_range()
        server = self.server
        if "If-Match" in self.headers and self.headers["If-Match"] != server.etag:
            return self._respond(412)
        if first >= len(server.body):
            return self._respond(416, Content_Range=f"bytes */{len(server.body)}")
        part = server.body[first : last + 1]
        return self._respond(206, part, **(self._range_headers(first, first + len(part) - 1) | changes))

    def _range_headers(self, first: int, last: int) -> dict[str, str]:
        content_range = f"bytes {first}-{last}/{len(self.server.body)}"
        return {"Content_Range": content_range, "ETag": self.server.etag, "Last_Modified": self.server.modified}

    def _ignores_ranges(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", str(1 << 40))
        self.end_headers()
        self.server.ended.wait(PATIENCE)

    def _obs_like(self) -> None:
        """OBS answers a range outside the object with the whole object."""
        self._respond(200, self.server.body, ETag=self.server.etag, Last_Modified=self.server.modified)

    def _another_range(self) -> None:
        self._range(Content_Range=f"bytes 0-4/{len(self.server.body)}")

    def _no_size(self) -> None:
        self._range(Content_Range=self.headers["Range"].replace("=", " ") + "/*")

    def _absurd_size(self) -> None:
        self._range(Content_Range=self.headers["Range"].replace("=", " ") + "/" + "9" * 5000)

    def _cut_off(self) -> None:
        first, last = self._requested_range()
        self._respond(
            206, self.server.body[first:last], **self._range_headers(first, last), Content_Length=str(last + 1 - first)
        )
        self.close_connection = True

    def _too_much(self) -> None:
        self._respond(206, self.server.body, **self._range_headers(*self._requested_range()))

    def _chunked(self) -> None:
        first, last = self._requested_range()
        part = self.server.body[first : last + 1]
        chunks = b"".join(b"1\r\n%c\r\n" % byte for byte in part) + b"0\r\n\r\n"
        self._respond(206, chunks, **self._range_headers(first, last), Transfer_Encoding="chunked", Content_Length="")

    def _hangs_up(self) -> None:
        self._range()
        self.close_connection = True  # without a Connection header

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
        self._respond(int(self.server.etag))

    def _requested_range(self) -> tuple[int, int]:
        first, last = self.headers["Range"].removeprefix("bytes=").split("-")
        return int(first), int(last)

    def _respond(self, status: int, body: bytes = b"", **headers: str) -> None:
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
