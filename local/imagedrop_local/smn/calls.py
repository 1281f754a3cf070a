"""What each call of SMN does, and its path (SMN API; names and paths as the official SDK has them)."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from imagedrop_local.gateway.routing import Routes
from imagedrop_local.http import Response
from imagedrop_local.json_store import Document
from imagedrop_local.smn.error_codes import api_error
from imagedrop_local.smn.service_state import ServiceState

_TOPICS = "/v2/{project_id}/notifications/topics"
_TOPIC = f"{_TOPICS}/{{topic_urn}}"
_SUBSCRIPTIONS = "/v2/{project_id}/notifications/subscriptions"


@dataclass(frozen=True)
class ApiRequest:
    path: dict[str, str]
    query: dict[str, str]
    raw: bytes

    def body(self) -> Document:
        try:
            body = json.loads(self.raw or b"{}")
        except ValueError as error:
            raise api_error("SMN.0022", f"the body is no JSON: {error}") from None
        if not isinstance(body, dict):
            raise api_error("SMN.0022", "the body is no JSON object")
        return body


@dataclass(frozen=True)
class Call:
    """`signed`: only with the project's signature; the others are for whoever has the link."""

    act: Callable[[ApiRequest], Response]
    signed: bool = True


class Calls:
    def __init__(self, room: ServiceState) -> None:
        self._room = room

    def routes(self) -> Routes[Call]:
        signed = (
            ("POST", _TOPICS, "CreateTopic", self._create_topic),
            ("GET", _TOPICS, "ListTopics", self._list_topics),
            ("GET", _TOPIC, "ListTopicDetails", self._show_topic),
            ("DELETE", _TOPIC, "DeleteTopic", self._delete_topic),
            ("POST", f"{_TOPIC}/subscriptions", "AddSubscription", self._subscribe),
            ("GET", f"{_TOPIC}/subscriptions", "ListSubscriptionsByTopic", self._list_subscriptions),
            ("GET", _SUBSCRIPTIONS, "ListSubscriptions", self._list_subscriptions),
            ("DELETE", f"{_SUBSCRIPTIONS}/{{subscription_urn}}", "CancelSubscription", self._cancel),
            ("POST", f"{_TOPIC}/publish", "PublishMessage", self._publish),
        )
        anybody = (
            ("GET", "/smn/subscription/confirm", "ConfirmSubscription", self._confirm),
            ("GET", "/smn/subscription/unsubscribe", "UnsubscribeSubscription", self._unsubscribe),
            ("GET", "/rest/v2/notifications/subscription/confirm", "ConfirmSubscription", self._confirm),
            ("GET", "/rest/v2/notifications/subscription/unsubscribe", "UnsubscribeSubscription", self._unsubscribe),
        )
        return Routes(
            [(method, path, name, Call(act)) for method, path, name, act in signed]
            + [(method, path, name, Call(act, signed=False)) for method, path, name, act in anybody]
        )

    def _create_topic(self, asked: ApiRequest) -> Response:
        body = asked.body()
        topic, new = self._room.create_topic(body.get("name"), body.get("display_name"))
        return _answer(201 if new else 200, topic_urn=topic["topic_urn"])

    def _list_topics(self, asked: ApiRequest) -> Response:
        topics = [_topic(one) for one in self._room.read(lambda book: book.topics())]
        wanted = {name: asked.query[name] for name in ("name", "topic_id") if asked.query.get(name)}
        found = [one for one in topics if all(one[name] == value for name, value in wanted.items())]
        return _answer(200, topic_count=len(found), topics=_page(found, asked.query))

    def _show_topic(self, asked: ApiRequest) -> Response:
        return _answer(200, **_topic(self._room.read(lambda book: book.topic(asked.path["topic_urn"]))))

    def _delete_topic(self, asked: ApiRequest) -> Response:
        self._room.delete_topic(asked.path["topic_urn"])
        return _answer(200)

    def _subscribe(self, asked: ApiRequest) -> Response:
        body = asked.body()
        if body.get("subscriptions"):
            raise api_error("SMN.0043", "this simulator takes one subscription a call")
        extension = body.get("extension")
        headers = extension.get("header") if isinstance(extension, dict) else None
        one, new = self._room.subscribe(
            asked.path["topic_urn"], body.get("protocol"), body.get("endpoint"), headers, body.get("remark")
        )
        return _answer(201 if new else 200, subscription_urn=one["subscription_urn"])

    def _list_subscriptions(self, asked: ApiRequest) -> Response:
        urn = asked.path.get("topic_urn")
        if urn is not None:
            self._room.read(lambda book: book.topic(urn))
        held = [_subscription(one) for one in self._room.read(lambda book: book.subscriptions(urn))]
        wanted = {name: asked.query[name] for name in ("protocol", "endpoint", "status") if asked.query.get(name)}
        found = [one for one in held if all(str(one[name]) == value for name, value in wanted.items())]
        return _answer(200, subscription_count=len(found), subscriptions=_page(found, asked.query))

    def _cancel(self, asked: ApiRequest) -> Response:
        self._room.cancel(asked.path["subscription_urn"])
        return _answer(200)

    def _publish(self, asked: ApiRequest) -> Response:
        body = asked.body()
        self._room.check_time_to_live(body.get("time_to_live"))
        message_id = self._room.publish(asked.path["topic_urn"], _message(body), body.get("subject"))
        return _answer(200, message_id=message_id)

    def _confirm(self, asked: ApiRequest) -> Response:
        one = self._room.confirm(asked.query.get("topic_urn", ""), asked.query.get("token", ""))
        return _answer(200, subscription_urn=one["subscription_urn"])

    def _unsubscribe(self, asked: ApiRequest) -> Response:
        self._room.unsubscribe(asked.query.get("subscription_urn", ""))
        return _answer(200, message="unsubscribed")


def _message(body: Document) -> Any:
    """Structure before template before message (SMN API: publish)."""
    structure = body.get("message_structure")
    if not structure:
        if body.get("message_template_name"):
            raise api_error("SMN.0022", "this simulator has no message templates")
        return body.get("message")
    try:
        parsed = json.loads(structure)
        return parsed.get("http", parsed["default"])
    except (TypeError, ValueError, KeyError, AttributeError):
        raise api_error("SMN.0021", "a JSON string with `default`") from None


def _answer(status: int, **fields: Any) -> Response:
    return Response.json(status, {"request_id": uuid.uuid4().hex, **fields})


def _page(found: list[Document], query: dict[str, str]) -> list[Document]:
    offset, limit = query.get("offset", "0"), query.get("limit", "100")
    if not offset.isdecimal() or not limit.isdecimal() or not 1 <= int(limit) <= 100:
        raise api_error("SMN.0015", "offset from 0, limit from 1 to 100")
    return found[int(offset) : int(offset) + int(limit)]


def _topic(one: Document) -> Document:
    return {
        "topic_urn": one["topic_urn"],
        "topic_id": one["id"],
        "name": one["name"],
        "display_name": one["display_name"],
        "push_policy": 0,
        "enterprise_project_id": "0",
        "create_time": one["made"],
        "update_time": one["made"],
    }


def _subscription(one: Document) -> Document:
    names = ("topic_urn", "protocol", "subscription_urn", "owner", "endpoint", "remark", "status")
    return {name: one[name] for name in names} | {"filter_polices": []}
