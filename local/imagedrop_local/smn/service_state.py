"""What SMN does with topics, subscriptions and messages: the book, the writer and the courier together."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from imagedrop_local.json_store import Document
from imagedrop_local.smn.delivery import PushDelivery
from imagedrop_local.smn.error_codes import api_error
from imagedrop_local.smn.messages import Kind, MessageWriter
from imagedrop_local.smn.switches import SmnSwitches
from imagedrop_local.smn.topics import CONFIRMED, PENDING, TopicStore

MAX_MESSAGE, MAX_SUBJECT = 256 << 10, 512  # bytes


class ServiceState:
    """Thread-safe. Every method may raise Refused with SMN's codes."""

    def __init__(
        self,
        book: TopicStore,
        courier: PushDelivery,
        writer: Callable[[], MessageWriter],
        clock: Callable[[], datetime],
        switches: SmnSwitches,
    ) -> None:
        self._book, self._courier, self._writer = book, courier, writer
        self._clock, self._switches = clock, switches
        self._lock = threading.RLock()

    def read(self, look: Callable[[TopicStore], Any]) -> Any:
        with self._lock:
            return look(self._book)

    def create_topic(self, name: Any, display_name: Any = "") -> tuple[Document, bool]:
        with self._lock:
            return self._book.create_topic(name, display_name, self._clock())

    def delete_topic(self, urn: str) -> None:
        with self._lock:
            self._book.delete_topic(urn)

    def subscribe(
        self, urn: str, protocol: Any, endpoint: Any, headers: Any = None, remark: Any = None
    ) -> tuple[Document, bool]:
        """The subscription, and whether it is new; one that is not confirmed is asked to confirm, again too."""
        with self._lock:
            one, new = self._book.subscribe(urn, protocol, endpoint, headers or {}, remark or "", self._clock())
            if one["status"] == PENDING:
                self._ask("SubscriptionConfirmation", one)
            return one, new

    def confirm(self, urn: str, token: str) -> Document:
        with self._lock:
            return self._book.confirm(urn, token, self._clock())

    def unsubscribe(self, subscription_urn: str) -> None:
        with self._lock:
            self._ask("UnsubscribeConfirmation", self._book.unsubscribe(subscription_urn, self._clock()))

    def cancel(self, subscription_urn: str) -> None:
        with self._lock:
            self._book.cancel(subscription_urn)

    def publish(self, urn: str, message: Any, subject: Any = None) -> str:
        """Pushes to every confirmed HTTP(S) subscription; the message id."""
        _check(message, subject)
        message_id = uuid.uuid4().hex
        with self._lock:
            self._book.topic(urn)
            writer = self._writer()
            body = writer.notification(urn, message_id, message, subject, self._clock())
            for one in self._book.subscriptions(urn):
                if one["status"] == CONFIRMED:
                    own = body | {"unsubscribe_url": writer.unsubscribe_url(one["subscription_urn"])}
                    self._push(one, own, one["headers"], event=True)
        return message_id

    def check_time_to_live(self, seconds: Any) -> None:
        """`time_to_live`, a number of seconds in a string."""
        longest = self._switches.smn_longest_life
        if seconds is None or seconds == "":
            return
        if not isinstance(seconds, str) or not seconds.isdecimal() or not 1 <= int(seconds[:12]) <= longest:
            raise api_error("SMN.0022", f"time_to_live {seconds!r}, from 1 to {longest}")

    def _ask(self, kind: Kind, one: Document) -> None:
        # Headers of its own go only to a confirmed subscription: the address may be a stranger's.
        body = self._writer().confirmation(kind, one["topic_urn"], uuid.uuid4().hex, one["token"], self._clock())
        self._push(one, body, {}, event=False)

    def _push(self, one: Document, body: Mapping[str, Any], own: Mapping[str, str], *, event: bool) -> None:
        if one["protocol"] not in ("http", "https"):
            return
        headers = {
            **own,
            "Content-Type": "application/json; charset=UTF-8",
            "X-SMN-MESSAGE-TYPE": body["type"],
            "X-SMN-MESSAGE-ID": body["message_id"],
            "X-SMN-TOPIC-URN": one["topic_urn"],
        }
        if self._switches.smn_subscription_header:
            headers["X-SMN-SUBSCRIPTION-URN"] = one["subscription_urn"]
        self._courier.send(one["endpoint"], headers, body, event=event)


def _check(message: Any, subject: Any) -> None:
    if not isinstance(message, str) or not message or len(message.encode()) > MAX_MESSAGE:
        raise api_error("SMN.0022", f"1 to {MAX_MESSAGE} bytes of text")
    if subject is not None and (not isinstance(subject, str) or len(subject.encode()) > MAX_SUBJECT):
        raise api_error("SMN.0020", f"at most {MAX_SUBJECT} bytes of text")
