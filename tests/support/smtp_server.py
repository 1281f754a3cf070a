"""An SMTP server that follows a script: it refuses, hangs, closes or answers slowly at a given command."""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from collections.abc import Iterable, Mapping
from typing import Literal, Self

# The moments at which a server acts: the connection, each command, and the end of the mail's text.
Moment = Literal["greeting", "EHLO", "STARTTLS", "AUTH", "MAIL", "RCPT", "DATA", "text"]
HANG, CLOSE, TRICKLE = "hang", "close", "trickle"
USUAL: Mapping[str, str] = {
    "greeting": "220 smtp.example.com ESMTP",
    "EHLO": "250-smtp.example.com\r\n250-AUTH PLAIN LOGIN\r\n250 STARTTLS",
    "AUTH": "235 welcome",
    "DATA": "354 go on",
}


class ScriptedSmtp:
    """`script`: the answer at a moment, or HANG, CLOSE, TRICKLE. `mails`: the texts that it has got to the end.
    `connections`: how many were opened. On 127.0.0.1:`port`, within the block."""

    def __init__(self, script: Mapping[Moment, str] | None = None) -> None:
        self._script = dict(USUAL)
        self._script.update({str(moment): answer for moment, answer in (script or {}).items()})
        self.mails: list[str] = []
        self.connections = 0
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._ended = threading.Event()
        self.port: int = self._listener.getsockname()[1]
        self._thread = threading.Thread(target=self._accept, daemon=True)
        self._thread.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                connection, _ = self._listener.accept()
                self.connections += 1
                threading.Thread(target=self._talk, args=(connection,), daemon=True).start()

    def _talk(self, connection: socket.socket) -> None:
        with connection, contextlib.suppress(OSError), connection.makefile("rb") as lines:
            if not self._answer(connection, "greeting"):
                return
            for line in lines:
                command = line[:8].split()[0].decode().upper()
                if not self._answer(connection, command):
                    return
                if command == "DATA" and self._script["DATA"].startswith("354"):
                    self._read_mail(lines)
                    if not self._answer(connection, "text"):
                        return

    def _read_mail(self, lines: Iterable[bytes]) -> None:
        text: list[bytes] = []
        for line in lines:
            if line == b".\r\n":
                self.mails.append(b"".join(text).decode().replace("\r\n", "\n"))
                return
            text.append(line.removeprefix(b"."))  # RFC 5321: transparency

    def _answer(self, connection: socket.socket, moment: str) -> bool:
        answer = self._script.get(moment, "250 ok")
        if answer == HANG:
            self._ended.wait(60)
        elif answer == TRICKLE:
            for _ in range(600):  # a byte from time to time, so no single read times out
                connection.sendall(b"2")
                time.sleep(0.05)
        elif answer != CLOSE:
            connection.sendall(f"{answer}\r\n".encode())
            return True
        return False
