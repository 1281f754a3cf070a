"""One connection: reads requests, sends responses, and closes or resets connections for faults."""

from __future__ import annotations

import socket
import struct
from collections.abc import Callable
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from imagedrop_local.web.bodies import BoundedBody, decode_chunked, parse_length
from imagedrop_local.web.messages import Body, CloseConnection, FileSlice, Request, Response


class Httpd(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 256

    def __init__(self, *args: Any) -> None:
        self._open: set[socket.socket] = set()
        super().__init__(*args)

    def process_request(self, request: Any, client_address: Any) -> None:
        self._open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        self._open.discard(request)
        super().shutdown_request(request)

    def hang_up(self) -> None:
        """Closes the connections that are kept alive: a stopped server must not answer."""
        for connection in list(self._open):
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Prints nothing: clients may close connections."""


def handler_class(answer: Callable[[Request], Response]) -> type[BaseHTTPRequestHandler]:
    """A handler class that answers requests with `answer`."""
    return type("Bound", (Handler,), {"answer": staticmethod(answer)})


class Handler(BaseHTTPRequestHandler):
    answer: Callable[[Request], Response]
    protocol_version = "HTTP/1.1"
    server_version, sys_version = "simulator", ""
    timeout = 120
    disable_nagle_algorithm = True

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base class's name
        pass

    def _handle(self) -> None:
        try:
            request = self._request()
        except ValueError as error:
            self.close_connection = True
            self.send_error(400, str(error))
        except ConnectionError:
            self.close_connection = True
        else:
            self._answer(request)

    def _answer(self, request: Request) -> None:
        response = None
        try:
            response = type(self).answer(request)
            self._send(request, response)
        except CloseConnection:
            self._reset()
        except ConnectionError:
            self.close_connection = True
        finally:
            if response:
                response.close()
            if isinstance(request.stream, BoundedBody):
                request.stream.close(keep=self.rfile)

    do_GET = do_HEAD = do_PUT = do_POST = do_DELETE = do_PATCH = do_OPTIONS = _handle  # noqa: N815

    def _request(self) -> Request:
        # self.path folds leading slashes into one; object keys may start with several.
        path, _, query = self.requestline.split()[1].partition("?")
        stream: Body = self.rfile
        if "chunked" in self.headers.get("Transfer-Encoding", "").lower():
            stream, length = decode_chunked(self.rfile)
        else:
            length = parse_length(self.headers.get("Content-Length") or "0", 10)
        client = str(self.client_address[0])
        return Request(self.command, path, query, self.headers, BoundedBody(stream, length), length, client)

    def _send(self, request: Request, response: Response) -> None:
        headers = dict(response.headers)
        if isinstance(response.body, bytes):
            headers.setdefault("Content-Length", str(len(response.body)))
        if isinstance(request.stream, BoundedBody) and not request.stream.drain():
            headers["Connection"] = "close"
            self.close_connection = True
        self.send_response(response.status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        body = response.body
        if isinstance(body, FileSlice):
            self._send_file(body)
        elif self.command != "HEAD":
            for piece in (body,) if isinstance(body, bytes) else body:
                self.wfile.write(piece)

    def _send_file(self, body: FileSlice) -> None:
        if self.command == "HEAD" or not body.length:
            return
        if self.connection.sendfile(body.file, body.offset, body.length) < body.length:
            self.close_connection = True  # the file became shorter than the Content-Length sent

    def _reset(self) -> None:
        """Sends RST, so that the client sees a reset and not an empty answer."""
        self.close_connection = True
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.connection.close()
