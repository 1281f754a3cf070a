"""A distant bucket: serves the files of a folder over HTTP/1.1, with latency and limited bandwidth.

GET and HEAD with `Range: bytes=a-b`, `a-` or `-n`, `If-Match`, `ETag`. GET / returns the counts since the last GET /.
Every request waits for `latency` before its first byte; all connections together get `rate` bytes per second.
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


class Bandwidth:
    """Shared by all connections: `rate` bytes per second, and counters."""

    def __init__(self, rate: float) -> None:
        self._rate, self._lock, self._free = rate, threading.Lock(), 0.0
        self._served = {"requests": 0, "bytes": 0}

    def count(self) -> None:
        with self._lock:
            self._served["requests"] += 1

    def send(self, size: int) -> None:
        """Waits until `size` bytes, and all bytes before them, are sent at this rate."""
        with self._lock:
            self._served["bytes"] += size
            self._free = max(self._free, time.monotonic()) + size / self._rate
            wait = self._free - time.monotonic()
        if wait > 0:
            time.sleep(wait)

    def served(self) -> dict[str, int]:
        """The counts since the last call."""
        with self._lock:
            now, self._served = self._served, dict.fromkeys(self._served, 0)
        return now


class Server(ThreadingHTTPServer):
    """Serves `folder` on a free port of 127.0.0.1. `latency` in seconds, `rate` in bytes per second."""

    daemon_threads = True
    request_queue_size = 64

    def __init__(self, folder: Path, latency: float, rate: float) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.folder, self.latency, self.bandwidth = folder, latency, Bandwidth(rate)

    def handle_error(self, *where: object) -> None:
        """Ignores a reader that ends during a request."""
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
            self._respond(json.dumps(self.server.bandwidth.served()).encode())
        else:
            self._answer(with_body=True)

    def log_message(self, *_: object) -> None:
        """Prints nothing."""

    def _answer(self, with_body: bool) -> None:
        self.server.bandwidth.count()
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
        header = self.headers.get("Range")
        wanted = _range(header, status.st_size) if header else range(status.st_size)
        if not wanted:
            self._empty(HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE)
            return
        self.send_response(HTTPStatus.PARTIAL_CONTENT if header else HTTPStatus.OK)
        if header:
            self.send_header("Content-Range", f"bytes {wanted.start}-{wanted.stop - 1}/{status.st_size}")
        self.send_header("Content-Length", str(len(wanted)))
        self.send_header("Accept-Ranges", "bytes")
        self.send_header("ETag", etag)
        self.end_headers()
        for at in wanted[::CHUNK] if with_body else ():
            data = os.pread(descriptor, min(CHUNK, wanted.stop - at), at)
            self.server.bandwidth.send(len(data))
            self.wfile.write(data)

    def _empty(self, status: HTTPStatus) -> None:
        self.send_response(status)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def _respond(self, body: bytes) -> None:
        self.send_response(HTTPStatus.OK)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


def _range(header: str, size: int) -> range:
    """Empty if the header names no byte of the file, or several parts."""
    found = RANGE.fullmatch(header)
    if not found or header == "bytes=-":
        return range(0)
    first, last = found.groups()
    if not first:
        return range(max(0, size - int(last)), size)
    return range(int(first), min(size, int(last) + 1 if last else size))


@contextmanager
def serving(folder: Path, latency: float, rate: float) -> Iterator[str]:
    """The URL of a server in its own process, so that it takes no time from a reader."""
    parent_end, child_end = multiprocessing.Pipe()
    child = multiprocessing.get_context("spawn").Process(target=_serve, args=(child_end, folder, latency, rate))
    child.start()
    try:
        yield str(parent_end.recv())
    finally:
        child.terminate()
        child.join()


def _serve(connection: Connection, folder: Path, latency: float, rate: float) -> None:
    with Server(folder, latency, rate) as server:
        connection.send(server.url)
        server.serve_forever()
