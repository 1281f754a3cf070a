"""Connections that are kept between calls."""

from __future__ import annotations

import time

import pytest

from imagedrop.adapters.connections import MAX_IDLE, limited_pool


class Connection:
    """Of urllib3, as far as it matters here: it believes to be connected until it is used."""

    is_connected = True
    sock = None
    timeout = 3.0

    def connect(self) -> None:
        self.sock = Socket()

    def send(self, data: bytes) -> None:
        pass


class Socket:
    def settimeout(self, seconds: float) -> None:
        pass


class Pool:
    ConnectionCls = Connection


@pytest.mark.parametrize(("idle", "used_again"), [(0, True), (MAX_IDLE - 1, True), (MAX_IDLE + 1, False)])
def test_connection_that_was_idle_for_long_is_not_used_again(
    idle: float, used_again: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The other side may have closed it while the function was frozen: the outcome of a request would be unknown."""
    now = time.time()
    connection = limited_pool(Pool).ConnectionCls()
    monkeypatch.setattr("imagedrop.adapters.connections.time.time", lambda: now)
    connection.send(b"request")
    monkeypatch.setattr("imagedrop.adapters.connections.time.time", lambda: now + idle)
    assert connection.is_connected is used_again
