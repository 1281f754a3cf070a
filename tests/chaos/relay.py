"""A proxy between the functions and AWS that records accepted calls. It keeps running when the stack is killed."""

from __future__ import annotations

import contextlib
import http.client
import json
import re
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs

from imagedrop.adapters.dynamodb.items import from_dynamodb, to_drop
from imagedrop_local.faults import Faults
from imagedrop_local.http import CloseConnection, Request, Response, Server
from tests.chaos.observation import Notice, Observation, RowWrite

TIMEOUT = 60.0  # s
HOP_BY_HOP = frozenset({"connection", "keep-alive", "transfer-encoding", "content-length", "date", "server"})
END_IN_MAIL = re.compile(r"(waiting:.+?|[\w-]{43})(?:, attempt |，第 )(\d+)(?:, ended| 次尝试，结束于)")
DELAY_IN_MAIL = re.compile(r"[\w-]{43}(?:, attempt |，第 )\d+(?:, still in progress| 次尝试，仍在进行)")


@dataclass
class Relay:
    """`port`: of AWS on 127.0.0.1. `observed` gets rows and notices. `calls` counts accepted calls by service and
    name."""

    port: int
    observed: Observation
    name: str = "aws"
    faults: Faults = field(default_factory=Faults)
    calls: Counter[str] = field(default_factory=Counter)

    def serve(self) -> Server:
        return Server(self, self).start()

    def state(self) -> dict[str, Any]:
        return {"calls": dict(self.calls)}

    def error(self, status: int, code: str | None, message: str) -> Response:
        return Response.json(status, {"__type": code, "message": message})

    def route(self, request: Request) -> tuple[str, Callable[[], Response]]:
        return "Call", lambda: self._forward(request)

    def _forward(self, request: Request) -> Response:
        body = request.body()
        response = self._call_aws(request, body)
        if response.status < 300:
            self._record(request, body, time.time())
        return response

    def _call_aws(self, request: Request, body: bytes) -> Response:
        target = request.path + (f"?{request.raw_query}" if request.raw_query else "")
        headers = {name: value for name, value in request.headers.items() if name.lower() not in HOP_BY_HOP}
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=TIMEOUT)
        with contextlib.closing(connection):
            try:
                connection.request(request.method, target, body, headers)
                answer = connection.getresponse()
                content = answer.read()
            except (OSError, http.client.HTTPException):
                raise CloseConnection from None  # the outcome is unknown
        kept = {name: value for name, value in answer.getheaders() if name.lower() not in HOP_BY_HOP}
        return Response(answer.status, content, kept)

    def _record(self, request: Request, body: bytes, at: float) -> None:
        call = call_name(request.headers.get("X-Amz-Target", ""), request.path, body)
        self.calls[call] += 1
        if call.startswith("dynamodb."):
            self.observed.writes += [
                RowWrite(at, to_drop(from_dynamodb(item))) for item in written_rows(json.loads(body))
            ]
        elif call == "sns.Publish":
            document = json.loads(parse_qs(body.decode())["Message"][0])
            end = document["drop_id"], document["attempt"]
            self.observed.notices.append(Notice(at, "sns", end, document=document))
        elif call == "ses.SendEmail" and (notice := mail_notice(at, json.loads(body))) is not None:
            self.observed.notices.append(notice)


def call_name(target: str, path: str, body: bytes) -> str:
    """`dynamodb.PutItem`, `sns.Publish`: from the header (JSON protocols), the form (query protocols) or the path."""
    if target:
        service, _, call = target.partition(".")
        return f"{service.partition('_')[0].lower().removeprefix('amazon')}.{call}"
    if path == "/v2/email/outbound-emails":
        return "ses.SendEmail"
    action = parse_qs(body.decode("utf-8", "replace")).get("Action", ["?"])[0]
    return f"sns.{action}"


def written_rows(call: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """The rows of drops among the items that a call to DynamoDB writes."""
    puts = [call, *(item.get("Put", {}) for item in call.get("TransactItems", ()))]
    return (put["Item"] for put in puts if "stage" in put.get("Item", ()))


def mail_notice(at: float, call: Mapping[str, Any]) -> Notice | None:
    """The mail's text names drop and attempt. Raises ValueError if it does not. None: the mail is about a delay."""
    text = call["Content"]["Simple"]["Body"]["Text"]["Data"]
    found = END_IN_MAIL.search(text)
    if found is None and DELAY_IN_MAIL.search(text):
        return None
    if found is None:
        raise ValueError(f"the mail names no drop: {text[-300:]}")
    return Notice(at, "mail", (found[1], int(found[2])), to=call["Destination"]["ToAddresses"][0])
