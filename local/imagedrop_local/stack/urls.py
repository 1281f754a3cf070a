"""Function URLs at an address that resolves: http://127.0.0.1:PORT/, one port per function instead of one host.

ministack serves function URLs by Host header only, checks no signature and does not say who called. So the request is
turned into the event here (Lambda: payload format 2.0) and sent with Invoke.
"""

from __future__ import annotations

import base64
import binascii
import time
import urllib.parse
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from imagedrop_local.stack import aws, signature
from imagedrop_local.web.messages import CloseConnection, Request, Response
from imagedrop_local.web.server import HttpServer

_TEXT = ("application/json", "application/xml", "application/javascript")
_LIMIT = 6 << 20  # bytes; Lambda's limit for a request
_BROKEN = Response.json(502, {"Message": "Internal Server Error"})

Invoke = Callable[[str, Mapping[str, Any]], Any]  # function name, event -> result; raises FunctionFailed


class FunctionFailed(Exception):
    """The function raised an error or timed out."""


@dataclass
class FunctionUrl:
    """A function behind HTTP. `signed`: AuthType AWS_IAM."""

    name: str
    invoke: Invoke
    signed: bool

    def serve(self, port: int = 0) -> HttpServer:
        return HttpServer(self.name, self.answer, port).start()

    def answer(self, request: Request) -> Response:
        try:
            return self._answer(request)
        except (CloseConnection, ConnectionError):
            raise
        except Exception:  # noqa: BLE001 - the client gets an answer, as from Lambda
            return _BROKEN

    def _answer(self, request: Request) -> Response:
        if request.length > _LIMIT:
            return _error(413, "Request must be smaller than 6291456 bytes")
        body = request.body()
        if self.signed:
            try:
                signature.check(request, body, datetime.now(UTC))
            except signature.InvalidSignature as error:
                return _error(403, str(error))
        try:
            return response(self.invoke(self.name, event(request, body, self.signed)))
        except FunctionFailed:
            return _BROKEN


def _error(status: int, message: str) -> Response:
    return Response.json(status, {"Message": message})


def event(request: Request, body: bytes, signed: bool) -> dict[str, Any]:
    """The event of a function URL: repeated headers and query values joined by commas, binary bodies in base64."""
    headers: dict[str, str] = {}
    for name, value in request.headers.items():
        headers[name.lower()] = f"{headers[name.lower()]},{value}" if name.lower() in headers else value
    query: dict[str, str] = {}
    for name, value in request.pairs:
        query[name] = f"{query[name]},{value}" if name in query else value
    path = urllib.parse.unquote(request.path)
    fields: dict[str, Any] = {
        "version": "2.0",
        "routeKey": "$default",
        "rawPath": path,
        "rawQueryString": request.raw_query,
        "headers": headers,
        "requestContext": _context(request.method, path, headers, signed),
        "isBase64Encoded": False,
    }
    if query:
        fields["queryStringParameters"] = query
    if body:
        fields["isBase64Encoded"], fields["body"] = _encode_body(body, headers.get("content-type", ""))
    return fields


def _encode_body(body: bytes, content_type: str) -> tuple[bool, str]:
    kind = content_type.partition(";")[0].strip().lower()
    if kind.startswith("text/") or kind in _TEXT:
        return False, body.decode("utf-8", "replace")
    return True, base64.b64encode(body).decode()


def _context(method: str, path: str, headers: dict[str, str], signed: bool) -> dict[str, Any]:
    host = headers.get("host", "")
    context: dict[str, Any] = {
        "accountId": aws.ACCOUNT if signed else "anonymous",
        "apiId": host.partition(".")[0],
        "domainName": host,
        "domainPrefix": host.partition(".")[0],
        "http": {
            "method": method,
            "path": path,
            "protocol": "HTTP/1.1",
            "sourceIp": "127.0.0.1",
            "userAgent": headers.get("user-agent", ""),
        },
        "requestId": str(uuid.uuid4()),
        "routeKey": "$default",
        "stage": "$default",
        "time": datetime.now(UTC).strftime("%d/%b/%Y:%H:%M:%S +0000"),
        "timeEpoch": int(time.time() * 1000),
    }
    if signed:
        user = f"arn:aws:iam::{aws.ACCOUNT}:root"
        caller = {"accessKey": aws.KEY, "accountId": aws.ACCOUNT, "callerId": aws.ACCOUNT, "userId": aws.ACCOUNT}
        context["authorizer"] = {"iam": {**caller, "userArn": user, "cognitoIdentity": None, "principalOrgId": None}}
    return context


def response(returned: Any) -> Response:
    """A function's result as HTTP: a result with `statusCode` as it says, any other as JSON with 200."""
    if not isinstance(returned, dict) or "statusCode" not in returned:
        return Response.json(200, returned)
    headers = {str(name): str(value) for name, value in (returned.get("headers") or {}).items()}
    if not any(name.lower() == "content-type" for name in headers):
        headers["Content-Type"] = "application/json"
    body = returned.get("body") or ""
    try:
        content = base64.b64decode(body, validate=True) if returned.get("isBase64Encoded") else body.encode()
        return Response(int(returned["statusCode"]), content, headers)
    except (binascii.Error, ValueError, AttributeError):
        return _BROKEN
