"""Requests and responses."""

from __future__ import annotations

import json
import urllib.parse
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from email.message import Message
from typing import BinaryIO, Protocol

CHUNK = 1 << 20


class Body(Protocol):
    def read(self, size: int = -1, /) -> bytes: ...


@dataclass(frozen=True)
class Request:
    """`path` as sent (percent-encoded); headers are case-insensitive."""

    method: str
    path: str
    raw_query: str
    headers: Message
    stream: Body
    length: int
    client: str = "127.0.0.1"

    @property
    def query(self) -> dict[str, str]:
        """Decoded, the last value of each name; `?acl` is {'acl': ''}."""
        return dict(urllib.parse.parse_qsl(self.raw_query, keep_blank_values=True))

    @property
    def pairs(self) -> list[tuple[str, str]]:
        """The decoded query, in order."""
        return urllib.parse.parse_qsl(self.raw_query, keep_blank_values=True)

    def chunks(self) -> Iterable[bytes]:
        """The body in pieces. Can be read once."""
        remaining = self.length
        while remaining > 0:
            piece = self.stream.read(min(CHUNK, remaining))
            if not piece:
                raise ConnectionError("the client closed the connection within the body")
            remaining -= len(piece)
            yield piece

    def body(self, limit: int = 16 << 20) -> bytes:
        if self.length > limit:
            raise ValueError(f"body of {self.length} bytes, at most {limit}")
        return b"".join(self.chunks())


@dataclass(frozen=True)
class FileSlice:
    """A part of an open file as a body: sent without reading it into memory, then the file is closed."""

    file: BinaryIO
    offset: int
    length: int

    def __iter__(self) -> Iterator[bytes]:
        with self.file:
            self.file.seek(self.offset)
            remaining = self.length
            while remaining and (piece := self.file.read(min(CHUNK, remaining))):
                remaining -= len(piece)
                yield piece


@dataclass
class Response:
    """`body` may be an iterable of pieces; then `headers` must have Content-Length."""

    status: int
    body: bytes | Iterable[bytes] = b""
    headers: dict[str, str] = field(default_factory=dict)

    def close(self) -> None:
        """Closes the file of a response that is not sent."""
        if isinstance(self.body, FileSlice):
            self.body.file.close()

    @classmethod
    def json(cls, status: int, value: object, headers: Mapping[str, str] | None = None) -> Response:
        all_headers = {"Content-Type": "application/json", **(headers or {})}
        return cls(status, json.dumps(value, ensure_ascii=False).encode(), all_headers)


def header_text(value: str) -> str:
    """A header's value in UTF-8, as clients send it; http.client decodes it as Latin-1."""
    return value.encode("latin-1", "replace").decode("utf-8", "replace")


class CloseConnection(Exception):
    """Reset the connection without an answer."""
