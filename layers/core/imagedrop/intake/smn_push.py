"""An SMN push over HTTP, parsed once (SMN: HTTP/HTTPS message format).

all types       type, topic_urn, message_id, message, timestamp, signature, signature_version, signing_cert_url
Notification    subject, which may be missing
confirmations   subscribe_url
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, TypeGuard, get_args

from imagedrop.intake.errors import PushRefused
from imagedrop.settings import Settings

PushType = Literal["Notification", "SubscriptionConfirmation", "UnsubscribeConfirmation"]
PUSH_TYPES: tuple[PushType, ...] = get_args(PushType)
TIMESTAMP = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2})(?:\.[0-9]{1,9})?(Z|[+-][0-9]{2}:[0-9]{2})"
)


@dataclass(frozen=True, slots=True)
class SmnPush:
    """A push of the configured topic. `timestamp` as it was sent, `sent_at` the same time.

    `fields` is the whole body: fields other than these four are not checked yet.
    """

    type: PushType
    message_id: str
    timestamp: str
    sent_at: datetime
    fields: Mapping[str, Any]


def is_smn_push(body: Any) -> TypeGuard[Mapping[str, Any]]:
    return isinstance(body, dict) and "topic_urn" in body and "type" in body


def parse_smn_push(body: Mapping[str, Any], settings: Settings) -> SmnPush | None:
    """None for types that carry no events. Raises PushRefused, also for a push of another topic."""
    if not settings.smn_topic_urn:
        raise PushRefused(403, "Foreign", "no SMN topic is configured: set IMAGEDROP_SMN_TOPIC_URN")
    if body["topic_urn"] != settings.smn_topic_urn:
        raise PushRefused(403, "Foreign", "topic_urn is not the configured topic")
    push_type = next((name for name in PUSH_TYPES if name == body["type"]), None)
    if push_type is None:
        return None
    timestamp, message_id = body.get("timestamp"), body.get("message_id")
    sent_at = _parse_timestamp(timestamp)
    if sent_at is None:
        raise PushRefused(400, "Malformed", "timestamp is missing or not a time such as 2026-11-24T13:00:00Z")
    if not isinstance(message_id, str) or not message_id:
        raise PushRefused(400, "Malformed", "message_id is missing or not text")
    return SmnPush(push_type, message_id, str(timestamp), sent_at, body)


def _parse_timestamp(value: Any) -> datetime | None:
    match = TIMESTAMP.fullmatch(value) if isinstance(value, str) else None
    try:
        return datetime.fromisoformat(match[1] + match[2]) if match else None
    except ValueError:
        return None
