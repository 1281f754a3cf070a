"""The official SDK makes every call of the simulator."""

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


def create_topic(smn: Any, name: Any = "drops") -> str:
    return str(smn.client.create_topic(CreateTopicRequest(body=CreateTopicRequestBody(name=name))).topic_urn)


def subscribe(smn: Any, urn: str, **fields: Any) -> str:
    body = AddSubscriptionRequestBody(**{"protocol": "http", "endpoint": smn.endpoint.url, **fields})
    return str(smn.client.add_subscription(AddSubscriptionRequest(topic_urn=urn, body=body)).subscription_urn)


def publish(smn: Any, urn: str, **fields: Any) -> Any:
    body = PublishMessageRequestBody(**{"message": "m", **fields})
    return smn.client.publish_message(PublishMessageRequest(topic_urn=urn, body=body))


def test_the_sdk_subscribes_confirms_and_publishes(smn: Any) -> None:
    urn = create_topic(smn)
    assert urn == f"urn:smn:cn-north-4:{PROJECT}:drops"
    extension = SubscriptionExtension(header={"x-secret": "s"})
    subscription = subscribe(smn, urn, remark="备注", extension=extension)
    assert subscribe(smn, urn) == subscription
    pending = smn.client.list_subscriptions(ListSubscriptionsRequest(status=0)).subscriptions
    assert [(item.subscription_urn, item.remark) for item in pending] == [(subscription, "备注")]
    push = smn.endpoint.wait(1, "SubscriptionConfirmation")[-1]
    query = dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(push.body["subscribe_url"]).query))
    token = smn.endpoint.wait(2, "SubscriptionConfirmation")[-1].body["subscribe_url"] and query["token"]
    confirmed = smn.client.confirm_subscription(ConfirmSubscriptionRequest(topic_urn=urn, token=token))
    assert confirmed.subscription_urn == subscription
    sent = publish(smn, urn, subject="s")
    (message,) = smn.endpoint.wait(1)
    assert (message.body["message_id"], message.body["subject"]) == (sent.message_id, "s")
    assert message.headers["x-secret"] == "s"


def test_topics_are_listed_shown_and_deleted_with_their_subscriptions(smn: Any) -> None:
    client, urn = smn.client, create_topic(smn)
    assert create_topic(smn) == urn
    other = create_topic(smn, "others")
    subscribe(smn, other)
    assert {topic.name for topic in client.list_topics(ListTopicsRequest()).topics} == {"drops", "others"}
    listed = client.list_topics(ListTopicsRequest(name="others"))
    assert (listed.topic_count, listed.topics[0].topic_urn) == (1, other)
    assert client.list_topics(ListTopicsRequest(offset=1, limit=1)).topics[0].name == "others"
    assert client.list_topic_details(ListTopicDetailsRequest(topic_urn=other)).name == "others"
    subscriptions = client.list_subscriptions_by_topic(ListSubscriptionsByTopicRequest(topic_urn=other)).subscriptions
    assert [subscription.endpoint for subscription in subscriptions] == [smn.endpoint.url]
    client.delete_topic(DeleteTopicRequest(topic_urn=other))
    assert client.list_subscriptions(ListSubscriptionsRequest()).subscription_count == 0


def test_a_cancelled_subscription_is_deleted(smn: Any) -> None:
    urn = create_topic(smn)
    subscription = subscribe(smn, urn)
    smn.client.cancel_subscription(CancelSubscriptionRequest(subscription_urn=subscription))
    assert smn.client.list_subscriptions(ListSubscriptionsRequest()).subscription_count == 0


def test_a_structured_message_takes_precedence_over_a_plain_one(smn: Any) -> None:
    urn = smn.subscribed()
    publish(smn, urn, message_structure=json.dumps({"default": "d", "sms": "short"}))
    publish(smn, urn, message_structure=json.dumps({"default": "d", "http": "h"}))
    assert sorted(push.body["message"] for push in smn.endpoint.wait(2)) == ["d", "h"]


def error_of(call: Callable[[], Any]) -> tuple[int, str]:
    with pytest.raises(ClientRequestException) as raised:
        call()
    return raised.value.status_code, raised.value.error_code


NO_TOPIC = f"urn:smn:cn-north-4:{PROJECT}:nothing"
REFUSED: dict[str, tuple[Callable[[Any, str], Any], tuple[int, str]]] = {
    "topic name": (lambda smn, urn: create_topic(smn, "a b"), (400, "SMN.0002")),
    "no topic": (lambda smn, urn: publish(smn, NO_TOPIC), (404, "SMN.0006")),
    "no topic to join": (lambda smn, urn: subscribe(smn, NO_TOPIC), (404, "SMN.0006")),
    "protocol": (lambda smn, urn: subscribe(smn, urn, protocol="pigeon"), (400, "SMN.0011")),
    "other scheme": (lambda smn, urn: subscribe(smn, urn, protocol="https"), (400, "SMN.0012")),
    "no address": (lambda smn, urn: subscribe(smn, urn, endpoint="http://"), (400, "SMN.0012")),
    "remark": (lambda smn, urn: subscribe(smn, urn, remark="备" * 43), (400, "SMN.0017")),
    "no subscription": (
        lambda smn, urn: smn.client.cancel_subscription(CancelSubscriptionRequest(f"{urn}:nope")),
        (404, "SMN.0013"),
    ),
    "token": (
        lambda smn, urn: smn.client.confirm_subscription(ConfirmSubscriptionRequest(topic_urn=urn, token="x")),
        (400, "SMN.0043"),
    ),
    "no message": (lambda smn, urn: publish(smn, urn, message=""), (400, "SMN.0022")),
    "long message": (lambda smn, urn: publish(smn, urn, message="中" * 90_000), (400, "SMN.0022")),
    "long subject": (lambda smn, urn: publish(smn, urn, subject="中" * 171), (400, "SMN.0020")),
    "structure": (lambda smn, urn: publish(smn, urn, message_structure='{"sms": "x"}'), (400, "SMN.0021")),
    "template": (
        lambda smn, urn: publish(smn, urn, message=None, message_template_name="t"),
        (400, "SMN.0022"),
    ),
    "limit": (lambda smn, urn: smn.client.list_topics(ListTopicsRequest(limit=101)), (400, "SMN.0015")),
}


@pytest.mark.parametrize("case", REFUSED)
def test_invalid_calls_are_refused_with_their_error_code(smn: Any, case: str) -> None:
    call, expected = REFUSED[case]
    urn = create_topic(smn)
    assert error_of(lambda: call(smn, urn)) == expected


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
def test_invalid_headers_of_a_subscription_are_refused(smn: Any, headers: dict[str, str]) -> None:
    urn = create_topic(smn)
    assert error_of(lambda: subscribe(smn, urn, extension={"header": headers})) == (400, "SMN.0043")


def test_a_wrong_secret_key_may_not_publish(smn: Any) -> None:
    urn = create_topic(smn)
    smn.client = smn.connect(sk="guessed")
    assert error_of(lambda: publish(smn, urn)) == (401, "APIGW.0301")


def test_a_fault_applies_to_a_call_of_smn(smn: Any) -> None:
    urn = create_topic(smn)
    smn.faults.add(Fault(service="smn", call="PublishMessage", times=1, fault="status", status=503))
    with pytest.raises(ServerResponseException):
        publish(smn, urn)
    assert publish(smn, urn).message_id
