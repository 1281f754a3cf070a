"""Topics and subscriptions, and their rules (SMN API: CreateTopic, AddSubscription, ConfirmSubscription)."""

from __future__ import annotations

import hashlib
import re
import uuid
from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from imagedrop_local.json_store import Document, JsonStore
from imagedrop_local.smn.error_codes import api_error

PENDING, CONFIRMED, CANCELLED = 0, 1, 3  # SMN API: status of a subscription
TOKEN_LIFETIME = timedelta(hours=48)
MAX_SUBSCRIPTIONS = 10_000  # per topic
PROTOCOLS = ("http", "https", "email", "sms", "functionstage")


class TopicStore:
    """Not thread-safe."""

    def __init__(self, folder: Path, region: str, project_id: str) -> None:
        self._topics, self._subscriptions = JsonStore(folder / "topics"), JsonStore(folder / "subscriptions")
        self._project_id, self._prefix = project_id, f"urn:smn:{region}:{project_id}:"

    def topics(self) -> list[Document]:
        return list(self._topics)

    def subscriptions(self, topic_urn: str | None = None) -> list[Document]:
        return [subscription for subscription in self._subscriptions if topic_urn in (None, subscription["topic_urn"])]

    def create_topic(self, name: Any, display_name: Any, now: datetime) -> tuple[Document, bool]:
        """The topic, and whether it is new. Raises ApiError: SMN.0002."""
        if not isinstance(name, str) or not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_-]{0,254}", name):
            raise api_error("SMN.0002", repr(name))
        urn = self._prefix + name
        existing_topic = self._topics.get(_id(urn))
        if existing_topic:
            return existing_topic, False
        topic = {
            "id": _id(urn),
            "topic_urn": urn,
            "name": name,
            "display_name": display_name or "",
            "made": _format_time(now),
        }
        self._topics.put(topic)
        return topic, True

    def topic(self, urn: str) -> Document:
        """Raises ApiError: SMN.0006."""
        topic = self._topics.get(_id(urn))
        if topic is None:
            raise api_error("SMN.0006", urn)
        return topic

    def delete_topic(self, urn: str) -> None:
        self._topics.delete(self.topic(urn)["id"])
        for subscription in self.subscriptions(urn):
            self._subscriptions.delete(subscription["id"])

    def subscribe(
        self, urn: str, protocol: str, endpoint: str, headers: Mapping[str, str], remark: str, now: datetime
    ) -> tuple[Document, bool]:
        """The subscription, and whether it is new. Raises ApiError: SMN.0006 0011 0012 0017 0043 0078."""
        self.topic(urn)
        _check(protocol, endpoint, headers, remark)
        existing = self.subscriptions(urn)
        for subscription in existing:
            same = subscription["protocol"] == protocol and subscription["endpoint"] == endpoint
            if same and subscription["status"] != CANCELLED:
                return subscription, False
        if len(existing) >= MAX_SUBSCRIPTIONS:
            raise api_error("SMN.0078")
        name = uuid.uuid4().hex
        subscription = {
            "id": name,
            "subscription_urn": f"{urn}:{name}",
            "topic_urn": urn,
            "protocol": protocol,
            "endpoint": endpoint,
            "owner": self._project_id,
            "remark": remark,
            "headers": dict(headers),
            "status": PENDING,
        }
        return self.issue_token(subscription, now), True

    def issue_token(self, subscription: Document, now: datetime) -> Document:
        """Gives the subscription a new token."""
        subscription |= {"token": uuid.uuid4().hex + uuid.uuid4().hex, "token_made": now.isoformat()}
        self._subscriptions.put(subscription)
        return subscription

    def confirm(self, urn: str, token: str, now: datetime) -> Document:
        """Raises ApiError: SMN.0043 for a token that is wrong or older than 48 hours."""
        for subscription in self.subscriptions(urn):
            fresh = datetime.fromisoformat(subscription["token_made"]) + TOKEN_LIFETIME > now
            if token and subscription["token"] == token and fresh:
                subscription["status"] = CONFIRMED
                self._subscriptions.put(subscription)
                return subscription
        raise api_error("SMN.0043", "the token is wrong or older than 48 hours")

    def subscription(self, subscription_urn: str) -> Document:
        """Raises ApiError: SMN.0013."""
        subscription = self._subscriptions.get(subscription_urn.rpartition(":")[2])
        if subscription is None or subscription["subscription_urn"] != subscription_urn:
            raise api_error("SMN.0013", subscription_urn)
        return subscription

    def unsubscribe(self, subscription_urn: str, now: datetime) -> Document:
        """As the subscriber. The new token can confirm the subscription again."""
        subscription = self.subscription(subscription_urn)
        subscription["status"] = CANCELLED
        return self.issue_token(subscription, now)

    def cancel(self, subscription_urn: str) -> None:
        """As the owner of the topic: deletes the subscription."""
        self._subscriptions.delete(self.subscription(subscription_urn)["id"])


def _check(protocol: Any, endpoint: Any, headers: Mapping[str, str], remark: Any) -> None:
    if protocol not in PROTOCOLS:
        raise api_error("SMN.0011", f"{protocol!r}, one of {', '.join(PROTOCOLS)}")
    if not isinstance(endpoint, str) or not endpoint:
        raise api_error("SMN.0012", repr(endpoint))
    if protocol in ("http", "https"):
        parts = urlsplit(endpoint)
        if parts.scheme != protocol or not parts.hostname:
            raise api_error("SMN.0012", f"{endpoint!r} is not a valid {protocol} URL")
    if not isinstance(remark, str) or len(remark.encode()) > 128:
        raise api_error("SMN.0017", "at most 128 bytes")
    _check_headers(headers)


def _check_headers(headers: Any) -> None:
    """At most 10, 1,024 characters in all; names unique, case-insensitive (SDK: SubscriptionExtension.header)."""
    if not isinstance(headers, Mapping) or not all(isinstance(value, str) for value in headers.values()):
        raise api_error("SMN.0043", "header is an object of strings")
    if len(headers) > 10 or sum(len(name) + len(value) for name, value in headers.items()) > 1024:
        raise api_error("SMN.0043", "at most 10 headers with 1024 characters in all")
    if len({name.lower() for name in headers}) < len(headers):
        raise api_error("SMN.0043", "a header occurs twice")
    for name, value in headers.items():
        if not re.fullmatch(r"[A-Za-z](-?[A-Za-z0-9])*", name) or name.lower().startswith("x-smn"):
            raise api_error("SMN.0043", f"header name {name!r}")
        if not re.fullmatch(r"[\x20-\x7e]*", value):
            raise api_error("SMN.0043", f"the value of header {name} is not ASCII")


def _id(urn: str) -> str:
    return hashlib.sha256(urn.encode()).hexdigest()[:32]


def _format_time(now: datetime) -> str:
    return f"{now:%Y-%m-%dT%H:%M:%SZ}"
