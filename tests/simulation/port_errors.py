"""What ports raise, for those in memory: the errors that the adapters raise, of the kinds that their tables give.

tests/unit/adapters/test_error_tables.py compares them with what the real adapters raise over failing connections.
"""

from __future__ import annotations

from collections.abc import Mapping

from imagedrop.adapters.aws_errors import BUSY_CODES
from imagedrop.adapters.calls import KINDS
from imagedrop.adapters.ims.errors import error_from_response
from imagedrop.adapters.obs.errors import kind_of_response
from imagedrop.adapters.time_limits import ANSWER, OBS, STANDARD
from imagedrop.ports import ImsError, ObjectsUnavailable, OutOfTime, ServiceError

# s that must be left of an invocation for a call to be started. The adapter of IMS is the real one, and looks itself.
NEEDED: Mapping[str, float] = {
    "objects": OBS + STANDARD.record,
    "ledger": STANDARD.stored + ANSWER,
    "queues": STANDARD.stored + ANSWER,
    "topic": STANDARD.sent + STANDARD.record,
    "mail": STANDARD.sent + STANDARD.record,
}


def _objects(code: str, status: int) -> ObjectsUnavailable:
    return ObjectsUnavailable(f"{code}: simulated", kind_of_response(status, code))


def errors(port: str, when: str) -> list[Exception]:
    """That a call may raise. `when`: "before" its effect, which then does not happen, or "after" it."""
    unsent, busy, *unknown = _errors_of(port)
    return [unsent, busy, *unknown] if when == "before" else unknown


def _errors_of(port: str) -> list[Exception]:
    """Surely not sent; throttled; an answer that is lost; an answer that says nothing."""
    if port == "objects":
        return [
            ObjectsUnavailable("EndpointConnectionError: simulated", KINDS["before"]),
            _objects("SlowDown", 503),
            ObjectsUnavailable("ReadTimeoutError: simulated", KINDS["after"]),
            _objects("InternalError", 500),
        ]
    if port == "images":
        return [
            ImsError(KINDS["before"], "NewConnectionError", "simulated"),
            error_from_response(429, "APIGW.0308", "simulated"),
            ImsError(KINDS["after"], "ReadTimeoutError", "simulated"),
            error_from_response(503, None, "simulated"),
        ]
    return [
        ServiceError(KINDS["before"], "EndpointConnectionError", "simulated"),
        ServiceError("busy", min(BUSY_CODES), "simulated"),
        ServiceError(KINDS["after"], "ReadTimeoutError", "simulated"),
        ServiceError("unknown", "InternalServerError", "simulated"),
    ]


def out_of_time(port: str, left: float) -> OutOfTime | None:
    """What a call raises if so many seconds are left of the invocation."""
    return OutOfTime(f"{left:.1f} s are left") if left < NEEDED.get(port, 0.0) else None
