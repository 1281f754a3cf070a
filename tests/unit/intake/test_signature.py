"""What SMN signs, and where its certificates may lie."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from imagedrop.intake import smn_certificates, smn_signature
from imagedrop.intake.smn_certificates import check_certificate_url
from imagedrop_local.memory import memory_settings
from imagedrop_local.memory.fake_clock import START
from tests.unit.intake.pushes import CERTIFICATE, TOPIC, Key, Web, certify, signature, signed, unsigned

SETTINGS = memory_settings(smn_topic_urn=TOPIC)
KINDS = ("Notification", "SubscriptionConfirmation", "UnsubscribeConfirmation")


def verify(
    push: dict[str, Any], web: Web, certificates: smn_certificates.Certificates | None = None, hours: float = 0
) -> None:
    smn_signature.verify(
        push, SETTINGS, certificates or smn_certificates.Certificates(), web, START + timedelta(hours=hours)
    )


def test_the_string_to_sign_is_the_documented_one() -> None:
    push = unsigned(message="m", message_id="i", subject="s", timestamp="t", topic_urn="u", unsubscribe_url="x")
    expected = b"message\nm\nmessage_id\ni\nsubject\ns\ntimestamp\nt\ntopic_urn\nu\ntype\nNotification\n"
    assert smn_signature.texts_to_sign(push) == [expected]


def test_a_confirmation_signs_its_address_and_no_subject() -> None:
    push = unsigned(
        "UnsubscribeConfirmation", message="m", message_id="i", subscribe_url="a", timestamp="t", subject="s"
    )
    expected = (
        f"message\nm\nmessage_id\ni\nsubscribe_url\na\ntimestamp\nt\ntopic_urn\n{TOPIC}\n"
        "type\nUnsubscribeConfirmation\n"
    )
    assert smn_signature.texts_to_sign(push) == [expected.encode()]


@pytest.mark.parametrize("kind", KINDS)
def test_a_signed_push_of_each_type_is_smns(kind: str, key: Key, web: Web) -> None:
    verify(signed(key, unsigned(kind)), web)


def test_a_notification_without_a_subject_is_signed_without_it(key: Key, web: Web) -> None:
    push = unsigned()
    del push["subject"]
    verify(signed(key, push), web)


@pytest.mark.parametrize("without", [(), ("subject",)])
def test_an_empty_subject_may_be_signed_or_left_out(without: tuple[str, ...], key: Key, web: Web) -> None:
    verify(signed(key, unsigned(subject=""), without=without), web)


def test_a_subject_that_is_there_cannot_be_left_out(key: Key, web: Web) -> None:
    with pytest.raises(smn_signature.PushRefused, match="signature"):
        verify(signed(key, unsigned(), without=("subject",)), web)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("field", ["message", "message_id", "subject", "timestamp", "subscribe_url"])
def test_no_signed_field_can_be_changed(kind: str, field: str, key: Key, web: Web) -> None:
    push = signed(key, unsigned(kind))
    if field not in push:
        return
    with pytest.raises(smn_signature.PushRefused, match="signature") as caught:
        verify({**push, field: push[field] + " "}, web)
    assert caught.value.status == 403


def test_a_signature_for_one_type_does_not_serve_another(key: Key, web: Web) -> None:
    push = signed(key, unsigned("UnsubscribeConfirmation"))
    with pytest.raises(smn_signature.PushRefused):
        verify({**push, "type": "SubscriptionConfirmation"}, web)


def test_sha1_is_not_enough(key: Key, web: Web) -> None:
    push = unsigned()
    text = smn_signature.texts_to_sign(push)[0].decode()
    with pytest.raises(smn_signature.PushRefused):
        verify({**push, "signature": signature(key, text, hashes.SHA1())}, web)


@pytest.mark.parametrize("name", ["message", "message_id", "timestamp", "subject", "signature"])
@pytest.mark.parametrize("value", [5, [], {}, True, "\ud800"])
def test_a_field_of_the_wrong_kind_is_said_to_be_wrong(name: str, value: Any, key: Key, web: Web) -> None:
    with pytest.raises(smn_signature.PushRefused) as caught:
        verify({**signed(key, unsigned()), name: value}, web)
    assert name in caught.value.reason
    assert caught.value.status in (400, 401)


@pytest.mark.parametrize("kind", ["notification", "", None, ["Notification"], {}])
def test_a_type_that_is_not_signed_cannot_be_verified(kind: Any, key: Key, web: Web) -> None:
    with pytest.raises(smn_signature.PushRefused):
        verify({**signed(key, unsigned()), "type": kind}, web)


@pytest.mark.parametrize(
    "url", [CERTIFICATE, CERTIFICATE.replace(".com/", ".com:443/"), CERTIFICATE.replace("0a", "0A")]
)
def test_a_certificate_lies_at_smns_own_address(url: str) -> None:
    assert check_certificate_url(url, SETTINGS) == url


@pytest.mark.parametrize(
    "url",
    [
        CERTIFICATE.replace("https", "http"),
        CERTIFICATE.replace("https://", "https://user@"),
        CERTIFICATE.replace("https://", "https://smn.cn-north-4.myhuaweicloud.com@evil.example/"),
        CERTIFICATE.replace(".com/", ".com:8443/"),
        CERTIFICATE.replace(".com/", ".com.evil.example/"),
        CERTIFICATE.replace("smn.cn-north-4", "bucket.obs.cn-north-4"),
        CERTIFICATE.replace("smn.cn-north-4", "smnxcn-north-4"),
        CERTIFICATE.replace("smn.cn-north-4", "smn.cn-north-1"),
        CERTIFICATE.replace("SMN_cn-north-4", "SMN_cn-north-1"),
        CERTIFICATE.replace("/smn/", "/smn/../bucket/"),
        CERTIFICATE.replace("/smn/", "//smn/"),
        CERTIFICATE.replace("0a.pem", "0.pem"),
        CERTIFICATE.replace("0a.pem", "zz.pem"),
        CERTIFICATE + "?x=1",
        CERTIFICATE + "?",
        CERTIFICATE + "#x",
        CERTIFICATE + "\n",
        " " + CERTIFICATE,
        CERTIFICATE.replace("smn.", "smn\t."),
        "file:///etc/passwd",
        "",
        None,
        7,
    ],
)
def test_a_certificate_from_anywhere_else_is_not_even_asked_for(url: Any, key: Key, web: Web) -> None:
    with pytest.raises(smn_signature.PushRefused, match="signing_cert_url") as caught:
        verify({**signed(key, unsigned()), "signing_cert_url": url}, web)
    assert caught.value.status == 403
    assert web.asked == []


def test_a_local_origin_counts_only_where_the_setting_names_it() -> None:
    local = f"http://127.0.0.1:4567/smn/SMN_cn-north-4_{'0' * 32}.pem"
    named = memory_settings(smn_topic_urn=TOPIC, smn_cert_origin="http://127.0.0.1:4567")
    assert check_certificate_url(local, named) == local
    for other in (local.replace("4567", "4568"), local.replace("4567", "443"), CERTIFICATE):
        with pytest.raises(smn_signature.PushRefused):
            check_certificate_url(other, named)
    with pytest.raises(smn_signature.PushRefused):
        check_certificate_url(local, SETTINGS)


def test_another_topic_is_refused_before_anything_is_fetched(key: Key, web: Web) -> None:
    with pytest.raises(smn_signature.PushRefused, match="topic") as caught:
        verify(signed(key, unsigned(topic_urn=TOPIC + "2")), web)
    assert caught.value.status == 403
    assert web.asked == []


def test_without_a_configured_topic_nothing_is_smns(key: Key, web: Web) -> None:
    with pytest.raises(smn_signature.PushRefused, match="IMAGEDROP_SMN_TOPIC_URN"):
        smn_signature.verify(
            signed(key, unsigned(topic_urn="")), memory_settings(), smn_certificates.Certificates(), web, START
        )


def test_a_certificate_is_fetched_once_an_hour(key: Key, web: Web) -> None:
    push, certificates = signed(key, unsigned()), smn_certificates.Certificates()
    for hours in (0, 0.5, 0.99):
        verify(push, web, certificates, hours)
    assert len(web.asked) == 1
    verify(push, web, certificates, 1.5)
    assert len(web.asked) == 2


def test_many_certificates_do_not_fill_the_memory(key: Key) -> None:
    urls = [CERTIFICATE.replace("0a0a.pem", f"{number:04x}.pem") for number in range(20)]
    web, certificates = Web(dict.fromkeys(urls, certify(key))), smn_certificates.Certificates()
    for url in [*urls, urls[-1], urls[0]]:
        certificates.get(url, web, START)
    assert web.asked == [*urls, urls[0]]


@pytest.mark.parametrize("hours", [-48, 31 * 24])
def test_a_certificate_out_of_its_time_is_refused(hours: int, key: Key, web: Web) -> None:
    with pytest.raises(smn_signature.PushRefused, match="expired or is not valid yet"):
        verify(signed(key, unsigned()), web, hours=hours)


def test_a_certificate_that_expires_while_it_is_kept_is_refused(key: Key) -> None:
    web, certificates = (
        Web({CERTIFICATE: certify(key, START - timedelta(days=30, minutes=-10))}),
        smn_certificates.Certificates(),
    )
    verify(signed(key, unsigned()), web, certificates)
    with pytest.raises(smn_signature.PushRefused, match="expired"):
        verify(signed(key, unsigned()), web, certificates, hours=0.5)


def test_another_key_signs_in_vain(other_key: Key, web: Web) -> None:
    with pytest.raises(smn_signature.PushRefused, match="signature"):
        verify(signed(other_key, unsigned()), web)


@pytest.mark.parametrize("weak", [ec.generate_private_key(ec.SECP256R1()), rsa.generate_private_key(65537, 1024)])
def test_a_certificate_of_another_or_a_weak_key_is_refused(weak: Any, key: Key) -> None:
    with pytest.raises(smn_signature.PushRefused, match="RSA key of 2048"):
        verify(signed(key, unsigned()), Web({CERTIFICATE: certify(weak)}))


@pytest.mark.parametrize("page", [b"", b"<html>", b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"])
def test_no_certificate_at_its_address_means_later(page: bytes, key: Key) -> None:
    web, certificates = Web({CERTIFICATE: page}), smn_certificates.Certificates()
    with pytest.raises(smn_signature.PushUnavailable):
        verify(signed(key, unsigned()), web, certificates)
    web.pages[CERTIFICATE] = certify(key)
    verify(signed(key, unsigned()), web, certificates)


def test_of_a_chain_the_first_certificate_signs(key: Key, other_key: Key) -> None:
    verify(signed(key, unsigned()), Web({CERTIFICATE: certify(key) + certify(other_key)}))
    with pytest.raises(smn_signature.PushRefused, match="signature"):
        verify(signed(key, unsigned()), Web({CERTIFICATE: certify(other_key) + certify(key)}))


def test_a_certificate_that_was_renewed_at_its_address_is_fetched_when_the_old_one_expires(key: Key) -> None:
    web, certificates = (
        Web({CERTIFICATE: certify(key, START - timedelta(days=30, minutes=-10))}),
        smn_certificates.Certificates(),
    )
    verify(signed(key, unsigned()), web, certificates)
    web.pages[CERTIFICATE] = certify(key)
    verify(signed(key, unsigned()), web, certificates, hours=0.5)
    assert web.asked == [CERTIFICATE] * 2


def test_what_is_no_certificate_puts_no_good_one_out_of_memory(key: Key) -> None:
    web, certificates = Web({CERTIFICATE: certify(key)}), smn_certificates.Certificates()
    certificates.get(CERTIFICATE, web, START)
    for number in range(20):
        with pytest.raises(smn_signature.PushUnavailable):
            certificates.get(CERTIFICATE.replace("0a0a.pem", f"{number:04x}.pem"), web, START)
    certificates.get(CERTIFICATE, web, START)
    assert web.asked.count(CERTIFICATE) == 1


@pytest.mark.parametrize("name", ["message_id", "subject", "timestamp"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_only_the_message_may_have_several_lines(name: str, end: str, key: Key, web: Web) -> None:
    verify(signed(key, unsigned(message=f"one{end}two")), web)
    with pytest.raises(smn_signature.PushRefused, match=f"{name} has more than one line") as caught:
        verify(signed(key, unsigned(**{name: f"one{end}two"})), web)
    assert caught.value.status == 400
