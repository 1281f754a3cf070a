"""A file on a ranged HTTP server: connections that are kept, one for each request under way."""

from __future__ import annotations

import http.client
from queue import Empty, LifoQueue
from urllib.parse import urlsplit

PATIENCE = 30.0  # seconds for an answer


class HttpFile:
    """`size` in bytes; `read` may be called by many threads at once. Raises OSError where the server refuses."""

    def __init__(self, url: str) -> None:
        split = urlsplit(url)
        self.name, self._host, self._path = url, split.netloc, split.path
        self._idle: LifoQueue[http.client.HTTPConnection] = LifoQueue()
        headers = self._ask("HEAD", {})[1]
        self.size, self._etag = int(headers["Content-Length"]), headers["ETag"]

    def read(self, offset: int, length: int) -> bytes:
        wanted = {"Range": f"bytes={offset}-{offset + length - 1}", "If-Match": self._etag}
        return self._ask("GET", wanted)[0]

    def _ask(self, method: str, headers: dict[str, str]) -> tuple[bytes, http.client.HTTPMessage]:
        try:
            connection = self._idle.get_nowait()
        except Empty:
            connection = http.client.HTTPConnection(self._host, timeout=PATIENCE)
        connection.request(method, self._path, headers=headers)
        answer = connection.getresponse()
        body = answer.read()
        if answer.status not in (200, 206):
            raise OSError(f"{method} {self.name}: {answer.status} {answer.reason}")
        self._idle.put(connection)
        return body, answer.headers
