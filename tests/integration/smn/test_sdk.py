"""The official SDK drives every call of the simulator."""

from __future__ import annotations

import json
import urllib.parse
from collections.abc import Callable
from typing import Any

import pytest
from huaweicloudsdkcore.exceptions.exceptions import ClientRequestException, ServerResponseException
from huaweicloudsdksmn.v2 import (
    AddSubscriptionRequest,
    AddSubscriptionRequestBody,
    CancelSubscriptionRequest,
    ConfirmSubscriptionRequest,
    CreateTopicRequest,
    CreateTopicRequestBody,
    DeleteTopicRequest,
    ListSubscriptionsByTopicRequest,
    ListSubscriptionsRequest,
    ListTopicDetailsRequest,
    ListTopicsRequest,
    PublishMessageRequest,
    PublishMessageRequestBody,
    SubscriptionExtension,
)

from imagedrop_local.faults import Fault
from tests.support.signed_requests import PROJECT


def create_topic(office: Any, name: Any = "drops") -> str:
    return str(office.client.create_topic(CreateTopicRequest(body=CreateTopicRequestBody(name=name))).topic_urn)


def subscribe(office: Any, urn: str, **fields: Any) -> str:
    body = AddSubscriptionRequestBody(**{"protocol": "http", "endpoint": office.endpoint.url, **fields})
    return str(office.client.add_subscription(AddSubscriptionRequest(topic_urn=urn, body=body)).subscription_urn)


def publish(office: Any, urn: str, **fields: Any) -> Any:
    body = PublishMessageRequestBody(**{"message": "m", **fields})
    return office.client.publish_message(PublishMessageRequest(topic_urn=urn, body=body))


def test_the_sdk_subscribes_confirms_and_publishes(office: Any) -> None:
    urn = create_topic(office)
    assert urn == f"urn:smn:cn-north-4:{PROJECT}:drops"
    extension = SubscriptionExtension(header={"x-secret": "s"})
    subscription = subscribe(office, urn, remark="备注", extension=extension)
    assert subscribe(office, urn) == subscription
    pending = office.client.list_subscriptions(ListSubscriptionsRequest(status=0)).subscriptions
    assert [(one.subscription_urn, one.remark) for one in pending] == [(subscription, "备注")]
    push = office.endpoint.wait(1, "SubscriptionConfirmation")[-1]
    query = dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(push.body["subscribe_url"]).query))
    token = office.endpoint.wait(2, "SubscriptionConfirmation")[-1].body["subscribe_url"] and query["token"]
    confirmed = office.client.confirm_subscription(ConfirmSubscriptionRequest(topic_urn=urn, token=token))
    assert confirmed.subscription_urn == subscription
    sent = publish(office, urn, subject="s")
    (message,) = office.endpoint.wait(1)
    assert (message.body["message_id"], message.body["subject"]) == (sent.message_id, "s")
    assert message.headers["x-secret"] == "s"


def test_topics_are_listed_shown_and_deleted_with_their_subscriptions(office: Any) -> None:
    client, urn = office.client, create_topic(office)
    assert create_topic(office) == urn
    other = create_topic(office, "others")
    subscribe(office, other)
    assert {one.name for one in client.list_topics(ListTopicsRequest()).topics} == {"drops", "others"}
    listed = client.list_topics(ListTopicsRequest(name="others"))
    assert (listed.topic_count, listed.topics[0].topic_urn) == (1, other)
    assert client.list_topics(ListTopicsRequest(offset=1, limit=1)).topics[0].name == "others"
    assert client.list_topic_details(ListTopicDetailsRequest(topic_urn=other)).name == "others"
    held = client.list_subscriptions_by_topic(ListSubscriptionsByTopicRequest(topic_urn=other)).subscriptions
    assert [one.endpoint for one in held] == [office.endpoint.url]
    client.delete_topic(DeleteTopicRequest(topic_urn=other))
    assert client.list_subscriptions(ListSubscriptionsRequest()).subscription_count == 0


def test_a_cancelled_subscription_is_deleted(office: Any) -> None:
    urn = create_topic(office)
    subscription = subscribe(office, urn)
    office.client.cancel_subscription(CancelSubscriptionRequest(subscription_urn=subscription))
    assert office.client.list_subscriptions(ListSubscriptionsRequest()).subscription_count == 0


