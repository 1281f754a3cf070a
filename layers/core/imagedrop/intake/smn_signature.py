"""An SMN push over HTTP: is it SMN's, and of our topic? (SMN: HTTP/HTTPS message format; signature verification)

    body      type, topic_urn, message_id, message, timestamp, signature, signature_version, signing_cert_url
              and subject (may be left out) in a Notification, subscribe_url in the two confirmations
    signed    name LF value LF, for each signed name in alphabetical order
    signature base64 of RSA PKCS#1 v1.5 over SHA-256

SMN's key signs for every topic of every tenant, so a signature alone proves nothing: the topic must be ours. Neither
headers nor `signing_cert_url` are signed, so the body decides, and certificates lie at the pinned origin only. The
signed text does not say where a value ends: only the message, which comes first, may have several lines, or one text
could be cut into two different pushes.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs

from imagedrop.intake.errors import PushRefused, PushUnavailable
from imagedrop.intake.http_get import Fetch, FetchFailed, FetchTooLarge
from imagedrop.intake.smn_certificates import Certificates, check_certificate_url, public_key
from imagedrop.settings import Settings

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

__all__ = ["Certificates", "PushRefused", "PushUnavailable", "confirm", "is_push", "verify"]

NOTIFICATION = "Notification"
CONFIRMATIONS = ("SubscriptionConfirmation", "UnsubscribeConfirmation")
SIGNED = {
    NOTIFICATION: ("message", "message_id", "subject", "timestamp", "topic_urn", "type"),
    **dict.fromkeys(CONFIRMATIONS, ("message", "message_id", "subscribe_url", "timestamp", "topic_urn", "type")),
}
ONE_LINE = ("message_id", "subject", "timestamp")  # topic and type are compared, the address has a rule of its own

Push = Mapping[str, Any]


def is_push(body: Any) -> bool:
    return isinstance(body, dict) and "topic_urn" in body and "type" in body


def check_topic(push: Push, settings: Settings) -> None:
    """Raises PushRefused unless the push is of the configured topic."""
    if not settings.smn_topic_urn:
        raise PushRefused(403, "Foreign", "no SMN topic is configured: set IMAGEDROP_SMN_TOPIC_URN")
    if push.get("topic_urn") != settings.smn_topic_urn:
        raise PushRefused(403, "Foreign", "topic_urn is not the configured topic")


def verify(push: Push, settings: Settings, certificates: Certificates, fetch: Fetch, now: datetime) -> None:
    """Returns if SMN signed this push, of one of the types in SIGNED, for the configured topic.

    Raises PushRefused, or PushUnavailable where the certificate cannot be had.
    """
    check_topic(push, settings)
    signature = _signature(push)
    texts = texts_to_sign(push)
    url = check_certificate_url(push.get("signing_cert_url"), settings)
    key = public_key(certificates.get(url, fetch, now), now)
    if not any(_signed(key, signature, text) for text in texts):
        raise PushRefused(403, "Forged", "the signature does not fit the message")


def texts_to_sign(push: Push) -> list[bytes]:
    """What SMN may have signed: two texts for an empty subject, on which its samples disagree. Raises PushRefused."""
    kind = push.get("type")
    if not isinstance(kind, str) or kind not in SIGNED:
        raise PushRefused(400, "Malformed", f"type is none of {', '.join(SIGNED)}")
    names = SIGNED[kind]
    given = [name for name in names if name != "subject" or name in push]
    choices = [given]
    if "subject" in given and not push["subject"]:
        choices.append([name for name in given if name != "subject"])
    return [b"".join(_line(name, push.get(name)) for name in choice) for choice in choices]


def _line(name: str, value: Any) -> bytes:
    if value is None and name == "subject":
        value = ""
    if not isinstance(value, str):
        raise PushRefused(400, "Malformed", f"{name} is missing or no text")
    if name in ONE_LINE and ("\n" in value or "\r" in value):
        raise PushRefused(400, "Malformed", f"{name} has more than one line")
    try:
        return f"{name}\n{value}\n".encode()
    except UnicodeEncodeError:
        raise PushRefused(400, "Malformed", f"{name} cannot be written as UTF-8") from None


def _signature(push: Push) -> bytes:
    given = push.get("signature")
    if not isinstance(given, str) or not given:
        raise PushRefused(401, "Unsigned", "there is no signature")
    try:
        return base64.b64decode(given, validate=True)
    except (ValueError, binascii.Error):
        raise PushRefused(400, "Malformed", "the signature is not base64") from None


def _signed(key: RSAPublicKey, signature: bytes, text: bytes) -> bool:
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
    from cryptography.hazmat.primitives.hashes import SHA256

    try:
        key.verify(signature, text, PKCS1v15(), SHA256())
    except InvalidSignature:
        return False
    return True


def confirm(push: Push, settings: Settings, fetch: Fetch) -> None:
    """Confirms the subscription of a verified SubscriptionConfirmation. Raises PushRefused or PushUnavailable."""
    url = _confirmation_url(push["subscribe_url"], settings)
    try:
        fetch(url)
    except FetchTooLarge:
        pass  # it answered 200; the page that it shows is for people
    except FetchFailed as error:
        raise PushUnavailable(f"the subscription cannot be confirmed: {error}") from None


def _confirmation_url(url: str, settings: Settings) -> str:
    """`url`, if it lies where subscriptions are confirmed and names no other topic. Raises PushRefused."""
    origin = settings.smn_confirm_origin.rstrip("/")
    if not re.fullmatch(rf"{re.escape(origin)}/[!-~]*", url) or "#" in url or "\\" in url:
        raise PushRefused(403, "Forged", f"subscribe_url does not lie at {origin}/")
    if any(topic != settings.smn_topic_urn for topic in parse_qs(url.partition("?")[2]).get("topic_urn", ())):
        raise PushRefused(403, "Foreign", "subscribe_url is for another topic")
    return url
