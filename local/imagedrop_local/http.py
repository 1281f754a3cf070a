"""The HTTP server under the simulators: threads, keep-alive, streams both ways, and faults that a client can feel.

A service only says which call a request is and what answers it; counting, faults and /_sim are the server's.
"""

from __future__ import annotations

import json
import socket
import struct
import tempfile
import threading
import urllib.parse
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Protocol

from pydantic import ValidationError

from imagedrop_local.faults import Fault, Faults

CHUNK = 1 << 20


class Body(Protocol):
    def read(self, size: int = -1, /) -> bytes: ...


@dataclass(frozen=True)
class Request:
    """`path` as sent (still percent-encoded), `query` decoded in order, headers case-insensitive."""

    method: str
    path: str
    raw_query: str
    headers: Message
    stream: Body
    length: int

    @property
    def query(self) -> dict[str, str]:
        """The last value of each name; `?acl` is {'acl': ''}."""
        return dict(urllib.parse.parse_qsl(self.raw_query, keep_blank_values=True))

    @property
    def pairs(self) -> list[tuple[str, str]]:
        return urllib.parse.parse_qsl(self.raw_query, keep_blank_values=True)

    def chunks(self) -> Iterable[bytes]:
        """The body, a piece at a time. Can be read once."""
        left = self.length
        while left > 0:
            piece = self.stream.read(min(CHUNK, left))
            if not piece:
                raise ConnectionError("the client went away in mid-body")
            left -= len(piece)
            yield piece

    def body(self, limit: int = 16 << 20) -> bytes:
        if self.length > limit:
            raise ValueError(f"body of {self.length} bytes, at most {limit}")
        return b"".join(self.chunks())


@dataclass
class Response:
    """`body` may be an iterable of pieces; then `headers` must carry Content-Length."""

    status: int
    body: bytes | Iterable[bytes] = b""
    headers: dict[str, str] = field(default_factory=dict)

    @classmethod
    def json(cls, status: int, value: object, headers: Mapping[str, str] | None = None) -> Response:
        shown = {"Content-Type": "application/json", **(headers or {})}
        return cls(status, json.dumps(value, ensure_ascii=False).encode(), shown)


class Service(Protocol):
    name: str

    def route(self, request: Request) -> tuple[str, Callable[[], Response]]:
        """The call's name (as the SDK names it, `CreateImage`) and what carries it out."""

    def error(self, status: int, code: str | None, message: str) -> Response:
        """An error in the service's own shape."""


class Hangup(Exception):
    """Close the connection without an answer."""


class Control(Protocol):
    """What answers /_sim on every server."""

    faults: Faults

    def state(self) -> dict[str, Any]: ...


class Server:
    """A service on 127.0.0.1. Port 0: any free one."""

    def __init__(self, service: Service, control: Control, port: int = 0, host: str = "127.0.0.1") -> None:
        self.service, self.control = service, control
        self.closing = threading.Event()
        self._httpd = _Httpd((host, port), _handler(self))
        self.port: int = self._httpd.server_address[1]
        self.url = f"http://{host}:{self.port}"
        self._thread = threading.Thread(target=self._httpd.serve_forever, name=f"sim-{service.name}", daemon=True)

    def start(self) -> Server:
        self._thread.start()
        return self

    def stop(self) -> None:
        self.closing.set()
        self._httpd.shutdown()
        self._httpd.server_close()
        self._thread.join(5)

    def answer(self, request: Request) -> Response:
        path = urllib.parse.unquote(request.path)
        if path.startswith("/_sim/"):
            return _control(self.control, request, path)
        call, act = self.service.route(request)
        self.control.faults.count(self.service.name, call)
        fault = self.control.faults.strike(self.service.name, call)
        return act() if fault is None else self._struck(fault, act)

    def _struck(self, fault: Fault, act: Callable[[], Response]) -> Response:
        if fault.fault == "status":
            return self.service.error(fault.status, fault.code, "set at /_sim/faults")
        if fault.fault == "reset":
            raise Hangup
        if fault.fault == "timeout_before":
            self.closing.wait(fault.seconds)
            raise Hangup
        response = act()
        self.closing.wait(fault.seconds)
        if fault.fault == "timeout_after":
            raise Hangup
        return response


