"""Pushes as an endpoint gets them: content, signature, retries."""

from __future__ import annotations

import base64
import socket
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
    """Raises InvalidSignature unless the text was signed with the certificate of the push."""
    key = load_pem_x509_certificate(visit(push.body["signing_cert_url"])).public_key()
    assert isinstance(key, rsa.RSAPublicKey)
    key.verify(base64.b64decode(push.body["signature"]), to_sign.encode(), padding.PKCS1v15(), SHA256())


def test_a_notification_is_signed_over_the_documented_string(smn: Any) -> None:
    urn = smn.subscribed()
    smn.service.publish(urn, '{"Records": ["中文"]}', "OBS")
    (push,) = smn.endpoint.wait(1)
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
    assert body["signing_cert_url"].startswith(f"{smn.server.url}/smn/SMN_cn-north-4_")
    assert push.headers["X-SMN-MESSAGE-TYPE"] == "Notification"
    assert push.headers["X-SMN-MESSAGE-ID"] == body["message_id"]
    assert push.headers["X-SMN-TOPIC-URN"] == urn
    assert "X-SMN-SUBSCRIPTION-URN" not in push.headers


def test_a_confirmation_is_signed_over_its_own_string_and_has_no_subscription_headers(smn: Any) -> None:
    urn = smn.service.create_topic("drops")
    smn.service.subscribe(urn, "http", smn.endpoint.url, {"x-secret": "s"})
    (push,) = smn.endpoint.wait(1, "SubscriptionConfirmation")
    body = push.body
    verify(
        push,
        f"message\n{body['message']}\nmessage_id\n{body['message_id']}\nsubscribe_url\n{body['subscribe_url']}\n"
        f"timestamp\n{body['timestamp']}\ntopic_urn\n{urn}\ntype\nSubscriptionConfirmation\n",
    )
    assert "x-secret" not in push.headers
    assert "unsubscribe_url" not in body


def test_only_a_confirmed_subscription_gets_messages_with_its_headers(smn: Any) -> None:
    urn = smn.service.create_topic("drops")
    smn.service.subscribe(urn, "http", smn.endpoint.url, {"x-secret": "s t"})
    (push,) = smn.endpoint.wait(1, "SubscriptionConfirmation")
    smn.service.publish(urn, "too early")
    visit(push.body["subscribe_url"])
    smn.service.publish(urn, "in time")
    (message,) = smn.endpoint.wait(1)
    assert message.body["message"] == "in time"
    assert message.headers["x-secret"] == "s t"
    assert smn.state()["subscriptions"][0]["status"] == "confirmed"


def test_a_token_is_valid_for_48_hours_and_for_its_topic_only(smn: Any) -> None:
    urn = smn.service.create_topic("drops")
    smn.service.subscribe(urn, "http", smn.endpoint.url)
    (push,) = smn.endpoint.wait(1, "SubscriptionConfirmation")
    url = push.body["subscribe_url"]
    smn.clock_offset = timedelta(hours=49)
    for wrong in (url, url.replace("token=", "token=0"), url.replace("drops", "others")):
        with pytest.raises(urllib.error.HTTPError) as error:
            visit(wrong)
        with error.value as answer:
            assert answer.code == 400
    smn.clock_offset = timedelta(hours=47)
    visit(url)


@pytest.mark.parametrize(
    ("subject", "mode", "is_shown", "is_signed"),
    [
        (None, "signed", False, False),
        ("", "omitted", False, False),
        ("", "signed", True, True),
        ("", "unsigned", True, False),
    ],
)
def test_a_switch_decides_how_an_empty_subject_is_sent_and_signed(
    make_smn: Make, subject: str | None, mode: str, is_shown: bool, is_signed: bool
) -> None:
    smn = make_smn(smn_empty_subject=mode)
    urn = smn.subscribed()
    smn.service.publish(urn, "m", subject)
    (push,) = smn.endpoint.wait(1)
    body = push.body
    assert ("subject" in body) == is_shown
    signed_subject = "subject\n\n" if is_signed else ""
    verify(
        push,
        f"message\nm\nmessage_id\n{body['message_id']}\n{signed_subject}"
        f"timestamp\n{body['timestamp']}\ntopic_urn\n{urn}\ntype\nNotification\n",
    )


def test_a_switch_adds_the_header_with_the_subscription(make_smn: Make) -> None:
    smn = make_smn(smn_subscription_header=True)
    urn = smn.subscribed()
    smn.service.publish(urn, "m")
    (push,) = smn.endpoint.wait(1)
    assert push.headers["X-SMN-SUBSCRIPTION-URN"] == smn.state()["subscriptions"][0]["subscription_urn"]


