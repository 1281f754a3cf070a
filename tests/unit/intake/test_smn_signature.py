"""The signature of SMN pushes."""

from __future__ import annotations

from typing import Any

import pytest
from cryptography.hazmat.primitives import hashes

from imagedrop.intake import smn_signature
from imagedrop.intake.errors import PushRefused
from tests.unit.intake.pushes import TOPIC, Key, Web, signature, signed, unsigned, verify

TYPES = ("Notification", "SubscriptionConfirmation", "UnsubscribeConfirmation")


def test_text_to_sign_of_a_notification_is_the_documented_one() -> None:
    push = unsigned(message="m", message_id="i", subject="s", timestamp="t", topic_urn="u", unsubscribe_url="x")
    expected = b"message\nm\nmessage_id\ni\nsubject\ns\ntimestamp\nt\ntopic_urn\nu\ntype\nNotification\n"
    assert smn_signature.texts_to_sign(push) == [expected]


def test_text_to_sign_of_a_confirmation_has_its_url_and_no_subject() -> None:
    push = unsigned(
        "UnsubscribeConfirmation", message="m", message_id="i", subscribe_url="a", timestamp="t", subject="s"
    )
    expected = (
        f"message\nm\nmessage_id\ni\nsubscribe_url\na\ntimestamp\nt\ntopic_urn\n{TOPIC}\n"
        "type\nUnsubscribeConfirmation\n"
    )
    assert smn_signature.texts_to_sign(push) == [expected.encode()]


@pytest.mark.parametrize("kind", TYPES)
def test_signed_push_of_each_type_is_verified(kind: str, key: Key, web: Web) -> None:
    verify(signed(key, unsigned(kind)), web)


def test_notification_without_a_subject_is_verified(key: Key, web: Web) -> None:
    push = unsigned()
    del push["subject"]
    verify(signed(key, push), web)


@pytest.mark.parametrize("without", [(), ("subject",)])
def test_empty_subject_may_be_signed_or_left_out(without: tuple[str, ...], key: Key, web: Web) -> None:
    verify(signed(key, unsigned(subject=""), without=without), web)


def test_subject_that_is_not_signed_is_refused(key: Key, web: Web) -> None:
    with pytest.raises(PushRefused, match="signature"):
        verify(signed(key, unsigned(), without=("subject",)), web)


@pytest.mark.parametrize("kind", TYPES)
@pytest.mark.parametrize("field", ["message", "message_id", "subject", "timestamp", "subscribe_url"])
def test_changed_field_does_not_match_the_signature(kind: str, field: str, key: Key, web: Web) -> None:
    push = signed(key, unsigned(kind))
    if field not in push:
        return
    with pytest.raises(PushRefused, match="signature") as caught:
        verify({**push, field: "2026-11-24T13:00:00Z" if field == "timestamp" else push[field] + " "}, web)
    assert caught.value.status == 403


def test_signature_of_one_type_does_not_verify_another(key: Key, web: Web) -> None:
    push = signed(key, unsigned("UnsubscribeConfirmation"))
    with pytest.raises(PushRefused):
        verify({**push, "type": "SubscriptionConfirmation"}, web)


def test_sha1_signature_is_refused(key: Key, web: Web) -> None:
    push = unsigned()
    text = smn_signature.texts_to_sign(push)[0].decode()
    with pytest.raises(PushRefused):
        verify({**push, "signature": signature(key, text, hashes.SHA1())}, web)


@pytest.mark.parametrize("name", ["message", "message_id", "timestamp", "subject", "signature"])
@pytest.mark.parametrize("value", [5, [], {}, True, "\ud800"])
def test_field_of_the_wrong_type_is_refused_by_name(name: str, value: Any, key: Key, web: Web) -> None:
    with pytest.raises(PushRefused) as caught:
        verify({**signed(key, unsigned()), name: value}, web)
    assert name in caught.value.reason
    assert caught.value.status in (400, 401)


def test_signature_of_another_key_is_refused(other_key: Key, web: Web) -> None:
    with pytest.raises(PushRefused, match="signature"):
        verify(signed(other_key, unsigned()), web)


@pytest.mark.parametrize("name", ["message_id", "subject"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_only_the_message_may_have_several_lines(name: str, end: str, key: Key, web: Web) -> None:
    verify(signed(key, unsigned(message=f"one{end}two")), web)
    with pytest.raises(PushRefused, match=f"{name} has more than one line") as caught:
        verify(signed(key, unsigned(**{name: f"one{end}two"})), web)
    assert caught.value.status == 400
