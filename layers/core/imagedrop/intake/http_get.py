"""GET for the URLs in a push (certificate, confirmation): no redirects, one deadline, a size limit."""

from __future__ import annotations

import contextlib
import http.client
import socket
import ssl
import threading
import time
import urllib.request
from queue import Empty, SimpleQueue
from typing import Any, Protocol, Self

TIMEOUT = 3.0  # s; SMN waits 5 s for the whole push
MAX_BYTES = 64 * 1024


class FetchFailed(Exception):
    """No 200 with a complete body in time. A retry may succeed."""


class FetchTooLarge(FetchFailed):
    """The status was 200, but the body is over the limit."""


class Fetch(Protocol):
    def __call__(self, url: str) -> bytes:
        """The body of the response. Raises FetchFailed."""


def fetch(url: str, timeout: float = TIMEOUT, limit: int = MAX_BYTES) -> bytes:
    """`timeout`: s, for all of it; `limit`: bytes. Raises FetchFailed, also for a redirect. Only http and https."""
    try:
        with _Deadline(timeout) as deadline, _opener(deadline).open(url, timeout=timeout) as response:
            if response.status != 200:
                raise FetchFailed(f"{_origin(url)} answered HTTP {response.status}")
            return _read(response, limit, deadline)
    except (OSError, ValueError, http.client.HTTPException) as error:  # URLError is an OSError
        raise FetchFailed(f"{_origin(url)}: {error}") from None


class _Deadline:
    """Shuts connections down at the deadline. A socket's own time-out starts again with every byte and every address
    of a host, and does not cover DNS."""

    def __init__(self, seconds: float) -> None:
        self._until = time.monotonic() + seconds
        self._timer = threading.Timer(seconds, self._shut_down)
        self._timer.daemon = True
        self._sockets: list[socket.socket] = []
        self.over = False

    def __enter__(self) -> Self:
        self._timer.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._timer.cancel()
        for connection in self._sockets:
            connection.close()

    def connect(self, *arguments: Any) -> socket.socket:
        """socket.create_connection, with the deadline. Keeps a duplicate: TLS takes over the descriptor."""
        results: SimpleQueue[socket.socket | Exception] = SimpleQueue()
        threading.Thread(target=self._connect, args=(results, arguments), daemon=True).start()
        try:
            result = results.get(timeout=max(0.0, self._until - time.monotonic()))
        except Empty:
            self.over = True
            raise TimeoutError("no connection in time") from None
        if isinstance(result, Exception):
            raise result
        self._sockets.append(result.dup())
        if self.over:
            self._shut_down()
        return result

    def _connect(self, results: SimpleQueue[socket.socket | Exception], arguments: tuple[Any, ...]) -> None:
        try:
            connection = socket.create_connection(*arguments)
        except Exception as error:  # noqa: BLE001 - `connect` raises it
            results.put(error)
            return
        if self.over:
            connection.close()  # `connect` has stopped waiting
        else:
            results.put(connection)

    def _shut_down(self) -> None:
        self.over = True
        for connection in self._sockets:
            with contextlib.suppress(OSError):  # already closed by the other side
                connection.shutdown(socket.SHUT_RDWR)


class _DeadlineHandler(urllib.request.HTTPHandler, urllib.request.HTTPSHandler):
    def __init__(self, deadline: _Deadline) -> None:
        super().__init__()
        self._deadline = deadline

    def http_open(self, req: urllib.request.Request) -> http.client.HTTPResponse:
        return self.do_open(self._connection_class(http.client.HTTPConnection), req)

    def https_open(self, req: urllib.request.Request) -> http.client.HTTPResponse:
        return self.do_open(
            self._connection_class(http.client.HTTPSConnection), req, context=ssl.create_default_context()
        )

    def _connection_class(self, base: type[http.client.HTTPConnection]) -> Any:
        def make(*arguments: Any, **options: Any) -> http.client.HTTPConnection:
            connection = base(*arguments, **options)
            connection._create_connection = self._deadline.connect  # type: ignore[attr-defined]
            return connection

        return make


def _opener(deadline: _Deadline) -> urllib.request.OpenerDirector:
    """Without HTTPErrorProcessor and HTTPRedirectHandler: every status is returned, and no redirect is followed."""
    opener = urllib.request.OpenerDirector()
    for handler in (urllib.request.ProxyHandler(), _DeadlineHandler(deadline), urllib.request.UnknownHandler()):
        opener.add_handler(handler)
    return opener


class _Readable(Protocol):
    def read1(self, size: int = -1, /) -> bytes: ...


def _read(response: _Readable, limit: int, deadline: _Deadline) -> bytes:
    body = b""
    while chunk := response.read1(limit + 1 - len(body)):
        body += chunk
        if len(body) > limit:
            raise FetchTooLarge(f"the body has more than {limit} bytes")
    if deadline.over:  # after the shutdown a partial body looks complete
        raise FetchFailed("the body was not complete in time")
    return body


def _origin(url: str) -> str:
    """For error messages: the rest of a confirmation URL holds its token."""
    return "/".join(url.split("/", 3)[:3])
