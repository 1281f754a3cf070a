"""The calls of SMN and their paths (SMN API; names and paths as in the official SDK)."""

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
            raise api_error("SMN.0022", f"the body is not JSON: {error}") from None
        if not isinstance(body, dict):
            raise api_error("SMN.0022", "the body is not a JSON object")
        return body


@dataclass(frozen=True)
class Call:
    """`signed`: requires the project's signature. The other calls are for anyone who has the link."""

    act: Callable[[ApiRequest], Response]
    signed: bool = True


class Calls:
    def __init__(self, state: ServiceState) -> None:
        self._state = state

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
        unsigned = (
            ("GET", "/smn/subscription/confirm", "ConfirmSubscription", self._confirm),
            ("GET", "/smn/subscription/unsubscribe", "UnsubscribeSubscription", self._unsubscribe),
            ("GET", "/rest/v2/notifications/subscription/confirm", "ConfirmSubscription", self._confirm),
            ("GET", "/rest/v2/notifications/subscription/unsubscribe", "UnsubscribeSubscription", self._unsubscribe),
        )
        return Routes(
            [(method, path, name, Call(act)) for method, path, name, act in signed]
            + [(method, path, name, Call(act, signed=False)) for method, path, name, act in unsigned]
        )

    def _create_topic(self, request: ApiRequest) -> Response:
        body = request.body()
        topic, new = self._state.create_topic(body.get("name"), body.get("display_name"))
        return _answer(201 if new else 200, topic_urn=topic["topic_urn"])

    def _list_topics(self, request: ApiRequest) -> Response:
        topics = [_topic(topic) for topic in self._state.read(lambda topics: topics.topics())]
        filters = {name: request.query[name] for name in ("name", "topic_id") if request.query.get(name)}
        found = [topic for topic in topics if all(topic[name] == value for name, value in filters.items())]
        return _answer(200, topic_count=len(found), topics=_page(found, request.query))

    def _show_topic(self, request: ApiRequest) -> Response:
        return _answer(200, **_topic(self._state.read(lambda topics: topics.topic(request.path["topic_urn"]))))

    def _delete_topic(self, request: ApiRequest) -> Response:
        self._state.delete_topic(request.path["topic_urn"])
        return _answer(200)

    def _subscribe(self, request: ApiRequest) -> Response:
        body = request.body()
        if body.get("subscriptions"):
            raise api_error("SMN.0043", "this simulator accepts one subscription per call")
        extension = body.get("extension")
        headers = extension.get("header") if isinstance(extension, dict) else None
        subscription, new = self._state.subscribe(
            request.path["topic_urn"], body.get("protocol"), body.get("endpoint"), headers, body.get("remark")
        )
        return _answer(201 if new else 200, subscription_urn=subscription["subscription_urn"])

    def _list_subscriptions(self, request: ApiRequest) -> Response:
        urn = request.path.get("topic_urn")
        if urn is not None:
            self._state.read(lambda topics: topics.topic(urn))
        subscriptions = [
            _subscription(document) for document in self._state.read(lambda topics: topics.subscriptions(urn))
        ]
        filters = {name: request.query[name] for name in ("protocol", "endpoint", "status") if request.query.get(name)}
        found = [
            document
            for document in subscriptions
            if all(str(document[name]) == value for name, value in filters.items())
        ]
        return _answer(200, subscription_count=len(found), subscriptions=_page(found, request.query))

    def _cancel(self, request: ApiRequest) -> Response:
        self._state.cancel(request.path["subscription_urn"])
        return _answer(200)

    def _publish(self, request: ApiRequest) -> Response:
        body = request.body()
        self._state.check_time_to_live(body.get("time_to_live"))
        message_id = self._state.publish(request.path["topic_urn"], _message(body), body.get("subject"))
        return _answer(200, message_id=message_id)

    def _confirm(self, request: ApiRequest) -> Response:
        subscription = self._state.confirm(request.query.get("topic_urn", ""), request.query.get("token", ""))
        return _answer(200, subscription_urn=subscription["subscription_urn"])

    def _unsubscribe(self, request: ApiRequest) -> Response:
        self._state.unsubscribe(request.query.get("subscription_urn", ""))
        return _answer(200, message="unsubscribed")


def _message(body: Document) -> Any:
    """message_structure takes precedence over a template, and that over message (SMN API: publish)."""
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


def _topic(document: Document) -> Document:
    return {
        "topic_urn": document["topic_urn"],
        "topic_id": document["id"],
        "name": document["name"],
        "display_name": document["display_name"],
        "push_policy": 0,
        "enterprise_project_id": "0",
        "create_time": document["made"],
        "update_time": document["made"],
    }


def _subscription(document: Document) -> Document:
    names = ("topic_urn", "protocol", "subscription_urn", "owner", "endpoint", "remark", "status")
    return {name: document[name] for name in names} | {"filter_polices": []}
