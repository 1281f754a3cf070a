"""Pushes as an endpoint gets them: what they say, that their signature holds, and how often they come."""

from __future__ import annotations

import base64
import socket
import time
import urllib.error
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.x509 import load_pem_x509_certificate

from imagedrop_local.faults import Fault
from tests.support.endpoint import Push, visit

Make = Callable[..., Any]


def verify(push: Push, to_sign: str) -> None:
    """Raises InvalidSignature unless the certificate that the push names signed this text."""
    key = load_pem_x509_certificate(visit(push.body["signing_cert_url"])).public_key()
    assert isinstance(key, rsa.RSAPublicKey)
    key.verify(base64.b64decode(push.body["signature"]), to_sign.encode(), padding.PKCS1v15(), SHA256())


def test_a_notification_is_signed_over_the_documented_string(office: Any) -> None:
    urn = office.subscribed()
    office.smn.publish(urn, '{"Records": ["中文"]}', "OBS")
    (push,) = office.endpoint.wait(1)
    body = push.body
    assert set(body) == {
        *("type", "topic_urn", "message_id", "message", "subject", "timestamp"),
        *("signature", "signature_version", "signing_cert_url", "unsubscribe_url"),
    }
    assert (body["message"], body["subject"], body["topic_urn"]) == ('{"Records": ["中文"]}', "OBS", urn)
    text = (
        f"message\n{body['message']}\nmessage_id\n{body['message_id']}\nsubject\nOBS\n"
        f"timestamp\n{body['timestamp']}\ntopic_urn\n{urn}\ntype\nNotification\n"
    )
    verify(push, text)
    with pytest.raises(InvalidSignature):
        verify(push, text.replace("中文", "英文"))
    assert body["signing_cert_url"].startswith(f"{office.server.url}/smn/SMN_cn-north-4_")
    assert push.headers["X-SMN-MESSAGE-TYPE"] == "Notification"
    assert push.headers["X-SMN-MESSAGE-ID"] == body["message_id"]
    assert push.headers["X-SMN-TOPIC-URN"] == urn
    assert "X-SMN-SUBSCRIPTION-URN" not in push.headers


def test_a_confirmation_is_signed_over_its_own_string_and_has_no_subscription_headers(office: Any) -> None:
    urn = office.smn.create_topic("drops")
    office.smn.subscribe(urn, "http", office.endpoint.url, {"x-secret": "s"})
    (push,) = office.endpoint.wait(1, "SubscriptionConfirmation")
    body = push.body
    verify(
        push,
        f"message\n{body['message']}\nmessage_id\n{body['message_id']}\nsubscribe_url\n{body['subscribe_url']}\n"
        f"timestamp\n{body['timestamp']}\ntopic_urn\n{urn}\ntype\nSubscriptionConfirmation\n",
    )
    assert "x-secret" not in push.headers
    assert "unsubscribe_url" not in body


def test_only_a_confirmed_subscription_gets_messages_with_its_headers(office: Any) -> None:
    urn = office.smn.create_topic("drops")
    office.smn.subscribe(urn, "http", office.endpoint.url, {"x-secret": "s t"})
    (push,) = office.endpoint.wait(1, "SubscriptionConfirmation")
    office.smn.publish(urn, "too early")
    visit(push.body["subscribe_url"])
    office.smn.publish(urn, "in time")
    (message,) = office.endpoint.wait(1)
    assert message.body["message"] == "in time"
    assert message.headers["x-secret"] == "s t"
    assert office.state()["subscriptions"][0]["status"] == "confirmed"


def test_a_token_is_valid_for_48_hours_and_for_its_topic_only(office: Any) -> None:
    urn = office.smn.create_topic("drops")
    office.smn.subscribe(urn, "http", office.endpoint.url)
    (push,) = office.endpoint.wait(1, "SubscriptionConfirmation")
    url = push.body["subscribe_url"]
    office.ahead = timedelta(hours=49)
    for wrong in (url, url.replace("token=", "token=0"), url.replace("drops", "others")):
        with pytest.raises(urllib.error.HTTPError) as refused:
            visit(wrong)
        with refused.value as answer:
            assert answer.code == 400
    office.ahead = timedelta(hours=47)
    visit(url)


@pytest.mark.parametrize(
    ("subject", "mode", "shown", "is_signed"),
    [
        (None, "signed", False, False),
        ("", "omitted", False, False),
        ("", "signed", True, True),
        ("", "unsigned", True, False),
    ],
)
def test_a_switch_decides_how_an_empty_subject_is_sent_and_signed(
    make_office: Make, subject: str | None, mode: str, shown: bool, is_signed: bool
) -> None:
    office = make_office(smn_empty_subject=mode)
    urn = office.subscribed()
    office.smn.publish(urn, "m", subject)
    (push,) = office.endpoint.wait(1)
    body = push.body
    assert ("subject" in body) == shown
    signed_subject = "subject\n\n" if is_signed else ""
    verify(
        push,
        f"message\nm\nmessage_id\n{body['message_id']}\n{signed_subject}"
        f"timestamp\n{body['timestamp']}\ntopic_urn\n{urn}\ntype\nNotification\n",
    )


