"""Requests and answers of HTTP as bytes."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from email.message import Message
from email.parser import BytesParser
from typing import Any


@dataclass(frozen=True)
class Asked:
    """`path` and `query` as sent."""

    method: str
    path: str
    query: str
    headers: Message
    body: bytes

    @classmethod
    def parse(cls, raw: bytes) -> Asked:
        head, _, body = raw.partition(b"\r\n\r\n")
        line, _, headers = head.partition(b"\r\n")
        method, target, _ = line.decode().split(" ")
        path, _, query = target.partition("?")
        return cls(method, path, query, BytesParser().parsebytes(headers + b"\r\n\r\n"), body)

    def json(self) -> dict[str, Any]:
        document: dict[str, Any] = json.loads(self.body)
        return document


@dataclass(frozen=True)
class Answer:
    """`length`: where it differs from the body's, as of a HEAD."""

    status: int
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    length: int | None = None

    def raw(self) -> bytes:
        length = len(self.body) if self.length is None else self.length
        headers = {"Connection": "close", "Content-Length": str(length), **self.headers}
        lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        return f"HTTP/1.1 {self.status} Status\r\n{lines}\r\n".encode() + self.body


def json_answer(document: Any, status: int = 200, **headers: str) -> Answer:
    body = json.dumps(document).encode()
    return Answer(status, body, {"Content-Type": "application/x-amz-json-1.0", **headers})


def xml_answer(text: str, status: int = 200) -> Answer:
    return Answer(status, text.encode(), {"Content-Type": "text/xml"})


def error_answer(port: str, status: int, code: str) -> Answer:
    """A failure in the format of the service behind this port."""
    if port == "objects":
        return xml_answer(f"<Error><Code>{code}</Code><Message>simulated</Message></Error>", status)
    if port == "topic":
        error = f"<Error><Type>Receiver</Type><Code>{code}</Code><Message>simulated</Message></Error>"
        return xml_answer(f"<ErrorResponse>{error}</ErrorResponse>", status)
    if port == "images":
        return json_answer({"error_code": code, "error_msg": "simulated"}, status)
    return json_answer(
        {"__type": f"com.amazonaws#{code}", "message": "simulated"}, status, **{"x-amzn-errortype": code}
    )
