"""A server that accepts connections, reads requests and never answers."""

from __future__ import annotations

import contextlib
import re
import socket
import threading
from typing import Self


class HangingServer:
    """`requests`: the complete ones, `GET /path` or, for AWS's JSON protocol, the operation. Ends with the block."""

    def __init__(self) -> None:
        self.requests: list[str] = []
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=128)
        self._open: list[socket.socket] = []
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        threading.Thread(target=self._accept, daemon=True).start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for connection in self._open:
            connection.close()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                connection, _ = self._listener.accept()
                self._open.append(connection)
                threading.Thread(target=self._read, args=(connection,), daemon=True).start()

    def _read(self, connection: socket.socket) -> None:
        """Reads requests until the client closes the connection. It sends the next one only after an answer, so there
        is one."""
        data = b""
        with contextlib.suppress(OSError):
            while chunk := connection.recv(65536):
                data += chunk
                head, end, body = data.partition(b"\r\n\r\n")
                length = re.search(rb"(?i)\r\ncontent-length: *(\d+)", head)
                if end and len(body) >= int(length[1] if length else 0):
                    self.requests.append(_name(head.decode("latin-1")))
                    data = b""


def _name(head: str) -> str:
    operation = re.search(r"(?i)\r\nx-amz-target: *\S+\.(\w+)", head)
    return operation[1] if operation else " ".join(head.split(" ", 2)[:2]).partition("?")[0]
