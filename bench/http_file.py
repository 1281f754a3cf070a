"""A file on an HTTP server that supports ranges. Connections are kept, one for each parallel request."""

from __future__ import annotations

import http.client
from queue import Empty, LifoQueue
from urllib.parse import urlsplit

TIMEOUT = 30.0  # s


class HttpFile:
    """`size` in bytes. `read` is thread-safe. Raises OSError if the server refuses."""

    def __init__(self, url: str) -> None:
        split = urlsplit(url)
        self.name, self._host, self._path = url, split.netloc, split.path
        self._idle: LifoQueue[http.client.HTTPConnection] = LifoQueue()
        headers = self._request("HEAD", {})[1]
        self.size, self._etag = int(headers["Content-Length"]), headers["ETag"]

    def read(self, offset: int, length: int) -> bytes:
        headers = {"Range": f"bytes={offset}-{offset + length - 1}", "If-Match": self._etag}
        return self._request("GET", headers)[0]

    def _request(self, method: str, headers: dict[str, str]) -> tuple[bytes, http.client.HTTPMessage]:
        try:
            connection = self._idle.get_nowait()
        except Empty:
            connection = http.client.HTTPConnection(self._host, timeout=TIMEOUT)
        connection.request(method, self._path, headers=headers)
        response = connection.getresponse()
        body = response.read()
        if response.status not in (200, 206):
            raise OSError(f"{method} {self.name}: {response.status} {response.reason}")
        self._idle.put(connection)
        return body, response.headers
