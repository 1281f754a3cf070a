"""HTTP with the standard library alone: GET over connections that are kept, one a thread; proxies are not used."""

from __future__ import annotations

import http.client
import io
import socket
import string
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from http.client import HTTPConnection, HTTPResponse
from typing import Any
from urllib.parse import SplitResult, quote, urlsplit

SLOWEST = 64 * 1024  # bytes a second


class Connections:
    """`patience`: seconds that an answer may take, and more the longer it is. `clock`: monotonic seconds."""

    def __init__(self, patience: float, clock: Callable[[], float]) -> None:
        self._patience, self._clock = patience, clock
        self._local = threading.local()
        self._all: list[HTTPConnection] = []

    @contextmanager
    def get(self, url: SplitResult, headers: Mapping[str, str], length: int) -> Iterator[HTTPResponse]:
        """The answer, of which `length` bytes or fewer are wanted. Every failure is an OSError that shows no query."""
        connection = self._mine(url)
        try:
            answer = self._ask(connection, url, headers, length)
            yield answer
            if not answer.isclosed():  # the rest of its body lies before the next answer
                connection.close()
        except BaseException as error:
            connection.close()
            if isinstance(error, (http.client.HTTPException, ValueError)):
                raise ConnectionError(f"no answer in HTTP ({type(error).__name__})") from None
            raise

    def close(self) -> None:
        for connection in self._all:
            connection.close()

    def _mine(self, url: SplitResult) -> HTTPConnection:
        kept: dict[str, Any] = self._local.__dict__
        place = f"{url.scheme}://{url.netloc}"
        if place not in kept:
            kind = http.client.HTTPSConnection if url.scheme == "https" else HTTPConnection
            kept[place] = kind(url.hostname or "", url.port, timeout=self._patience)
            self._all.append(kept[place])
        connection: HTTPConnection = kept[place]
        return connection

    def _ask(
        self, connection: HTTPConnection, url: SplitResult, headers: Mapping[str, str], length: int
    ) -> HTTPResponse:
        if connection.sock is not None:
            try:
                connection.sock.settimeout(self._patience)
                return self._once(connection, url, headers, length)
            except (ConnectionError, http.client.BadStatusLine):
                connection.close()  # as the server had done meanwhile
        return self._once(connection, url, headers, length)

    def _once(
        self, connection: HTTPConnection, url: SplitResult, headers: Mapping[str, str], length: int
    ) -> HTTPResponse:
        end = self._clock() + self._patience + length / SLOWEST

        def in_time(sock: socket.socket, **more: Any) -> HTTPResponse:
            answer = HTTPResponse(sock, **more)
            answer.fp = io.BufferedReader(_InTime(answer.fp.detach(), sock, lambda: end - self._clock()))
            return answer

        connection.response_class = in_time  # type: ignore[assignment]
        query = f"?{quote(url.query, string.punctuation)}" if url.query else ""
        connection.request("GET", quote(url.path or "/", string.punctuation) + query, headers=dict(headers))
        return connection.getresponse()


class _InTime(io.RawIOBase):
    """A socket's bytes, headers and body alike, until no seconds are `left`."""

    def __init__(self, raw: io.RawIOBase, sock: socket.socket, left: Callable[[], float]) -> None:
        self._raw, self._sock, self._left = raw, sock, left

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        if (left := self._left()) <= 0:
            raise TimeoutError("the answer comes too slowly")
        self._sock.settimeout(left)
        return self._raw.readinto(buffer)

    def close(self) -> None:
        self._raw.close()
        super().close()


def body(answer: HTTPResponse, length: int) -> bytes:
    """Exactly so many bytes. Raises OSError for more and for fewer."""
    data = answer.read(length + 1)
    if len(data) != length:
        raise ConnectionError("more came than was asked for" if len(data) > length else "the answer broke off")
    return data


def address(url: str) -> SplitResult:
    """Raises OSError for what is no http or https address. The fragment is left out; a user's name is not taken."""
    try:
        parts = urlsplit(url)
        usable = parts.scheme in ("http", "https") and parts.hostname and parts.username is None and parts.port != 0
    except ValueError:
        usable = False
    if not usable:
        raise OSError("this is no http or https address that can be read")
    return parts._replace(fragment="")


def shown(url: SplitResult) -> str:
    """Without the query, which may hold a signature."""
    return f"{url.scheme}://{url.netloc}{url.path}"