@pytest.mark.parametrize("status", [500, 502, 503])
def test_a_push_is_retried_on_5xx(smn: Any, status: int) -> None:
    urn = smn.subscribed()
    smn.endpoint.answers.extend([status, status])
    smn.service.publish(urn, "m")
    pushes = smn.endpoint.wait(3)
    assert len({push.body["message_id"] for push in pushes}) == 1
    assert len({push.body["timestamp"] for push in pushes}) == 1
    assert smn.push_counts(delivered=2)["retried"] == 2  # one of the two is the confirmation


def test_a_push_is_retried_on_a_timeout(make_smn: Make) -> None:
    smn = make_smn(smn_push_timeout=0.3)
    urn = smn.subscribed()
    smn.endpoint.answers.extend([0, 0])
    smn.service.publish(urn, "m")
    pushes = smn.endpoint.wait(3)
    assert len({push.body["message_id"] for push in pushes}) == 1
    assert smn.push_counts(delivered=2)["retried"] >= 2  # on a busy machine another attempt may time out


def test_a_push_is_given_up_after_six_retries(smn: Any) -> None:
    urn = smn.subscribed()
    smn.endpoint.answers.extend([503] * 20)
    smn.service.publish(urn, "m")
    assert smn.push_counts(given_up=1)["retried"] == 6
    assert len(smn.endpoint.of("Notification")) == 7


@pytest.mark.parametrize("status", [400, 401, 403, 404, 429, 302])
def test_a_refused_push_is_not_retried(smn: Any, status: int) -> None:
    urn = smn.subscribed()
    smn.endpoint.answers.append(status)
    smn.service.publish(urn, "m")
    smn.push_counts(refused=1)
    assert len(smn.endpoint.of("Notification")) == 1


def test_a_push_to_an_unreachable_endpoint_is_retried(smn: Any) -> None:
    urn = smn.service.create_topic("drops")
    with socket.socket() as closed:  # bound, so that no other process listens on the port
        closed.bind(("127.0.0.1", 0))
        smn.service.subscribe(urn, "http", f"http://nobody.localhost:{closed.getsockname()[1]}/")
        assert smn.push_counts(given_up=1)["retried"] == 6


def test_a_name_below_localhost_reaches_this_machine(smn: Any) -> None:
    urn = smn.service.create_topic("drops")
    smn.service.subscribe(urn, "http", smn.endpoint.url.replace("127.0.0.1", "abc.functions.localhost"))
    (push,) = smn.endpoint.wait(1, "SubscriptionConfirmation")
    assert push.headers["Host"].startswith("abc.functions.localhost:")


def test_waiting_pushes_are_delivered_after_a_restart_with_the_same_key(make_smn: Make) -> None:
    smn = make_smn(smn_retry_interval=60)
    urn = smn.subscribed()
    smn.endpoint.answers.append(503)
    smn.service.publish(urn, "m")
    smn.endpoint.wait(1)
    smn.stop()
    assert smn.state()["pushes"]["waiting"] == 1
    restarted = make_smn()
    first, second = restarted.endpoint.wait(2)
    assert first.body == second.body
    restarted.service.publish(urn, "n")
    later = restarted.endpoint.wait(3)[-1].body["signing_cert_url"]
    assert later.rpartition("/")[2] == first.body["signing_cert_url"].rpartition("/")[2]


def test_faults_drop_duplicate_and_delay_pushes(smn: Any) -> None:
    urn = smn.subscribed()
    for fault, seconds in (("drop", 0.0), ("duplicate", 0.0), ("reorder", 0.2)):
        smn.faults.add(Fault(service="smn", call="Push", times=1, fault=fault, seconds=seconds))
    for message in ("lost", "twice", "late", "last"):
        smn.service.publish(urn, message)
    pushes = smn.endpoint.wait(4)
    assert sorted(push.body["message"] for push in pushes) == ["last", "late", "twice", "twice"]
    assert pushes[-1].body["message"] == "late"
    assert len({push.body["message_id"] for push in pushes}) == 3
    assert smn.push_counts()["dropped"] == 1


def test_unsubscribing_is_confirmed_and_can_be_undone(smn: Any) -> None:
    urn = smn.subscribed()
    smn.service.publish(urn, "one")
    (push,) = smn.endpoint.wait(1)
    visit(push.body["unsubscribe_url"])
    (goodbye,) = smn.endpoint.wait(1, "UnsubscribeConfirmation")
    smn.service.publish(urn, "two")
    visit(goodbye.body["subscribe_url"])
    smn.service.publish(urn, "three")
    assert [push.body["message"] for push in smn.endpoint.wait(2)] == ["one", "three"]


def test_a_slow_answer_does_not_delay_other_pushes(smn: Any) -> None:
    urn = smn.subscribed()
    smn.endpoint.answers.append(0)
    for number in range(20):
        smn.service.publish(urn, str(number))
    smn.endpoint.wait(20)
    assert "retried" not in smn.state()["pushes"]  # the slow push has not timed out yet
    smn.endpoint.release()