class _Httpd(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 256

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that goes away is no news."""


def _control(control: Control, request: Request, path: str) -> Response:
    if path == "/_sim/state" and request.method == "GET":
        return Response.json(200, control.state())
    if path != "/_sim/faults":
        return Response.json(404, {"error": "there are /_sim/state (GET) and /_sim/faults (GET, POST, DELETE)"})
    if request.method == "POST":
        try:
            control.faults.add(Fault.model_validate_json(request.body()))
        except (ValidationError, ValueError) as error:
            return Response.json(400, {"error": str(error)})
    elif request.method == "DELETE":
        control.faults.clear()
    elif request.method != "GET":
        return Response.json(405, {"error": "GET, POST or DELETE"})
    return Response.json(200, {"faults": [fault.model_dump(exclude_none=True) for fault in control.faults.listed()]})


def _handler(server: Server) -> type[BaseHTTPRequestHandler]:
    class Bound(_Handler):
        pass

    Bound.server_ = server
    return Bound


class _Handler(BaseHTTPRequestHandler):
    server_: Server
    protocol_version = "HTTP/1.1"
    timeout = 120
    disable_nagle_algorithm = True

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base class's name
        pass

    def _any(self) -> None:
        request = self._request()
        if request is None:
            return
        try:
            response = self.server_.answer(request)
        except Hangup:
            self._reset()
            return
        except ConnectionError:
            self.close_connection = True
            return
        self._send(request, response)

    do_GET = do_HEAD = do_PUT = do_POST = do_DELETE = do_PATCH = do_OPTIONS = _any  # noqa: N815

    def _request(self) -> Request | None:
        path, _, query = self.path.partition("?")
        stream: Body
        if "chunked" in self.headers.get("Transfer-Encoding", "").lower():
            stream, length = _dechunk(self.rfile)
        else:
            stream, length = self.rfile, int(self.headers.get("Content-Length") or 0)
        return Request(self.command, path, query, self.headers, _Limited(stream, length), length)

    def _send(self, request: Request, response: Response) -> None:
        headers = dict(response.headers)
        if isinstance(response.body, bytes):
            headers.setdefault("Content-Length", str(len(response.body)))
        if isinstance(request.stream, _Limited) and not request.stream.drain():
            headers["Connection"] = "close"
            self.close_connection = True
        self.send_response(response.status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command == "HEAD":
            return
        for piece in (response.body,) if isinstance(response.body, bytes) else response.body:
            self.wfile.write(piece)

    def _reset(self) -> None:
        """RST, so that the client sees a reset and not an empty answer."""
        self.close_connection = True
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.connection.close()


class _Limited:
    """A request body: never reads past its length; `drain` makes the connection usable again."""

    def __init__(self, raw: Body, length: int) -> None:
        self._raw, self._left = raw, length

    def read(self, size: int = -1) -> bytes:
        piece = self._raw.read(self._left if size < 0 else min(size, self._left))
        self._left -= len(piece)
        return piece

    def drain(self, at_most: int = 64 << 20) -> bool:
        if self._left > at_most:
            return False
        while self._left:
            if not self.read(CHUNK):
                return False
        return True


def _dechunk(raw: Any) -> tuple[Body, int]:
    """Chunked transfer encoding, unpacked to a temporary file: its length must be known before it is routed."""
    whole = tempfile.SpooledTemporaryFile(max_size=8 << 20)  # noqa: SIM115 - handed on
    while size := int(raw.readline().split(b";")[0].strip() or b"0", 16):
        whole.write(raw.read(size))
        raw.readline()
    while raw.readline().strip():
        pass
    length = whole.tell()
    whole.seek(0)
    return whole, length
