"""intake: pushes of SMN (or of whoever knows the secret) come in by function URL; drops go out to their queue."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Mapping
from typing import Any

from imagedrop.intake.http_get import Fetch, fetch
from imagedrop.intake.receive import LIMIT, PushChecks, PushRequest, receive_push
from imagedrop.intake.smn_signature import Certificates
from imagedrop.ports import Ports

CERTIFICATES = Certificates()  # for the life of the process


def handler(event: Mapping[str, Any], context: object) -> dict[str, Any]:
    from imagedrop.entry.runtime import HURRIED, runtime

    running = runtime(HURRIED)
    return handle(event, running.ports, running.secret, fetch, CERTIFICATES, running.renew)


def handle(
    event: Mapping[str, Any],
    ports: Ports,
    secret: Callable[[str], str],
    fetch: Fetch,
    certificates: Certificates | None = None,
    renew: Callable[[str], bool] = lambda _: False,
) -> dict[str, Any]:
    """One function URL event (payload 2.0) -> its response. `secret`: a secret's value by its id; `renew`: see Gate."""
    answer = receive_push(push_request(event), ports, PushChecks(secret, fetch, certificates or Certificates(), renew))
    return {"statusCode": answer.status, "headers": {"content-type": "application/json"}, "body": answer.body}


def push_request(event: Mapping[str, Any]) -> PushRequest:
    """A body that is far over the limit is not decoded, and one that is no base64 is empty: both are refused."""
    method = str(event.get("requestContext", {}).get("http", {}).get("method", ""))
    headers = {name.lower(): value for name, value in (event.get("headers") or {}).items()}
    body = (event.get("body") or "").encode(errors="replace")
    if event.get("isBase64Encoded") and len(body) <= 2 * LIMIT:
        try:
            body = base64.b64decode(body, validate=True)
        except binascii.Error:
            body = b""
    return PushRequest(method, headers, body)
