"""An image at an http or https URL, such as a pre-signed one, whose query is a secret.

request                            response (RFC 9110, 13 to 15)
Range: bytes=FIRST-LAST            206, Content-Range: bytes FIRST-LAST/SIZE; 200 if the server ignores ranges
If-Match: ETAG, if it is strong    412 if the content changed; so did a 206 with another ETag, Last-Modified or SIZE
(the first byte is requested instead of HEAD, because a pre-signed URL may allow only GET)
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPResponse
from typing import Self
from urllib.parse import SplitResult, urljoin, urlsplit

from imagedrop.adapters.http_connections import HttpConnections
from imagedrop.inspection.source import SourceChanged

MAX_REDIRECTS = 5
REDIRECT_STATUSES = (301, 302, 303, 307, 308)
GONE_STATUSES = (404, 410)
TIMEOUT = 15.0  # s


@dataclass(frozen=True, slots=True)
class Version:
    """What distinguishes one content of the URL from another. `size` in bytes."""

    size: int
    etag: str | None
    modified: str | None

    @property
    def strong_etag(self) -> str | None:
        return self.etag if self.etag and self.etag.startswith('"') else None


class HttpSource:
    """A Source. `name` is the URL without its query. Raises OSError (FileNotFoundError, PermissionError ...)."""

    def __init__(self, url: str, timeout: float = TIMEOUT, clock: Callable[[], float] = time.monotonic) -> None:
        self._url = _parse_url(url)
        self.name = f"{self._url.scheme}://{self._url.netloc}{self._url.path}"
        self._connections = HttpConnections(timeout, clock)
        try:
            self._version = self._request_first_byte()
        except BaseException:
            self.close()
            raise
        self.size, self.etag = self._version.size, self._version.strong_etag

    def read(self, offset: int, length: int) -> bytes:
        if length <= 0:
            return b""
        condition = {"If-Match": self.etag} if self.etag else {}
        with self._get_range(offset, length, condition) as response:
            if response.status in (412, 416, *GONE_STATUSES):
                raise SourceChanged(self.name)
            _raise_for_status(response)
            if response.status == 206 and _version_of_range(response, offset, length) == self._version:
                return _read_exactly(response, length)
            if response.status == 206 or _version(response, self.size) != self._version:
                raise SourceChanged(self.name)
            raise _ranges_ignored(response)

    def close(self) -> None:
        self._connections.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _request_first_byte(self) -> Version:
        """Follows redirects. An empty file has no first byte, but its response says so."""
        for _ in range(MAX_REDIRECTS + 1):
            with self._get_range(0, 1) as response:
                if response.status in REDIRECT_STATUSES:
                    self._redirect(response)
                    continue
                if _is_empty_file(response):
                    return _version(response, 0)
                _raise_for_status(response)
                if response.status != 206:
                    raise _ranges_ignored(response)
                version = _version_of_range(response, 0, 1)
                _read_exactly(response, 1)
                return version
        raise OSError(f"more than {MAX_REDIRECTS} redirects")

    def _redirect(self, response: HTTPResponse) -> None:
        """Later reads use the new URL directly."""
        url = _parse_url(urljoin(self._url.geturl(), response.getheader("Location", "")))
        if (self._url.scheme, url.scheme) == ("https", "http"):
            raise OSError("the server redirects from https to http")
        self._url = url

    @contextmanager
    def _get_range(self, offset: int, length: int, more: dict[str, str] | None = None) -> Iterator[HTTPResponse]:
        headers = {"Range": f"bytes={offset}-{offset + length - 1}", "User-Agent": "imagedrop", **(more or {})}
        with self._connections.get(self._url, headers, length) as response:
            yield response


def _parse_url(url: str) -> SplitResult:
    """Without the fragment. Raises OSError unless it is an http or https URL; refuses user names."""
    try:
        parts = urlsplit(url)
        usable = parts.scheme in ("http", "https") and parts.hostname and parts.username is None and parts.port != 0
    except ValueError:
        usable = False
    if not usable:
        raise OSError("not a usable http or https URL")
    return parts._replace(fragment="")


def _version(response: HTTPResponse, size: int) -> Version:
    return Version(size, response.getheader("ETag"), response.getheader("Last-Modified"))


def _version_of_range(response: HTTPResponse, offset: int, length: int) -> Version:
    """For a 206. Raises OSError if it has another range than requested, or no size of the whole file."""
    byte_range, _, size = response.getheader("Content-Range", "").partition("/")
    if byte_range.strip().lower() != f"bytes {offset}-{offset + length - 1}":
        raise OSError("the server returned another range than the requested one")
    if not size.isascii() or not size.isdecimal() or len(size) > 19:
        raise OSError("the server does not return the size of the file")
    return _version(response, int(size))


def _is_empty_file(response: HTTPResponse) -> bool:
    """416 from most servers; OBS answers a range past the end with 200 and the whole file."""
    if response.status == 416:
        return response.getheader("Content-Range", "bytes */0").strip() == "bytes */0"
    return response.status == 200 and response.getheader("Content-Length") == "0"


def _raise_for_status(response: HTTPResponse) -> None:
    """Raises OSError unless the status is 200 or 206."""
    status = response.status
    if status in GONE_STATUSES:
        raise FileNotFoundError(f"there is no such file (HTTP {status})")
    if status in (401, 403):
        raise PermissionError(f"the server refuses access (HTTP {status}): a signed URL may have expired")
    if status not in (200, 206):
        raise ConnectionError(f"the server returned HTTP {status}")


def _read_exactly(response: HTTPResponse, length: int) -> bytes:
    """The body. Raises OSError if it is longer or shorter than `length` bytes."""
    data = response.read(length + 1)
    if len(data) != length:
        raise ConnectionError(
            "the response is longer than requested" if len(data) > length else "the response is incomplete"
        )
    return data


def _ranges_ignored(response: HTTPResponse) -> OSError:
    return OSError(
        f"the server cannot return a part of the file (HTTP {response.status} to a range request): download the file"
    )
