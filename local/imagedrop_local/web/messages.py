"""What a server and a service hand each other."""

from __future__ import annotations

import json
import urllib.parse
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from email.message import Message
from typing import Any, BinaryIO, Protocol

from imagedrop_local.faults import Faults

CHUNK = 1 << 20


class Body(Protocol):
    def read(self, size: int = -1, /) -> bytes: ...


@dataclass(frozen=True)
class Request:
    """`path` as sent (still percent-encoded), `query` decoded in order, headers case-insensitive."""

    method: str
    path: str
    raw_query: str
    headers: Message
    stream: Body
    length: int
    client: str = "127.0.0.1"

    @property
    def query(self) -> dict[str, str]:
        """The last value of each name; `?acl` is {'acl': ''}."""
        return dict(urllib.parse.parse_qsl(self.raw_query, keep_blank_values=True))

    @property
    def pairs(self) -> list[tuple[str, str]]:
        return urllib.parse.parse_qsl(self.raw_query, keep_blank_values=True)

    def chunks(self) -> Iterable[bytes]:
        """The body, a piece at a time. Can be read once."""
        left = self.length
        while left > 0:
            piece = self.stream.read(min(CHUNK, left))
            if not piece:
                raise ConnectionError("the client went away in mid-body")
            left -= len(piece)
            yield piece

    def body(self, limit: int = 16 << 20) -> bytes:
        if self.length > limit:
            raise ValueError(f"body of {self.length} bytes, at most {limit}")
        return b"".join(self.chunks())


@dataclass(frozen=True)
class FileSlice:
    """A part of an open file as a body: goes out without being read into memory, then the file is closed."""

    file: BinaryIO
    offset: int
    length: int

    def __iter__(self) -> Iterator[bytes]:
        with self.file:
            self.file.seek(self.offset)
            left = self.length
            while left and (piece := self.file.read(min(CHUNK, left))):
                left -= len(piece)
                yield piece


@dataclass
class Response:
    """`body` may be an iterable of pieces; then `headers` must carry Content-Length."""

    status: int
    body: bytes | Iterable[bytes] = b""
    headers: dict[str, str] = field(default_factory=dict)

    def close(self) -> None:
        """For one that is not sent: frees the file behind it."""
        if isinstance(self.body, FileSlice):
            self.body.file.close()

    @classmethod
    def json(cls, status: int, value: object, headers: Mapping[str, str] | None = None) -> Response:
        shown = {"Content-Type": "application/json", **(headers or {})}
        return cls(status, json.dumps(value, ensure_ascii=False).encode(), shown)


class Service(Protocol):
    name: str

    def route(self, request: Request) -> tuple[str, Callable[[], Response]]:
        """The call's name (as the SDK names it, `CreateImage`) and what carries it out."""

    def error(self, status: int, code: str | None, message: str) -> Response:
        """An error in the service's own shape."""


class CloseConnection(Exception):
    """Close the connection without an answer."""


class Control(Protocol):
    """What answers /_sim on every server."""

    faults: Faults

    def state(self) -> dict[str, Any]: ...
