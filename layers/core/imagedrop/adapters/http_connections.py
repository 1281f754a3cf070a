"""GET over kept HTTP connections, one per thread and server, each response with a deadline. Proxies are not used."""

from __future__ import annotations

import http.client
import socket
import string
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from http.client import HTTPConnection, HTTPResponse
from typing import Any
from urllib.parse import SplitResult, quote

from imagedrop.adapters.connections import read_within

MIN_SPEED = 64 * 1024  # bytes/s


class HttpConnections:
    """`timeout`: s until a response is complete, plus its length at MIN_SPEED. `clock`: monotonic seconds."""

    def __init__(self, timeout: float, clock: Callable[[], float]) -> None:
        self._timeout, self._clock = timeout, clock
        self._local = threading.local()
        self._all: list[HTTPConnection] = []

    @contextmanager
    def get(self, url: SplitResult, headers: Mapping[str, str], length: int) -> Iterator[HTTPResponse]:
        """The response; the caller reads up to `length` bytes. Every failure is an OSError without the URL's query."""
        connection = self._connection(url)
        try:
            response = self._request(connection, url, headers, length)
            yield response
            if not response.isclosed():  # the unread rest would precede the next response
                connection.close()
        except BaseException as error:
            connection.close()
            if isinstance(error, (http.client.HTTPException, ValueError)):
                raise ConnectionError(f"no valid HTTP response ({type(error).__name__})") from None
            raise

    def close(self) -> None:
        for connection in self._all:
            connection.close()

    def _connection(self, url: SplitResult) -> HTTPConnection:
        connections: dict[str, HTTPConnection] = self._local.__dict__
        origin = f"{url.scheme}://{url.netloc}"
        if origin not in connections:
            connection_class = http.client.HTTPSConnection if url.scheme == "https" else HTTPConnection
            connections[origin] = connection_class(url.hostname or "", url.port, timeout=self._timeout)
            self._all.append(connections[origin])
        return connections[origin]

    def _request(
        self, connection: HTTPConnection, url: SplitResult, headers: Mapping[str, str], length: int
    ) -> HTTPResponse:
        if connection.sock is not None:
            try:
                connection.sock.settimeout(self._timeout)
                return self._send(connection, url, headers, length)
            except (ConnectionError, http.client.BadStatusLine):
                connection.close()  # the server had closed it since the last request
        return self._send(connection, url, headers, length)

    def _send(
        self, connection: HTTPConnection, url: SplitResult, headers: Mapping[str, str], length: int
    ) -> HTTPResponse:
        deadline = self._clock() + self._timeout + length / MIN_SPEED

        def response_class(sock: socket.socket, **options: Any) -> HTTPResponse:
            return read_within(HTTPResponse(sock, **options), sock, lambda: deadline - self._clock())

        connection.response_class = response_class  # type: ignore[assignment]
        query = f"?{quote(url.query, string.punctuation)}" if url.query else ""
        connection.request("GET", quote(url.path or "/", string.punctuation) + query, headers=dict(headers))
        return connection.getresponse()
