"""Between the functions and AWS: passes every call on, and writes down what AWS took. It outlives the stack."""

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
from tests.chaos.observation import Seen, Telling, Written

PATIENCE = 60.0  # s
HOP_BY_HOP = frozenset({"connection", "keep-alive", "transfer-encoding", "content-length", "date", "server"})
IN_A_MAIL = re.compile(r"(waiting:.+?|[\w-]{43})(?:, attempt |，第 )(\d+)")


@dataclass
class Relay:
    """`port`: where AWS listens on 127.0.0.1, if it does. `seen` gets rows and tellings; `calls` counts what was taken,
    by service and call."""

    port: int
    seen: Seen
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
        return "Call", lambda: self._passed_on(request)

    def _passed_on(self, request: Request) -> Response:
        body = request.body()
        answer = self._asked(request, body)
        if answer.status < 300:
            self._note(request, body, time.time())
        return answer

    def _asked(self, request: Request, body: bytes) -> Response:
        target = request.path + (f"?{request.raw_query}" if request.raw_query else "")
        headers = {name: value for name, value in request.headers.items() if name.lower() not in HOP_BY_HOP}
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        with contextlib.closing(connection):
            try:
                connection.request(request.method, target, body, headers)
                answer = connection.getresponse()
                content = answer.read()
            except (OSError, http.client.HTTPException):
                raise CloseConnection from None  # nobody knows what became of it
        kept = {name: value for name, value in answer.getheaders() if name.lower() not in HOP_BY_HOP}
        return Response(answer.status, content, kept)

    def _note(self, request: Request, body: bytes, at: float) -> None:
        call = called(request.headers.get("X-Amz-Target", ""), request.path, body)
        self.calls[call] += 1
        if call.startswith("dynamodb."):
            self.seen.written += [Written(at, to_drop(from_dynamodb(item))) for item in rows(json.loads(body))]
        elif call == "sns.Publish":
            document = json.loads(parse_qs(body.decode())["Message"][0])
            end = document["drop_id"], document["attempt"]
            self.seen.tellings.append(Telling(at, "sns", end, document=document))
        elif call == "ses.SendEmail":
            self.seen.tellings.append(mail(at, json.loads(body)))


def called(target: str, path: str, body: bytes) -> str:
    """`dynamodb.PutItem`, `sns.Publish`: from the header of JSON protocols, the form of query ones, or the path."""
    if target:
        service, _, call = target.partition(".")
        return f"{service.partition('_')[0].lower().removeprefix('amazon')}.{call}"
    if path == "/v2/email/outbound-emails":
        return "ses.SendEmail"
    action = parse_qs(body.decode("utf-8", "replace")).get("Action", ["?"])[0]
    return f"sns.{action}"


def rows(call: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """The drops' rows among the items that a call to DynamoDB puts."""
    puts = [call, *(step.get("Put", {}) for step in call.get("TransactItems", ()))]
    return (put["Item"] for put in puts if "stage" in put.get("Item", ()))


def mail(at: float, call: Mapping[str, Any]) -> Telling:
    """Which end a mail tells of, it says itself. Raises ValueError for one that does not."""
    text = call["Content"]["Simple"]["Body"]["Text"]["Data"]
    found = IN_A_MAIL.search(text)
    if found is None:
        raise ValueError(f"a mail that tells of no drop: {text[-300:]}")
    return Telling(at, "mail", (found[1], int(found[2])), to=call["Destination"]["ToAddresses"][0])
