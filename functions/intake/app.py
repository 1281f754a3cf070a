"""intake: takes pushes of SMN, or of a caller that knows the secret, and sends their drops to the drops queue."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from imagedrop.entry import function_url
from imagedrop.entry.runtime import SHORT, Runtime, invocation
from imagedrop.intake.receive import MAX_BODY_BYTES, PushChecks, PushRequest, receive_push
from imagedrop.ports import Ports


def handler(event: Mapping[str, Any], context: Any) -> dict[str, Any]:
    with invocation(context, SHORT) as runtime:
        return handle(event, runtime.ports, push_checks(runtime))


@cache
def push_checks(runtime: Runtime) -> PushChecks:
    """Kept for the life of the process: it holds SMN's certificates."""
    return PushChecks(runtime.secrets.get, renew=runtime.secrets.renew)


def handle(event: Mapping[str, Any], ports: Ports, checks: PushChecks) -> dict[str, Any]:
    """One event of the function URL -> its response."""
    body = function_url.body(event, MAX_BODY_BYTES)
    push = PushRequest(function_url.method(event), function_url.headers(event), body)
    answer = receive_push(push, ports, checks)
    return function_url.json_response(answer.status, answer.body)
