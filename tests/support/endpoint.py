"""An HTTP endpoint for pushes: it records them and answers with given statuses."""

from __future__ import annotations

import json
import threading
import time
import urllib.request
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from tests.support.waiting import PATIENCE


@dataclass(frozen=True)
class Push:
    headers: Message
    body: dict[str, Any]
    at: float = field(default_factory=time.monotonic)


class Endpoint:
    """`answers`: the statuses for the next pushes (0: no answer); then 200."""

    def __init__(self) -> None:
        self.answers: deque[int] = deque()
        self.pushes: list[Push] = []
        self._changed = threading.Condition()
        self._released = threading.Event()
        self._httpd = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._httpd.daemon_threads = True
        self._httpd.block_on_close = False
        self.url = f"http://127.0.0.1:{self._httpd.server_address[1]}/hook?a=b"
        self._thread = threading.Thread(target=self._httpd.serve_forever, args=(0.01,), daemon=True)
        self._thread.start()

    def stop(self) -> None:
        self.release()
        self._httpd.shutdown()
        self._httpd.server_close()
        self._thread.join()

    def receive(self, push: Push) -> int:
        with self._changed:
            self.pushes.append(push)
            self._changed.notify_all()
            return self.answers.popleft() if self.answers else 200

    def wait_for_release(self) -> None:
        self._released.wait(PATIENCE)

    def release(self) -> None:
        """Closes the connections of pushes that got no answer."""
        self._released.set()

    def of(self, kind: str) -> list[Push]:
        return [push for push in list(self.pushes) if push.body["type"] == kind]

    def wait(self, count: int, kind: str = "Notification") -> list[Push]:
        """The pushes of a kind once there are `count`."""
        self.until(lambda: len(self.of(kind)) >= count)
        return self.of(kind)

    def until(self, met: Callable[[], bool]) -> None:
        with self._changed:
            assert self._changed.wait_for(met, PATIENCE), f"got {[push.body for push in self.pushes]}"


def visit(url: str) -> bytes:
    """The body that a GET returns. Raises urllib.error.HTTPError."""
    with urllib.request.urlopen(url) as answer:
        return bytes(answer.read())


def _handler(endpoint: Endpoint) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            status = endpoint.receive(Push(self.headers, body))
            if not status:
                endpoint.wait_for_release()
                return
            self.send_response(status)
            self.send_header("Location", "http://127.0.0.1:1/")
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base class's name
            pass

    return Handler
