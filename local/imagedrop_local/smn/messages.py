"""The bodies of pushes and their signature (SMN: HTTP/HTTPS message format; message signature verification)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from urllib.parse import urlencode

from imagedrop_local.smn.certificate import Certificate

Kind = Literal["SubscriptionConfirmation", "Notification", "UnsubscribeConfirmation"]

EmptySubject = Literal["omitted", "signed", "unsigned"]

NOTIFICATION_FIELDS = ("message", "message_id", "subject", "timestamp", "topic_urn", "type")
CONFIRMATION_FIELDS = ("message", "message_id", "subscribe_url", "timestamp", "topic_urn", "type")


@dataclass(frozen=True)
class MessageWriter:
    """Writes and signs bodies. `origin`: the base URL of certificate and confirmation, `http://127.0.0.1:...`."""

    certificate: Certificate
    region: str
    origin: str
    empty_subject: EmptySubject = "omitted"

    def notification(
        self, topic_urn: str, message_id: str, message: str, subject: str | None, now: datetime
    ) -> dict[str, Any]:
        """The body for all subscribers. The `unsubscribe_url` of each subscriber is added later: it is not signed."""
        body = self._common("Notification", topic_urn, message_id, message, now)
        if subject or (subject is not None and self.empty_subject != "omitted"):
            body["subject"] = subject
        unsigned = not subject and self.empty_subject == "unsigned"
        return self._signed(body, tuple(name for name in NOTIFICATION_FIELDS if name != "subject" or not unsigned))

    def unsubscribe_url(self, subscription_urn: str) -> str:
        return f"{self.origin}/smn/subscription/unsubscribe?{urlencode({'subscription_urn': subscription_urn})}"

    def confirmation(self, kind: Kind, topic_urn: str, message_id: str, token: str, now: datetime) -> dict[str, Any]:
        """The request to confirm a subscription, or the message that it ended and how to subscribe again."""
        query = urlencode({"token": token, "topic_urn": topic_urn, "region": self.region})
        ended = kind == "UnsubscribeConfirmation"
        message = f"{'You no longer subscribe' if ended else 'You are invited to subscribe'} to {topic_urn}. " + (
            "To subscribe again, visit subscribe_url." if ended else "To confirm, visit subscribe_url."
        )
        body = self._common(kind, topic_urn, message_id, message, now)
        body["subscribe_url"] = f"{self.origin}/smn/subscription/confirm?{query}"
        return self._signed(body, CONFIRMATION_FIELDS)

    def _common(self, kind: Kind, topic_urn: str, message_id: str, message: str, now: datetime) -> dict[str, Any]:
        return {
            "type": kind,
            "topic_urn": topic_urn,
            "message_id": message_id,
            "message": message,
            "timestamp": f"{now:%Y-%m-%dT%H:%M:%SZ}",
        }

    def _signed(self, body: dict[str, Any], names: tuple[str, ...]) -> dict[str, Any]:
        return body | {
            "signature": self.certificate.sign(string_to_sign(body, names)),
            "signature_version": "v1",
            "signing_cert_url": f"{self.origin}/smn/{self.certificate.name}",
        }


def string_to_sign(body: dict[str, Any], names: tuple[str, ...]) -> str:
    """Name and value of each existing field, one per line."""
    return "".join(f"{name}\n{body[name]}\n" for name in names if name in body)
