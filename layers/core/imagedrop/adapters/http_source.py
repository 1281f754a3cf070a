"""An image behind an http or https address, such as a pre-signed one, whose query is a secret.

asked                              answered (RFC 9110, 13 to 15)
Range: bytes=FIRST-LAST            206, Content-Range: bytes FIRST-LAST/SIZE; 200: it ignores ranges
If-Match: ETAG, where it is strong 412: another content; so is another ETag, Last-Modified or SIZE in a 206
(a pre-signed address may allow GET alone, so the first byte is asked for instead of HEAD)
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.client import HTTPResponse
from types import TracebackType
from typing import NamedTuple
from urllib.parse import urljoin

from imagedrop.adapters.http_connections import Connections, address, body, shown
from imagedrop.inspection.source import SourceChanged

REDIRECTS = 5
MOVED = (301, 302, 303, 307, 308)
GONE = (404, 410)
PATIENCE = 15.0  # s


class Content(NamedTuple):
    """What tells one content from another. `size` in bytes."""

    size: int
    etag: str | None
    modified: str | None

    @property
    def strong(self) -> str | None:
        return self.etag if self.etag and self.etag.startswith('"') else None


class HttpSource:
    """`name` shows no query. Raises OSError (FileNotFoundError, PermissionError, ...); `close` when done."""

    def __init__(self, url: str, patience: float = PATIENCE, clock: Callable[[], float] = time.monotonic) -> None:
        self._url = address(url)
        self.name = shown(self._url)
        self._connections = Connections(patience, clock)
        try:
            self._content = self._first()
        except BaseException:
            self.close()
            raise
        self.size, self.etag = self._content.size, self._content.strong

    def read(self, offset: int, length: int) -> bytes:
        if length <= 0:
            return b""
        condition = {"If-Match": self.etag} if self.etag else {}
        with self._range(offset, length, condition) as answer:
            if answer.status in (412, 416, *GONE):
                raise SourceChanged(self.name)
            _refuse(answer)
            if answer.status == 206 and self._told(answer, offset, length) == self._content:
                return body(answer, length)
            if answer.status == 206 or _content(answer, self.size) != self._content:
                raise SourceChanged(self.name)
            raise _no_ranges(answer)

    def close(self) -> None:
        self._connections.close()

    def __enter__(self) -> HttpSource:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def _first(self) -> Content:
        """Asks for the first byte, which an empty file does not have."""
        for _ in range(REDIRECTS + 1):
            with self._range(0, 1) as answer:
                if answer.status in MOVED:
                    self._move(answer)
                    continue
                if _empty(answer):
                    return _content(answer, 0)
                _refuse(answer)
                if answer.status != 206:
                    raise _no_ranges(answer)
                told = self._told(answer, 0, 1)
                body(answer, 1)
                return told
        raise OSError(f"more than {REDIRECTS} redirects")

    def _move(self, answer: HTTPResponse) -> None:
        """Later reads go to the new place at once."""
        place = address(urljoin(self._url.geturl(), answer.getheader("Location", "")))
        if (self._url.scheme, place.scheme) == ("https", "http"):
            raise OSError("it redirects from https to http")
        self._url = place

    @contextmanager
    def _range(self, offset: int, length: int, more: dict[str, str] | None = None) -> Iterator[HTTPResponse]:
        headers = {"Range": f"bytes={offset}-{offset + length - 1}", "User-Agent": "imagedrop", **(more or {})}
        with self._connections.get(self._url, headers, length) as answer:
            yield answer

    def _told(self, answer: HTTPResponse, offset: int, length: int) -> Content:
        """What a 206 says of the whole. Raises OSError where it holds another range than was asked for."""
        said = answer.getheader("Content-Range", "")
        place, _, size = said.partition("/")
        if place.strip().lower() != f"bytes {offset}-{offset + length - 1}":
            raise OSError("the server answers with another range than was asked for")
        if not size.isascii() or not size.isdecimal() or len(size) > 19:
            raise OSError("the server does not say how large the file is")
        return _content(answer, int(size))


def _content(answer: HTTPResponse, size: int) -> Content:
    return Content(size, answer.getheader("ETag"), answer.getheader("Last-Modified"))


def _empty(answer: HTTPResponse) -> bool:
    """An empty file has no first byte. OBS answers a range that does not fit with the whole."""
    if answer.status == 416:
        return answer.getheader("Content-Range", "bytes */0").strip() == "bytes */0"
    return answer.status == 200 and answer.getheader("Content-Length") == "0"


def _refuse(answer: HTTPResponse) -> None:
    """Raises OSError for every answer that means no."""
    status = answer.status
    if status in GONE:
        raise FileNotFoundError(f"there is no such file (HTTP {status})")
    if status in (401, 403):
        raise PermissionError(f"the server refuses (HTTP {status}): a signed address may have expired")
    if status not in (200, 206):
        raise ConnectionError(f"the server answers HTTP {status}")


def _no_ranges(answer: HTTPResponse) -> OSError:
    return OSError(f"the server cannot answer with a part of the file (HTTP {answer.status} to a range): download it")
