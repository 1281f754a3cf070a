"""What the client libraries take for sockets. Every connection carries one request."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Protocol

import pytest
import urllib3.util
import urllib3.util.connection


class Exchange(Protocol):
    """One request and its answer. Every method may raise the error of a socket."""

    def send(self, data: bytes) -> None: ...

    def answer(self, timeout: float) -> bytes:
        """The whole answer to what was sent. `timeout`: s that the client waits for it."""


class Socket:
    def __init__(self, exchange: Exchange, timeout: float) -> None:
        self._exchange, self._timeout = exchange, timeout

    def settimeout(self, timeout: float | None) -> None:
        self._timeout = timeout if timeout is not None else 1e9

    def sendall(self, data: bytes) -> None:
        self._exchange.send(bytes(data))

    def makefile(self, *_: Any, **__: Any) -> io.BufferedReader:
        return io.BufferedReader(_Answer(self))

    def read(self) -> bytes:
        return self._exchange.answer(self._timeout)

    def close(self) -> None:
        pass

    shutdown = setsockopt = lambda self, *_: None


class _Answer(io.RawIOBase):
    """Asks for the answer when its first bytes are read."""

    def __init__(self, sock: Socket) -> None:
        self._socket = sock
        self._rest: bytes | None = None

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        if self._rest is None:
            self._rest = self._socket.read()
        part, self._rest = self._rest[: len(buffer)], self._rest[len(buffer) :]
        buffer[: len(part)] = part
        return len(part)


@contextmanager
def connections(connect: Callable[[str, float], Exchange]) -> Iterator[None]:
    """Every connection of urllib3 is made by `connect(host, timeout in s)`. botocore and requests both use urllib3."""

    def create_connection(address: tuple[str, int], timeout: Any = None, **_: Any) -> Socket:
        seconds = timeout if isinstance(timeout, (int, float)) else 60.0
        return Socket(connect(address[0], seconds), seconds)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(urllib3.util.connection, "create_connection", create_connection)
        patch.setattr(urllib3.util, "wait_for_read", lambda *_: False)  # no 100 Continue comes
        yield
