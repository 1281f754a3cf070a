"""GET for the addresses that a push may name (certificate, confirmation): no redirects, little time, little data."""

from __future__ import annotations

import http.client
import time
import urllib.request
from typing import Protocol

TIMEOUT = 3.0  # s; SMN waits 5 s for the whole push
LIMIT = 64 * 1024


class FetchFailed(Exception):
    """There was no 200 with a body in time. It may pass."""


class FetchTooLong(FetchFailed):
    """It answered 200, with a body over the limit."""


class Fetch(Protocol):
    def __call__(self, url: str) -> bytes:
        """The body that `url` answers with. Raises FetchFailed."""


def fetch(url: str, timeout: float = TIMEOUT, limit: int = LIMIT) -> bytes:
    """Raises FetchFailed; a redirect is a failure too. Only http and https: the opener knows nothing else."""
    end = time.monotonic() + timeout
    try:
        with _opener().open(url, timeout=timeout) as response:
            if response.status != 200:
                raise FetchFailed(f"{_host(url)} answered HTTP {response.status}")
            return _read(response, limit, end)
    except (OSError, ValueError, http.client.HTTPException) as error:  # URLError is an OSError
        raise FetchFailed(f"{_host(url)}: {error}") from None


def _opener() -> urllib.request.OpenerDirector:
    """Without HTTPErrorProcessor and HTTPRedirectHandler every status is an answer, and none is followed."""
    opener = urllib.request.OpenerDirector()
    for handler in (urllib.request.ProxyHandler, urllib.request.HTTPHandler, urllib.request.HTTPSHandler):
        opener.add_handler(handler())
    opener.add_handler(urllib.request.UnknownHandler())
    return opener


class _Readable(Protocol):
    def read1(self, size: int = -1, /) -> bytes: ...


def _read(response: _Readable, limit: int, end: float) -> bytes:
    whole = b""
    while piece := response.read1(limit + 1 - len(whole)):
        whole += piece
        if len(whole) > limit:
            raise FetchTooLong(f"a body of more than {limit} bytes")
        if time.monotonic() > end:
            raise FetchFailed("the body came too slowly")
    return whole


def _host(url: str) -> str:
    """Only the origin is said: the rest of a confirmation address holds its token."""
    return "/".join(url.split("/", 3)[:3])
