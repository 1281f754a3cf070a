"""SMN's certificates: the allowed URLs, the cache and the checks."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from imagedrop.intake.errors import PushRefused, PushUnavailable
from imagedrop.intake.smn_certificates import Certificates, check_certificate_url
from imagedrop_local.memory import memory_settings
from imagedrop_local.memory.fake_clock import START
from tests.unit.intake.pushes import CERTIFICATE, SETTINGS, TOPIC, Key, Web, certify, signed, unsigned, verify


@pytest.mark.parametrize(
    "url", [CERTIFICATE, CERTIFICATE.replace(".com/", ".com:443/"), CERTIFICATE.replace("0a", "0A")]
)
def test_certificate_url_of_smn_is_accepted(url: str) -> None:
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
def test_certificate_url_of_another_origin_is_refused_and_not_fetched(url: Any, key: Key, web: Web) -> None:
    with pytest.raises(PushRefused, match="signing_cert_url") as caught:
        verify({**signed(key, unsigned()), "signing_cert_url": url}, web)
    assert caught.value.status == 403
    assert web.requested == []


def test_certificate_origin_is_a_setting() -> None:
    local = f"http://127.0.0.1:4567/smn/SMN_cn-north-4_{'0' * 32}.pem"
    named = memory_settings(smn_topic_urn=TOPIC, smn_cert_origin="http://127.0.0.1:4567")
    assert check_certificate_url(local, named) == local
    for other in (local.replace("4567", "4568"), local.replace("4567", "443"), CERTIFICATE):
        with pytest.raises(PushRefused):
            check_certificate_url(other, named)
    with pytest.raises(PushRefused):
        check_certificate_url(local, SETTINGS)


def test_certificate_is_fetched_once_an_hour(key: Key, web: Web) -> None:
    push, certificates = signed(key, unsigned()), Certificates()
    for hours in (0, 0.5, 0.99):
        verify(push, web, certificates, hours)
    assert len(web.requested) == 1
    verify(push, web, certificates, 1.5)
    assert len(web.requested) == 2


def test_certificate_cache_has_a_maximum_size(key: Key) -> None:
    urls = [CERTIFICATE.replace("0a0a.pem", f"{number:04x}.pem") for number in range(20)]
    web, certificates = Web(dict.fromkeys(urls, certify(key))), Certificates()
    for url in [*urls, urls[-1], urls[0]]:
        certificates.get(url, web, START)
    assert web.requested == [*urls, urls[0]]


@pytest.mark.parametrize("hours", [-48, 31 * 24])
def test_expired_or_future_certificate_is_refused(hours: int, key: Key, web: Web) -> None:
    with pytest.raises(PushRefused, match="expired or is not valid yet"):
        verify(signed(key, unsigned()), web, hours=hours)


def test_certificate_that_expires_in_the_cache_is_refused(key: Key) -> None:
    web, certificates = (
        Web({CERTIFICATE: certify(key, START - timedelta(days=30, minutes=-10))}),
        Certificates(),
    )
    verify(signed(key, unsigned()), web, certificates)
    with pytest.raises(PushRefused, match="expired"):
        verify(signed(key, unsigned()), web, certificates, hours=0.5)


@pytest.mark.parametrize("weak", [ec.generate_private_key(ec.SECP256R1()), rsa.generate_private_key(65537, 1024)])
def test_certificate_without_a_strong_rsa_key_is_refused(weak: Any, key: Key) -> None:
    with pytest.raises(PushRefused, match="RSA key of 2048"):
        verify(signed(key, unsigned()), Web({CERTIFICATE: certify(weak)}))


@pytest.mark.parametrize("page", [b"", b"<html>", b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"])
def test_unreadable_certificate_is_a_temporary_failure(page: bytes, key: Key) -> None:
    web, certificates = Web({CERTIFICATE: page}), Certificates()
    with pytest.raises(PushUnavailable):
        verify(signed(key, unsigned()), web, certificates)
    web.pages[CERTIFICATE] = certify(key)
    verify(signed(key, unsigned()), web, certificates)


def test_first_certificate_of_a_chain_is_used(key: Key, other_key: Key) -> None:
    verify(signed(key, unsigned()), Web({CERTIFICATE: certify(key) + certify(other_key)}))
    with pytest.raises(PushRefused, match="signature"):
        verify(signed(key, unsigned()), Web({CERTIFICATE: certify(other_key) + certify(key)}))


def test_renewed_certificate_is_fetched_when_the_cached_one_expires(key: Key) -> None:
    web, certificates = (
        Web({CERTIFICATE: certify(key, START - timedelta(days=30, minutes=-10))}),
        Certificates(),
    )
    verify(signed(key, unsigned()), web, certificates)
    web.pages[CERTIFICATE] = certify(key)
    verify(signed(key, unsigned()), web, certificates, hours=0.5)
    assert web.requested == [CERTIFICATE] * 2


def test_failed_fetch_removes_no_certificate_from_the_cache(key: Key) -> None:
    web, certificates = Web({CERTIFICATE: certify(key)}), Certificates()
    certificates.get(CERTIFICATE, web, START)
    for number in range(20):
        with pytest.raises(PushUnavailable):
            certificates.get(CERTIFICATE.replace("0a0a.pem", f"{number:04x}.pem"), web, START)
    certificates.get(CERTIFICATE, web, START)
    assert web.requested.count(CERTIFICATE) == 1
