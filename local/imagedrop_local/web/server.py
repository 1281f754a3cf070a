"""An HTTP server in threads, with keep-alive and streamed bodies."""

from __future__ import annotations

import threading
from collections.abc import Callable
from functools import partial
from typing import Self

from imagedrop_local.web.handler import Httpd, handler_class
from imagedrop_local.web.messages import Request, Response


class HttpServer:
    """Answers requests on 127.0.0.1 with `answer`. Port 0: any free one. Raises OSError if the port is in use."""

    def __init__(
        self, name: str, answer: Callable[[Request], Response], port: int = 0, host: str = "127.0.0.1"
    ) -> None:
        self.closing = threading.Event()
        try:
            self._httpd = Httpd((host, port), handler_class(answer))
        except OSError as error:
            raise OSError(error.errno, f"{name} cannot listen on {host}:{port}: {error.strerror}") from None
        self.port: int = self._httpd.server_address[1]
        self.url = f"http://{host}:{self.port}"
        serve = partial(self._httpd.serve_forever, 0.05)  # s; `stop` waits at most this long
        self._thread = threading.Thread(target=serve, name=f"http-{name}", daemon=True)

    def start(self) -> Self:
        self._thread.start()
        return self

    def stop(self) -> None:
        self.closing.set()
        self._httpd.shutdown()
        self._httpd.server_close()
        self._httpd.hang_up()
        self._thread.join(5)
