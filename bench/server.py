"""A bucket far away: ranged HTTP/1.1 over the files of a folder, each answer late and all sharing one line.

GET and HEAD with `Range: bytes=a-b`, `a-` or `-n`, `If-Match`, `ETag`; GET of / answers what was served since the last
such question. Every request waits the latency before its first byte; what all connections together receive is `rate`.
"""

from __future__ import annotations

import json
import multiprocessing
import os
import re
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from multiprocessing.connection import Connection
from pathlib import Path
from typing import ClassVar

CHUNK = 128 * 1024
RANGE = re.compile(r"bytes=(\d*)-(\d*)")


class Line:
    """What all connections share: `rate` bytes per second, and counters."""

    def __init__(self, rate: float) -> None:
        self._rate, self._lock, self._free = rate, threading.Lock(), 0.0
        self._served = {"requests": 0, "bytes": 0}

    def count(self) -> None:
        with self._lock:
            self._served["requests"] += 1

    def carry(self, size: int) -> None:
        """Returns when the line has carried `size` bytes, after all that was given to it before."""
        with self._lock:
            self._served["bytes"] += size
            self._free = max(self._free, time.monotonic()) + size / self._rate
            wait = self._free - time.monotonic()
        if wait > 0:
            time.sleep(wait)

    def served(self) -> dict[str, int]:
        """Since the last call."""
        with self._lock:
            now, self._served = self._served, dict.fromkeys(self._served, 0)
        return now


class Server(ThreadingHTTPServer):
    """Serves `folder` on a free port of 127.0.0.1. `latency` in seconds, `rate` in bytes per second."""

    daemon_threads = True
    request_queue_size = 64

    def __init__(self, folder: Path, latency: float, rate: float) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.folder, self.latency, self.line = folder, latency, Line(rate)

    def handle_error(self, *where: object) -> None:
        """A reader that ends with a request under way is no news."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(*where)  # type: ignore[arg-type]

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm: ClassVar[bool] = True
    server: Server

    def do_HEAD(self) -> None:
        self._answer(with_body=False)

    def do_GET(self) -> None:
        if self.path == "/":
            self._say(json.dumps(self.server.line.served()).encode())
        else:
            self._answer(with_body=True)

    def log_message(self, *_: object) -> None:
        """Nothing: the counters tell."""

    def _answer(self, with_body: bool) -> None:
        self.server.line.count()
        time.sleep(self.server.latency)
        try:
            descriptor = os.open(self.server.folder / Path(self.path).name, os.O_RDONLY)
        except OSError:
            self._empty(HTTPStatus.NOT_FOUND)
            return
        try:
            self._part(descriptor, with_body)
        finally:
            os.close(descriptor)

    def _part(self, descriptor: int, with_body: bool) -> None:
        status = os.fstat(descriptor)
        etag = f'"{status.st_mtime_ns:x}-{status.st_size:x}"'
        if self.headers.get("If-Match", etag) != etag:
            self._empty(HTTPStatus.PRECONDITION_FAILED)
            return
        asked = self.headers.get("Range")
        wanted = _range(asked, status.st_size) if asked else range(status.st_size)
        if not wanted:
            self._empty(HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE)
            return
        self.send_response(HTTPStatus.PARTIAL_CONTENT if asked else HTTPStatus.OK)
        if asked:
            self.send_header("Content-Range", f"bytes {wanted.start}-{wanted.stop - 1}/{status.st_size}")
        self.send_header("Content-Length", str(len(wanted)))
        self.send_header("Accept-Ranges", "bytes")
        self.send_header("ETag", etag)
        self.end_headers()
        for at in wanted[::CHUNK] if with_body else ():
            data = os.pread(descriptor, min(CHUNK, wanted.stop - at), at)
            self.server.line.carry(len(data))
            self.wfile.write(data)

    def _empty(self, status: HTTPStatus) -> None:
        self.send_response(status)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def _say(self, body: bytes) -> None:
        self.send_response(HTTPStatus.OK)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


def _range(asked: str, size: int) -> range:
    """Empty where it names nothing of the file, or several parts."""
    found = RANGE.fullmatch(asked)
    if not found or asked == "bytes=-":
        return range(0)
    first, last = found.groups()
    if not first:
        return range(max(0, size - int(last)), size)
    return range(int(first), min(size, int(last) + 1 if last else size))


@contextmanager
def serving(folder: Path, latency: float, rate: float) -> Iterator[str]:
    """Its address; a process of its own serves, so that no reader shares an interpreter with it."""
    here, there = multiprocessing.Pipe()
    child = multiprocessing.get_context("spawn").Process(target=_serve, args=(there, folder, latency, rate))
    child.start()
    try:
        yield str(here.recv())
    finally:
        child.terminate()
        child.join()


def _serve(told: Connection, folder: Path, latency: float, rate: float) -> None:
    with Server(folder, latency, rate) as server:
        told.send(server.url)
        server.serve_forever()
