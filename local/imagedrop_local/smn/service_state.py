"""The state of SMN: topics, subscriptions and deliveries, behind one lock."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from imagedrop_local.json_store import Document
from imagedrop_local.pushes.delivery import PushDelivery
from imagedrop_local.smn.error_codes import api_error
from imagedrop_local.smn.messages import Kind, MessageWriter
from imagedrop_local.smn.switches import SmnSwitches
from imagedrop_local.smn.topics import CONFIRMED, PENDING, TopicStore

MAX_MESSAGE, MAX_SUBJECT = 256 << 10, 512  # bytes


class ServiceState:
    """Thread-safe. Every method may raise ApiError with SMN's codes."""

    def __init__(
        self,
        topics: TopicStore,
        delivery: PushDelivery,
        writer: Callable[[], MessageWriter],
        clock: Callable[[], datetime],
        switches: SmnSwitches,
    ) -> None:
        self._topics, self._delivery, self._writer = topics, delivery, writer
        self._clock, self._switches = clock, switches
        self._lock = threading.RLock()

    def read(self, query: Callable[[TopicStore], Any]) -> Any:
        with self._lock:
            return query(self._topics)

    def create_topic(self, name: Any, display_name: Any = "") -> tuple[Document, bool]:
        with self._lock:
            return self._topics.create_topic(name, display_name, self._clock())

    def delete_topic(self, urn: str) -> None:
        with self._lock:
            self._topics.delete_topic(urn)

    def subscribe(
        self, urn: str, protocol: Any, endpoint: Any, headers: Any = None, remark: Any = None
    ) -> tuple[Document, bool]:
        """The subscription, and whether it is new. A pending one gets a (new) request to confirm."""
        with self._lock:
            subscription, new = self._topics.subscribe(
                urn, protocol, endpoint, headers or {}, remark or "", self._clock()
            )
            if subscription["status"] == PENDING:
                self._request_confirmation("SubscriptionConfirmation", subscription)
            return subscription, new

    def confirm(self, urn: str, token: str) -> Document:
        with self._lock:
            return self._topics.confirm(urn, token, self._clock())

    def unsubscribe(self, subscription_urn: str) -> None:
        with self._lock:
            self._request_confirmation(
                "UnsubscribeConfirmation", self._topics.unsubscribe(subscription_urn, self._clock())
            )

    def cancel(self, subscription_urn: str) -> None:
        with self._lock:
            self._topics.cancel(subscription_urn)

    def publish(self, urn: str, message: Any, subject: Any = None) -> str:
        """Pushes to every confirmed HTTP(S) subscription; returns the message id."""
        _check(message, subject)
        message_id = uuid.uuid4().hex
        with self._lock:
            self._topics.topic(urn)
            writer = self._writer()
            body = writer.notification(urn, message_id, message, subject, self._clock())
            for subscription in self._topics.subscriptions(urn):
                if subscription["status"] == CONFIRMED:
                    url = writer.unsubscribe_url(subscription["subscription_urn"])
                    self._push(subscription, body | {"unsubscribe_url": url}, subscription["headers"], event=True)
        return message_id

    def check_time_to_live(self, seconds: Any) -> None:
        """Checks `time_to_live`, a number of seconds as a string."""
        longest = self._switches.smn_longest_life
        if seconds is None or seconds == "":
            return
        if not isinstance(seconds, str) or not seconds.isdecimal() or not 1 <= int(seconds[:12]) <= longest:
            raise api_error("SMN.0022", f"time_to_live {seconds!r}, from 1 to {longest}")

    def _request_confirmation(self, kind: Kind, subscription: Document) -> None:
        # The subscription's headers are not sent here: before confirmation, the endpoint may belong to someone else.
        body = self._writer().confirmation(
            kind, subscription["topic_urn"], uuid.uuid4().hex, subscription["token"], self._clock()
        )
        self._push(subscription, body, {}, event=False)

    def _push(
        self, subscription: Document, body: Mapping[str, Any], subscriber_headers: Mapping[str, str], *, event: bool
    ) -> None:
        if subscription["protocol"] not in ("http", "https"):
            return
        headers = {
            **subscriber_headers,
            "Content-Type": "application/json; charset=UTF-8",
            "X-SMN-MESSAGE-TYPE": body["type"],
            "X-SMN-MESSAGE-ID": body["message_id"],
            "X-SMN-TOPIC-URN": subscription["topic_urn"],
        }
        if self._switches.smn_subscription_header:
            headers["X-SMN-SUBSCRIPTION-URN"] = subscription["subscription_urn"]
        self._delivery.send(subscription["endpoint"], headers, body, event=event)


def _check(message: Any, subject: Any) -> None:
    if not isinstance(message, str) or not message or len(message.encode()) > MAX_MESSAGE:
        raise api_error("SMN.0022", f"1 to {MAX_MESSAGE} bytes of text")
    if subject is not None and (not isinstance(subject, str) or len(subject.encode()) > MAX_SUBJECT):
        raise api_error("SMN.0020", f"at most {MAX_SUBJECT} bytes of text")