def test_a_structured_message_takes_precedence_over_a_plain_one(office: Any) -> None:
    urn = office.subscribed()
    publish(office, urn, message_structure=json.dumps({"default": "d", "sms": "short"}))
    publish(office, urn, message_structure=json.dumps({"default": "d", "http": "h"}))
    assert sorted(push.body["message"] for push in office.endpoint.wait(2)) == ["d", "h"]


def refusal(call: Callable[[], Any]) -> tuple[int, str]:
    with pytest.raises(ClientRequestException) as raised:
        call()
    return raised.value.status_code, raised.value.error_code


NO_TOPIC = f"urn:smn:cn-north-4:{PROJECT}:nothing"
REFUSED: dict[str, tuple[Callable[[Any, str], Any], tuple[int, str]]] = {
    "topic name": (lambda office, urn: create_topic(office, "a b"), (400, "SMN.0002")),
    "no topic": (lambda office, urn: publish(office, NO_TOPIC), (404, "SMN.0006")),
    "no topic to join": (lambda office, urn: subscribe(office, NO_TOPIC), (404, "SMN.0006")),
    "protocol": (lambda office, urn: subscribe(office, urn, protocol="pigeon"), (400, "SMN.0011")),
    "other scheme": (lambda office, urn: subscribe(office, urn, protocol="https"), (400, "SMN.0012")),
    "no address": (lambda office, urn: subscribe(office, urn, endpoint="http://"), (400, "SMN.0012")),
    "remark": (lambda office, urn: subscribe(office, urn, remark="备" * 43), (400, "SMN.0017")),
    "no subscription": (
        lambda office, urn: office.client.cancel_subscription(CancelSubscriptionRequest(f"{urn}:nope")),
        (404, "SMN.0013"),
    ),
    "token": (
        lambda office, urn: office.client.confirm_subscription(ConfirmSubscriptionRequest(topic_urn=urn, token="x")),
        (400, "SMN.0043"),
    ),
    "no message": (lambda office, urn: publish(office, urn, message=""), (400, "SMN.0022")),
    "long message": (lambda office, urn: publish(office, urn, message="中" * 90_000), (400, "SMN.0022")),
    "long subject": (lambda office, urn: publish(office, urn, subject="中" * 171), (400, "SMN.0020")),
    "structure": (lambda office, urn: publish(office, urn, message_structure='{"sms": "x"}'), (400, "SMN.0021")),
    "template": (
        lambda office, urn: publish(office, urn, message=None, message_template_name="t"),
        (400, "SMN.0022"),
    ),
    "limit": (lambda office, urn: office.client.list_topics(ListTopicsRequest(limit=101)), (400, "SMN.0015")),
}


@pytest.mark.parametrize("what", REFUSED)
def test_invalid_calls_are_refused_with_their_error_code(office: Any, what: str) -> None:
    call, expected = REFUSED[what]
    urn = create_topic(office)
    assert refusal(lambda: call(office, urn)) == expected


@pytest.mark.parametrize(
    "headers",
    [
        {f"x-{n}": "v" for n in range(11)},
        {"x-long": "v" * 1025},
        {"x-smn-type": "v"},
        {"X-A": "1", "x-a": "2"},
        {"x--a": "v"},
        {"x-a-": "v"},
        {"1x": "v"},
        {"x-a": "中"},
        {"x-a": "a\r\nb: c"},
    ],
    ids=str,
)
def test_invalid_headers_of_a_subscription_are_refused(office: Any, headers: dict[str, str]) -> None:
    urn = create_topic(office)
    assert refusal(lambda: subscribe(office, urn, extension={"header": headers})) == (400, "SMN.0043")


def test_a_wrong_secret_key_may_not_publish(office: Any) -> None:
    urn = create_topic(office)
    office.client = office.connect(sk="guessed")
    assert refusal(lambda: publish(office, urn)) == (401, "APIGW.0301")


def test_a_fault_applies_to_a_call_of_smn(office: Any) -> None:
    urn = create_topic(office)
    office.faults.add(Fault(service="smn", call="PublishMessage", times=1, fault="status", status=503))
    with pytest.raises(ServerResponseException):
        publish(office, urn)
    assert publish(office, urn).message_id
