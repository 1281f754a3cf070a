"""Requests to a function URL: Lambda's event (payload format 2.0) and the response."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Mapping
from typing import Any

from imagedrop.common.display_text import json_line
from imagedrop.observability import LOG
from imagedrop.ports import OutOfTime, ServiceError


def method(event: Mapping[str, Any]) -> str:
    return str(event.get("requestContext", {}).get("http", {}).get("method", ""))


def headers(event: Mapping[str, Any]) -> dict[str, str]:
    """The headers, names in lower case."""
    return {name.lower(): value for name, value in (event.get("headers") or {}).items()}


def body(event: Mapping[str, Any], limit: int) -> bytes:
    """The body; empty if it should be base64 and is not. One that is far over `limit` is not decoded."""
    text = (event.get("body") or "").encode(errors="replace")
    if event.get("isBase64Encoded") and len(text) <= 2 * limit:
        try:
            return base64.b64decode(text, validate=True)
        except binascii.Error:
            return b""
    return text


def is_signed(event: Mapping[str, Any]) -> bool:
    """True if AWS_IAM of the function URL has checked a signature: it then names the signer."""
    return bool(((event.get("requestContext") or {}).get("authorizer") or {}).get("iam"))


def or_unavailable(answer: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    """The answer; 503 if a service that it needs does not answer in the time that is left."""
    try:
        return answer()
    except (OutOfTime, ServiceError) as error:
        LOG.exception("request not answered")
        return json_response(503, {"error": f"a service does not answer in time ({error}): try again"})


def json_response(status: int, answer: Mapping[str, Any] | str, **more_headers: str) -> dict[str, Any]:
    """`answer`: one line of JSON, or what is to become one."""
    text = answer if isinstance(answer, str) else json_line(answer)
    return {"statusCode": status, "headers": {"content-type": "application/json", **more_headers}, "body": text}
