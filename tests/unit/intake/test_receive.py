"""Receiving pushes: which are accepted, what they enqueue, and how the others are answered."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from imagedrop.intake.http_get import FetchFailed, FetchTooLarge
from imagedrop.intake.receive import PushChecks, receive_push
from imagedrop_local.memory import MemoryPorts, MemoryQueues, memory_ports, memory_settings
from tests.unit.intake.bad_pushes import BAD_PUSHES, BadPush
from tests.unit.intake.pushes import (
    CERTIFICATE,
    CONFIRM,
    DROP,
    SECRET,
    SECRET_ID,
    TOPIC,
    Key,
    Web,
    content,
    post,
    signed,
    unsigned,
)


def created(key: str, bucket: str = "drops") -> dict[str, Any]:
    return {"eventName": "ObjectCreated:Put", "obs": {"bucket": {"name": bucket}, "object": {"key": key}}}


def notification(key: Key, *records: Any, **changes: Any) -> dict[str, Any]:
    return signed(key, unsigned(message=json.dumps({"Records": records}), **changes))


def test_signed_push_is_enqueued(key: Key, ports: MemoryPorts, checks: PushChecks) -> None:
    response = receive_push(post(signed(key, unsigned())), ports, checks)
    assert (response.status, content(response)) == (200, {"enqueued": 1, "ignored": 0, "bad": 0})
    assert ports.queues.bodies("drops") == [DROP]
    assert ports.meter.counts == {"DropsEnqueued": 1}


@pytest.mark.parametrize("secret", [SECRET, SECRET + "\n"])
def test_push_with_the_secret_header_is_enqueued_from_any_envelope(
    secret: str, ports: MemoryPorts, checks: PushChecks
) -> None:
    checks = replace(checks, secret={SECRET_ID: secret}.__getitem__)
    for body in (unsigned(), {"Records": [created("a%2Fb.vhd")]}, DROP, [created("a/b.vhd")]):
        assert receive_push(post(body, x_imagedrop_secret=SECRET), ports, checks).status == 200
    assert ports.queues.bodies("drops") == [DROP] * 4


def test_signed_push_with_a_wrong_secret_is_accepted(key: Key, ports: MemoryPorts, checks: PushChecks) -> None:
    assert receive_push(post(signed(key, unsigned()), x_imagedrop_secret="wrong"), ports, checks).status == 200


def test_object_named_twice_in_a_push_is_enqueued_once(key: Key, ports: MemoryPorts, checks: PushChecks) -> None:
    twice = notification(key, created("a%2Fb.vhd"), created("a/b.vhd"), created("c.vhd"))
    assert content(receive_push(post(twice), ports, checks))["enqueued"] == 2
    assert ports.queues.bodies("drops") == [DROP, {"bucket": "drops", "key": "c.vhd"}]


def test_records_that_cannot_be_drops_are_ignored_and_counted(key: Key, checks: PushChecks) -> None:
    ports = memory_ports(memory_settings(smn_topic_urn=TOPIC, drop_prefix="in/"))
    push = notification(
        key,
        created("in/a.vhd"),
        created("in/a.vhd.json"),
        created("in/a.vhd.result.json"),
        created(".imagedrop/x.json"),
        created("elsewhere/a.vhd"),
        created("in/a.vhd", "another-bucket"),
        {**created("in/a.vhd"), "eventName": "ObjectRemoved:Delete"},
        created("in/50%.vhd"),
    )
    assert content(receive_push(post(push), ports, checks)) == {"enqueued": 2, "ignored": 5, "bad": 1}
    assert [body["key"] for body in ports.queues.bodies("drops")] == ["in/a.vhd", "in/a.vhd.json"]
    assert ports.meter.counts == {"DropsEnqueued": 2, "EventsIgnored": 5, "EventsForeignBucket": 1, "EventsBad": 1}


def test_event_for_another_bucket_is_logged_with_bucket_and_key(
    key: Key, ports: MemoryPorts, checks: PushChecks, caplog: pytest.LogCaptureFixture
) -> None:
    push = notification(key, created("a.vhd"), *(created(f"{number}.vhd", "theirs") for number in range(9)))
    assert content(receive_push(post(push), ports, checks)) == {"enqueued": 1, "ignored": 9, "bad": 0}
    assert ports.meter.counts["EventsForeignBucket"] == 9
    logged = [record.__dict__ for record in caplog.records if record.levelname == "WARNING"]
    assert [(record["bucket"], record["key"]) for record in logged] == [("theirs", f"{n}.vhd") for n in range(5)]


def test_push_without_drops_makes_no_call_to_the_queue(key: Key, ports: MemoryPorts, checks: PushChecks) -> None:
    assert receive_push(post(notification(key)), ports, checks).status == 200
    assert ports.queues.calls["send_many"] == 0


@pytest.mark.parametrize("message", ["a text for people", "", '{"Records": [{}]}'])
def test_signed_push_with_an_unreadable_message_is_answered_with_200(
    message: str, key: Key, ports: MemoryPorts, checks: PushChecks
) -> None:
    response = receive_push(post(signed(key, unsigned(message=message))), ports, checks)
    assert content(response) == {"enqueued": 0, "ignored": 0, "bad": 1}


def test_sender_with_the_secret_gets_400_and_the_reason_for_a_bad_record(
    ports: MemoryPorts, checks: PushChecks
) -> None:
    response = receive_push(post({"Records": [created("50%.vhd")]}, x_imagedrop_secret=SECRET), ports, checks)
    assert response.status == 400
    assert content(response)["error"].startswith("at .Records[0]: the object key")


def test_subscription_confirmation_is_confirmed_by_one_get(
    key: Key, ports: MemoryPorts, checks: PushChecks, web: Web
) -> None:
    response = receive_push(post(signed(key, unsigned("SubscriptionConfirmation"))), ports, checks)
    assert content(response) == {"confirmed": True}
    assert web.requested == [CERTIFICATE, CONFIRM]
    assert ports.queues.bodies("drops") == []


def test_confirmation_succeeds_when_the_page_is_over_the_size_limit(
    key: Key, ports: MemoryPorts, checks: PushChecks, web: Web
) -> None:
    web.pages[CONFIRM] = FetchTooLarge("long")
    assert receive_push(post(signed(key, unsigned("SubscriptionConfirmation"))), ports, checks).status == 200


def test_unsubscribe_confirmation_is_counted_and_calls_nothing(
    key: Key, ports: MemoryPorts, checks: PushChecks, web: Web
) -> None:
    response = receive_push(post(signed(key, unsigned("UnsubscribeConfirmation"))), ports, checks)
    assert content(response) == {"unsubscribed": True}
    assert web.requested == [CERTIFICATE]
    assert ports.meter.counts["Unsubscribed"] == 1


@pytest.mark.parametrize("kind", ["HttpSubscriptionUserConfirm", "Something new", 5, None, ["Notification"]])
def test_push_of_an_unknown_type_is_answered_with_200_and_ignored(
    kind: Any, ports: MemoryPorts, checks: PushChecks, web: Web
) -> None:
    assert receive_push(post(unsigned() | {"type": kind}), ports, checks).status == 200
    assert (web.requested, ports.queues.bodies("drops")) == ([], [])


@pytest.mark.parametrize(
    "url",
    [
        CONFIRM.replace("https", "http"),
        CONFIRM.replace("console.", "consolex."),
        CONFIRM.replace("huaweicloud.com/", "huaweicloud.com.evil.example/"),
        CONFIRM.replace("huaweicloud.com/", "huaweicloud.com@evil.example/"),
        CONFIRM.replace("huaweicloud.com/", "huaweicloud.com:8443/"),
        CONFIRM.replace("https://", "https://user@"),
        CONFIRM + "#x",
        CONFIRM + "\n",
        CONFIRM.replace("/smn/", "\\smn/"),
        "https://console.huaweicloud.com",
        "http://169.254.169.254/latest/meta-data",
    ],
)
def test_confirmation_url_of_another_origin_is_not_called(
    url: str, key: Key, ports: MemoryPorts, checks: PushChecks, web: Web
) -> None:
    response = receive_push(post(signed(key, unsigned("SubscriptionConfirmation", subscribe_url=url))), ports, checks)
    assert response.status == 403
    assert "subscribe_url" in content(response)["error"]
    assert web.requested == [CERTIFICATE]


def test_confirmation_with_the_secret_but_no_signature_is_refused(
    ports: MemoryPorts, checks: PushChecks, web: Web
) -> None:
    request = post(unsigned("SubscriptionConfirmation"), x_imagedrop_secret=SECRET)
    assert receive_push(request, ports, checks).status == 401
    assert web.requested == []


@pytest.mark.parametrize("bad", BAD_PUSHES, ids=lambda bad: bad.name)
def test_bad_push_is_refused_counted_and_not_enqueued(
    bad: BadPush, key: Key, other_key: Key, ports: MemoryPorts, checks: PushChecks, web: Web
) -> None:
    if bad.earlier:
        assert receive_push(bad.earlier(key, other_key), ports, checks).status == 200
    if bad.unreachable:
        web.pages[bad.unreachable] = FetchFailed("timed out")
    queued, requests = ports.queues.bodies("drops"), len(web.requested)
    ports.meter.counts.clear()
    response = receive_push(bad.make(key, other_key), ports, checks)
    assert response.status == bad.status
    assert content(response)
    assert SECRET not in response.body
    assert ports.queues.bodies("drops") == queued
    refused = {"PushesRefused": 1} if 400 <= bad.status < 500 else {}
    assert ports.meter.counts == refused | {f"Pushes{bad.fault}": 1}
    assert web.requested[requests:] in ([], [CERTIFICATE])


WAYS = {
    "SMN": {"smn_topic_urn": TOPIC},
    "the secret alone": {"webhook_secret": SECRET_ID},
    "no events": {},
}


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("bad", BAD_PUSHES, ids=lambda bad: bad.name)
def test_bad_push_enqueues_nothing_on_any_way_in(
    bad: BadPush, way: str, key: Key, other_key: Key, checks: PushChecks, web: Web
) -> None:
    """Where no topic is set, a signature proves nothing, and no URL that a push names is fetched."""
    ports = memory_ports(memory_settings(**WAYS[way]))
    if bad.earlier:
        receive_push(bad.earlier(key, other_key), ports, checks)
    queued = ports.queues.bodies("drops")
    if bad.unreachable:
        web.pages[bad.unreachable] = FetchFailed("timed out")
    response = receive_push(bad.make(key, other_key), ports, checks)
    assert ports.queues.bodies("drops") == queued
    assert response.status == bad.status if way == "SMN" and "the secret" not in bad.name else response.status >= 400
    if way != "SMN":
        assert (queued, web.requested) == ([], [])


@pytest.mark.parametrize("event", ["obs-eventgrid-object-created.json", "obs-v3-object-created.json"])
@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"x_imagedrop_secret": ""},
        {"x_imagedrop_secret": SECRET[:-1]},
        {"x_imagedrop_secret": SECRET.upper()},
        {"x_imagedrop_secret": f"{SECRET} "},
        {"x_imagedrop_secrets": SECRET},
        {"authorization": f"Bearer {SECRET}"},
        {"ce_x_imagedrop_secret": SECRET},
    ],
    ids=str,
)
def test_forged_event_of_eventgrid_is_refused(
    headers: dict[str, str], event: str, sample: Callable[[str], bytes], checks: PushChecks
) -> None:
    ports = memory_ports(memory_settings(webhook_secret=SECRET_ID))
    response = receive_push(post(sample(event), **headers), ports, checks)
    assert (response.status, ports.queues.bodies("drops")) == (401, [])
    good = receive_push(post(sample(event), x_imagedrop_secret=SECRET), ports, checks)
    assert (good.status, len(ports.queues.bodies("drops"))) == (200, 1)


def test_duplicate_json_key_is_verified_and_used_with_the_same_value(
    key: Key, ports: MemoryPorts, checks: PushChecks
) -> None:
    good = json.dumps(signed(key, unsigned()))
    evil = json.dumps(json.dumps({"Records": [created("evil.vhd")]}))
    for body in (good[:-1] + f', "message": {evil}}}', f'{{"message": {evil}, ' + good[1:]):
        receive_push(post(body.encode()), ports, checks)
    assert ports.queues.bodies("drops") == [DROP]


class RejectingQueues(MemoryQueues):
    """Rejects the last message."""

    def send_many(self, queue: Any, bodies: Sequence[Mapping[str, Any]]) -> Sequence[int]:
        super().send_many(queue, bodies[:-1])
        return [len(bodies) - 1]


def test_push_is_answered_with_503_when_the_queue_rejects_a_message(
    key: Key, ports: MemoryPorts, checks: PushChecks
) -> None:
    rejecting = replace(ports, queues=RejectingQueues(ports.clock))
    response = receive_push(post(notification(key, created("a.vhd"), created("b.vhd"))), rejecting, checks)
    assert response.status == 503
    assert content(response)["error"] == "the queue rejected 1 of 2 messages"


def test_unexpected_error_is_answered_with_503_without_details(
    key: Key, ports: MemoryPorts, checks: PushChecks
) -> None:
    ports.queues.fail("send_many", RuntimeError("arn:aws:sqs:internal-name"), None)
    response = receive_push(post(signed(key, unsigned())), ports, checks)
    assert response.status == 503
    assert "internal-name" not in response.body
    assert ports.meter.counts == {"PushesDelayed": 1}
    assert receive_push(post(signed(key, unsigned())), ports, checks).status == 200


@pytest.mark.parametrize("kind", ["Notification", "SubscriptionConfirmation"])
def test_push_is_answered_with_503_when_a_url_does_not_answer(
    kind: str, key: Key, ports: MemoryPorts, checks: PushChecks, web: Web
) -> None:
    address = CERTIFICATE if kind == "Notification" else CONFIRM
    page, web.pages[address] = web.pages[address], FetchFailed("HTTP 302")
    push = post(signed(key, unsigned(kind)))
    response = receive_push(push, ports, checks)
    assert response.status == 503
    assert "token" not in response.body
    web.pages[address] = page
    assert receive_push(push, ports, checks).status == 200


@pytest.mark.parametrize("kind", ["Notification", "SubscriptionConfirmation"])
def test_url_is_not_called_when_too_little_time_is_left(kind: str, key: Key, checks: PushChecks, web: Web) -> None:
    settings = memory_settings(smn_topic_urn=TOPIC)
    ports = memory_ports(settings, time_left=lambda: 3.9)
    assert receive_push(post(signed(key, unsigned(kind))), ports, checks).status == 503
    assert web.requested == []
    ports = memory_ports(settings, time_left=lambda: 4.0)
    assert receive_push(post(signed(key, unsigned(kind))), ports, checks).status == 200


def test_push_is_answered_with_503_when_no_bucket_is_configured(key: Key, checks: PushChecks) -> None:
    ports = memory_ports(memory_settings(smn_topic_urn=TOPIC))
    ports = replace(ports, settings=memory_settings(smn_topic_urn=TOPIC, drop_bucket=""))
    response = receive_push(post(signed(key, unsigned())), ports, checks)
    assert response.status == 503
    assert "IMAGEDROP_DROP_BUCKET" in content(response)["error"]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(st.characters(), max_size=10),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(sorted(unsigned())), inner, max_size=4),
    max_leaves=6,
)


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(changes=st.dictionaries(st.sampled_from([*sorted(unsigned()), "signature"]), JSON, max_size=3), body=JSON)
def test_any_unsigned_body_is_answered_without_503_and_not_enqueued(
    changes: dict[str, Any], body: Any, ports: MemoryPorts, checks: PushChecks
) -> None:
    for document in (body, unsigned() | changes):
        response = receive_push(post(document), ports, checks)
        assert response.status in (200, 400, 401, 403)
        content(response)
    assert ports.queues.bodies("drops") == []
