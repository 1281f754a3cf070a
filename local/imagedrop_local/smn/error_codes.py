"""The error codes of SMN (SMN API: error codes). Those of a message and a subject are a guess: no list has them."""

from __future__ import annotations

from imagedrop_local.gateway import ApiError

MESSAGES = {
    "SMN.0002": (400, "parameter name is invalid"),
    "SMN.0006": (404, "topic not found"),
    "SMN.0011": (400, "parameter protocol is invalid"),
    "SMN.0012": (400, "parameter endpoint is invalid"),
    "SMN.0013": (404, "subscription not found"),
    "SMN.0015": (400, "parameter offset or limit is invalid"),
    "SMN.0017": (400, "parameter remark is invalid"),
    "SMN.0020": (400, "parameter subject is invalid"),
    "SMN.0021": (400, "message_structure is invalid"),
    "SMN.0022": (400, "parameter message is invalid"),
    "SMN.0043": (400, "parameter subscription is invalid"),
    "SMN.0078": (403, "the topic has as many subscriptions as it may have"),
}


def api_error(code: str, detail: str = "") -> ApiError:
    status, message = MESSAGES[code]
    return ApiError(status, code, f"{message}: {detail}" if detail else message)