def test_a_switch_adds_the_header_with_the_subscription(make_office: Make) -> None:
    office = make_office(smn_subscription_header=True)
    urn = office.subscribed()
    office.smn.publish(urn, "m")
    (push,) = office.endpoint.wait(1)
    assert push.headers["X-SMN-SUBSCRIPTION-URN"] == office.state()["subscriptions"][0]["subscription_urn"]


@pytest.mark.parametrize("status", [500, 502, 503])
def test_a_push_is_retried_on_5xx(office: Any, status: int) -> None:
    urn = office.subscribed()
    office.endpoint.answers.extend([status, status])
    office.smn.publish(urn, "m")
    pushes = office.endpoint.wait(3)
    assert len({push.body["message_id"] for push in pushes}) == 1
    assert len({push.body["timestamp"] for push in pushes}) == 1
    assert office.settled(delivered=2)["retried"] == 2  # the confirmation is one of the two


def test_a_push_is_retried_on_a_timeout(make_office: Make) -> None:
    office = make_office(smn_push_timeout=0.3)
    urn = office.subscribed()
    office.endpoint.answers.extend([0, 0])
    office.smn.publish(urn, "m")
    pushes = office.endpoint.wait(3)
    assert len({push.body["message_id"] for push in pushes}) == 1
    assert office.settled(delivered=2)["retried"] >= 2  # a busy machine may hang once more


def test_a_push_is_given_up_after_six_retries(office: Any) -> None:
    urn = office.subscribed()
    office.endpoint.answers.extend([503] * 20)
    office.smn.publish(urn, "m")
    assert office.settled(given_up=1)["retried"] == 6
    assert len(office.endpoint.of("Notification")) == 7


@pytest.mark.parametrize("status", [400, 401, 403, 404, 429, 302])
def test_a_refused_push_is_not_retried(office: Any, status: int) -> None:
    urn = office.subscribed()
    office.endpoint.answers.append(status)
    office.smn.publish(urn, "m")
    office.settled(refused=1)
    assert len(office.endpoint.of("Notification")) == 1


def test_a_push_to_an_unreachable_endpoint_is_retried(office: Any) -> None:
    urn = office.smn.create_topic("drops")
    with socket.socket() as deaf:  # bound, so that nobody else listens there
        deaf.bind(("127.0.0.1", 0))
        office.smn.subscribe(urn, "http", f"http://nobody.localhost:{deaf.getsockname()[1]}/")
        assert office.settled(given_up=1)["retried"] == 6


def test_a_name_below_localhost_reaches_this_machine(office: Any) -> None:
    urn = office.smn.create_topic("drops")
    office.smn.subscribe(urn, "http", office.endpoint.url.replace("127.0.0.1", "abc.functions.localhost"))
    (push,) = office.endpoint.wait(1, "SubscriptionConfirmation")
    assert push.headers["Host"].startswith("abc.functions.localhost:")


def test_waiting_pushes_are_delivered_after_a_restart_with_the_same_key(make_office: Make) -> None:
    office = make_office(smn_retry_interval=60)
    urn = office.subscribed()
    office.endpoint.answers.append(503)
    office.smn.publish(urn, "m")
    office.endpoint.wait(1)
    office.stop()
    assert office.state()["pushes"]["waiting"] == 1
    again = make_office()
    first, second = again.endpoint.wait(2)
    assert first.body == second.body
    again.smn.publish(urn, "n")
    later = again.endpoint.wait(3)[-1].body["signing_cert_url"]
    assert later.rpartition("/")[2] == first.body["signing_cert_url"].rpartition("/")[2]


def test_faults_drop_duplicate_and_delay_pushes(office: Any) -> None:
    urn = office.subscribed()
    for fault, seconds in (("drop", 0.0), ("duplicate", 0.0), ("reorder", 0.2)):
        office.faults.add(Fault(service="smn", call="Push", times=1, fault=fault, seconds=seconds))  # type: ignore[arg-type]
    start = time.monotonic()
    for message in ("lost", "twice", "late", "last"):
        office.smn.publish(urn, message)
    pushes = office.endpoint.wait(4)
    assert sorted(push.body["message"] for push in pushes) == ["last", "late", "twice", "twice"]
    (late,) = [push for push in pushes if push.body["message"] == "late"]
    assert late.at - start >= 0.2
    assert len({push.body["message_id"] for push in pushes}) == 3
    assert office.settled()["dropped"] == 1


def test_unsubscribing_is_confirmed_and_can_be_undone(office: Any) -> None:
    urn = office.subscribed()
    office.smn.publish(urn, "one")
    (push,) = office.endpoint.wait(1)
    visit(push.body["unsubscribe_url"])
    (left,) = office.endpoint.wait(1, "UnsubscribeConfirmation")
    office.smn.publish(urn, "two")
    visit(left.body["subscribe_url"])
    office.smn.publish(urn, "three")
    assert [push.body["message"] for push in office.endpoint.wait(2)] == ["one", "three"]


def test_a_slow_answer_does_not_delay_other_pushes(office: Any) -> None:
    urn = office.subscribed()
    office.endpoint.answers.append(0)
    for number in range(20):
        office.smn.publish(urn, str(number))
    office.endpoint.wait(20)
    assert "retried" not in office.state()["pushes"]  # the slow one has not been given up yet
    office.endpoint.release()
