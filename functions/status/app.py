"""status: what every drop is doing, or one drop's whole story, as JSON, to signed-in callers only."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from imagedrop.common.display_text import json_line
from imagedrop.ports import Ports
from imagedrop.workflow import status


def handler(event: Mapping[str, Any], context: object) -> dict[str, Any]:
    from imagedrop.entry.runtime import runtime

    return handle(event, runtime().ports)


def handle(event: Mapping[str, Any], ports: Ports) -> dict[str, Any]:
    """A function URL event (payload 2.0). The URL's AWS_IAM puts who signed it into the request context."""
    if not ((event.get("requestContext") or {}).get("authorizer") or {}).get("iam"):
        return _answer(403, {"error": "sign the request (AWS Signature V4, service lambda)"})
    key = (event.get("queryStringParameters") or {}).get("key")
    if not key:
        return _answer(200, {"drops": status.overview(ports)})
    found = status.rows_of_key(ports, ports.settings.drop_bucket, key)
    if not found:
        return _answer(404, {"error": f"no drop is known at {key}"})
    return _answer(200, {"drops": found})


def _answer(code: int, body: Mapping[str, Any]) -> dict[str, Any]:
    headers = {"content-type": "application/json", "cache-control": "no-store"}
    return {"statusCode": code, "headers": headers, "body": json_line(body)}
