"""The signature of an SMN push over HTTP (SMN: signature verification).

    signed text   name LF value LF, for each signed field in alphabetical order
    signature     base64 of RSA PKCS#1 v1.5 over SHA-256

SMN signs the pushes of every topic of every tenant with the same key, so a signature does not prove the topic.
Neither HTTP headers nor `signing_cert_url` are signed: only the body counts, and certificates come from one fixed
origin. The signed text does not mark where a value ends, so one text could be split into two different pushes.
Therefore only the message, which comes first, may have several lines.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from imagedrop.intake.errors import PushRefused
from imagedrop.intake.http_get import Fetch
from imagedrop.intake.smn_certificates import Certificates, check_certificate_url, public_key
from imagedrop.intake.smn_push import PushType, SmnPush
from imagedrop.settings import Settings

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

SIGNED_FIELDS: Mapping[PushType, tuple[str, ...]] = {
    "Notification": ("message", "message_id", "subject", "timestamp", "topic_urn", "type"),
    "SubscriptionConfirmation": ("message", "message_id", "subscribe_url", "timestamp", "topic_urn", "type"),
    "UnsubscribeConfirmation": ("message", "message_id", "subscribe_url", "timestamp", "topic_urn", "type"),
}
# These must be one line. The time, the topic, the type and the URLs are checked more strictly elsewhere.
ONE_LINE_FIELDS = ("message_id", "subject")


def verify(push: SmnPush, settings: Settings, certificates: Certificates, fetch: Fetch, now: datetime) -> None:
    """Returns if SMN signed the push. Raises PushRefused, or PushUnavailable if the certificate cannot be fetched."""
    signature = _signature(push.fields)
    texts = texts_to_sign(push.fields)
    url = check_certificate_url(push.fields.get("signing_cert_url"), settings)
    key = public_key(certificates.get(url, fetch, now), now)
    if not any(_is_valid(key, signature, text) for text in texts):
        raise PushRefused(403, "Forged", "the signature does not match the message")


def texts_to_sign(fields: Mapping[str, Any]) -> list[bytes]:
    """The texts that SMN may have signed. `fields["type"]` is a PushType. Raises PushRefused.

    Two texts for an empty subject: some samples of SMN's documentation sign it, others leave it out.
    """
    present = [name for name in SIGNED_FIELDS[fields["type"]] if name != "subject" or name in fields]
    choices = [present]
    if "subject" in present and not fields["subject"]:
        choices.append([name for name in present if name != "subject"])
    return [b"".join(_line(name, fields.get(name)) for name in choice) for choice in choices]


def _line(name: str, value: Any) -> bytes:
    if value is None and name == "subject":
        value = ""
    if not isinstance(value, str):
        raise PushRefused(400, "Malformed", f"{name} is missing or not text")
    if name in ONE_LINE_FIELDS and ("\n" in value or "\r" in value):
        raise PushRefused(400, "Malformed", f"{name} has more than one line")
    try:
        return f"{name}\n{value}\n".encode()
    except UnicodeEncodeError:
        raise PushRefused(400, "Malformed", f"{name} cannot be written as UTF-8") from None


def _signature(fields: Mapping[str, Any]) -> bytes:
    text = fields.get("signature")
    if not isinstance(text, str) or not text:
        raise PushRefused(401, "Unsigned", "there is no signature")
    try:
        return base64.b64decode(text, validate=True)
    except (ValueError, binascii.Error):
        raise PushRefused(400, "Malformed", "the signature is not base64") from None


def _is_valid(key: RSAPublicKey, signature: bytes, text: bytes) -> bool:
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
    from cryptography.hazmat.primitives.hashes import SHA256

    try:
        key.verify(signature, text, PKCS1v15(), SHA256())
    except InvalidSignature:
        return False
    return True
