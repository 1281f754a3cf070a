"""status: what every open drop is doing, or all rows of one key, as JSON, for signed requests only."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from imagedrop.entry import function_url
from imagedrop.entry.runtime import invocation
from imagedrop.ports import Ports
from imagedrop.workflow import status


def handler(event: Mapping[str, Any], context: Any) -> dict[str, Any]:
    with invocation(context) as runtime:
        return function_url.or_unavailable(lambda: handle(event, runtime.ports))


def handle(event: Mapping[str, Any], ports: Ports) -> dict[str, Any]:
    """One event of the function URL -> its response."""
    if not function_url.is_signed(event):
        return _answer(403, {"error": "sign the request (AWS Signature V4, service lambda)"})
    key = (event.get("queryStringParameters") or {}).get("key")
    if not key:
        return _answer(200, {"drops": status.overview(ports)})
    rows = status.rows_of_key(ports, ports.settings.drop_bucket, key)
    return _answer(200, {"drops": rows}) if rows else _answer(404, {"error": f"no drop is known at {key}"})


def _answer(code: int, body: Mapping[str, Any]) -> dict[str, Any]:
    return function_url.json_response(code, body, **{"cache-control": "no-store"})
