"""Connections of urllib3 that keep the limit of the current call (calls.py). requests and botocore both use urllib3.

Their own time-outs start again with every byte that arrives, so a slow server could hold a call without limit.
"""

from __future__ import annotations

import io
import time
from collections.abc import Callable
from http.client import HTTPResponse
from typing import Any

from imagedrop.adapters.calls import current_call

# s; a connection that was idle for longer is not used again: the other side may have closed it while the function was
# frozen, and a request that meets a closed connection has an unknown outcome.
MAX_IDLE = 20.0
SEND_TIMEOUT = 60.0  # s without progress, for an upload whose call has a longer limit
SHORTEST_TIMEOUT = 0.001  # s; 0 would mean not to wait at all


class DeadlineReader(io.RawIOBase):
    """The bytes of a socket, for headers and body. Raises TimeoutError when no seconds are `left`."""

    def __init__(self, raw: io.RawIOBase, sock: Any, left: Callable[[], float]) -> None:
        self._raw, self._sock, self._left = raw, sock, left

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        if (left := self._left()) <= 0:
            raise TimeoutError("the response is too slow")
        self._sock.settimeout(left)
        return self._raw.readinto(buffer)

    def close(self) -> None:
        self._raw.close()
        super().close()


def read_within(response: HTTPResponse, sock: Any, left: Callable[[], float]) -> HTTPResponse:
    """A response that has not been read yet, with a deadline for headers and body together."""
    response.fp = io.BufferedReader(DeadlineReader(response.fp.detach(), sock, left))
    return response


class _Limited:
    """Before the connection class of a pool in the order of inheritance."""

    sock: Any
    timeout: Any
    response_class: Any
    _used_at = 0.0

    @property
    def is_connected(self) -> bool:
        connected: bool = super().is_connected  # type: ignore[misc]
        return connected and time.time() - self._used_at < MAX_IDLE

    def connect(self) -> None:
        if call := current_call():
            call.moment = "before"
            self.timeout = max(SHORTEST_TIMEOUT, min(self.timeout, call.left()))
        super().connect()  # type: ignore[misc]

    def send(self, data: Any) -> None:
        if self.sock is None:
            self.connect()
        self._used_at, call = time.time(), current_call()
        if call is not None:
            call.moment = "sending"
        left = call.left() if call else SEND_TIMEOUT
        self.sock.settimeout(max(SHORTEST_TIMEOUT, min(SEND_TIMEOUT, left)))
        super().send(data)  # type: ignore[misc]

    def getresponse(self) -> Any:
        call, usual, timeout = current_call(), self.response_class, self.timeout
        if call is None:
            return super().getresponse()  # type: ignore[misc]
        call.moment = "after"
        left = lambda: min(timeout, call.left())  # noqa: E731
        self.response_class = lambda sock, **options: read_within(usual(sock, **options), sock, left)
        try:
            return super().getresponse()  # type: ignore[misc]
        finally:
            self.response_class = usual


def limited_pool(pool_class: type[Any]) -> type[Any]:
    """A pool class of urllib3 with such connections."""
    connection_class = pool_class.ConnectionCls
    limited = type(f"Limited{connection_class.__name__}", (_Limited, connection_class), {})
    return type(f"Limited{pool_class.__name__}", (pool_class,), {"ConnectionCls": limited})
