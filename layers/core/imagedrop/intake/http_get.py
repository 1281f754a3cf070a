"""GET for the addresses that a push may name (certificate, confirmation): no redirects, little time, little data."""

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
    """There was no 200 with a body in time. It may pass."""


class FetchTooLarge(FetchFailed):
    """It answered 200, with a body over the limit."""


class Fetch(Protocol):
    def __call__(self, url: str) -> bytes:
        """The body that `url` answers with. Raises FetchFailed."""


def fetch(url: str, timeout: float = TIMEOUT, limit: int = MAX_BYTES) -> bytes:
    """Raises FetchFailed; a redirect is a failure too. Only http and https: the opener knows nothing else."""
    try:
        with _Deadline(timeout) as deadline, _opener(deadline).open(url, timeout=timeout) as response:
            if response.status != 200:
                raise FetchFailed(f"{_host(url)} answered HTTP {response.status}")
            return _read(response, limit, deadline)
    except (OSError, ValueError, http.client.HTTPException) as error:  # URLError is an OSError
        raise FetchFailed(f"{_host(url)}: {error}") from None


class _Deadline:
    """Ends connections when the time is over. A time-out of the socket's own begins anew with every byte and with every
    address of a host, and counts no time that it takes to look them up."""

    def __init__(self, seconds: float) -> None:
        self._until = time.monotonic() + seconds
        self._timer = threading.Timer(seconds, self._end)
        self._timer.daemon = True
        self._ends: list[socket.socket] = []
        self.over = False

    def __enter__(self) -> Self:
        self._timer.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._timer.cancel()
        for end in self._ends:
            end.close()

    def connect(self, *arguments: Any) -> socket.socket:
        """socket.create_connection; a second descriptor is kept, for TLS takes the first one over."""
        answers: SimpleQueue[socket.socket | Exception] = SimpleQueue()
        threading.Thread(target=self._connect, args=(answers, arguments), daemon=True).start()
        try:
            made = answers.get(timeout=max(0.0, self._until - time.monotonic()))
        except Empty:
            self.over = True
            raise TimeoutError("no connection in time") from None
        if isinstance(made, Exception):
            raise made
        self._ends.append(made.dup())
        if self.over:
            self._end()
        return made

    def _connect(self, answers: SimpleQueue[socket.socket | Exception], arguments: tuple[Any, ...]) -> None:
        try:
            made = socket.create_connection(*arguments)
        except Exception as error:  # noqa: BLE001 - whoever waits raises it
            answers.put(error)
            return
        if self.over:
            made.close()  # nobody waits any more
        else:
            answers.put(made)

    def _end(self) -> None:
        self.over = True
        for end in self._ends:
            with contextlib.suppress(OSError):  # it has ended by itself
                end.shutdown(socket.SHUT_RDWR)


class _Http(urllib.request.HTTPHandler, urllib.request.HTTPSHandler):
    def __init__(self, deadline: _Deadline) -> None:
        super().__init__()
        self._deadline = deadline

    def http_open(self, req: urllib.request.Request) -> http.client.HTTPResponse:
        return self.do_open(self._timed(http.client.HTTPConnection), req)

    def https_open(self, req: urllib.request.Request) -> http.client.HTTPResponse:
        return self.do_open(self._timed(http.client.HTTPSConnection), req, context=ssl.create_default_context())

    def _timed(self, kind: type[http.client.HTTPConnection]) -> Any:
        def made(*arguments: Any, **named: Any) -> http.client.HTTPConnection:
            connection = kind(*arguments, **named)
            connection._create_connection = self._deadline.connect  # type: ignore[attr-defined]
            return connection

        return made


def _opener(deadline: _Deadline) -> urllib.request.OpenerDirector:
    """Without HTTPErrorProcessor and HTTPRedirectHandler every status is an answer, and none is followed."""
    opener = urllib.request.OpenerDirector()
    for handler in (urllib.request.ProxyHandler(), _Http(deadline), urllib.request.UnknownHandler()):
        opener.add_handler(handler)
    return opener


class _Readable(Protocol):
    def read1(self, size: int = -1, /) -> bytes: ...


def _read(response: _Readable, limit: int, deadline: _Deadline) -> bytes:
    whole = b""
    while piece := response.read1(limit + 1 - len(whole)):
        whole += piece
        if len(whole) > limit:
            raise FetchTooLarge(f"a body of more than {limit} bytes")
    if deadline.over:  # what was cut off looks like an end
        raise FetchFailed("the body came too slowly")
    return whole


def _host(url: str) -> str:
    """Only the origin is said: the rest of a confirmation address holds its token."""
    return "/".join(url.split("/", 3)[:3])
