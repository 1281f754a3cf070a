"""Where SMN's certificates may lie, and which of them are good."""

from __future__ import annotations

import re
from datetime import datetime
from typing import TYPE_CHECKING, Any

from imagedrop.intake.errors import PushRefused, PushUnavailable
from imagedrop.intake.http_get import Fetch, FetchFailed
from imagedrop.settings import Settings

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
    from cryptography.x509 import Certificate

MIN_KEY_BITS = 2048  # bits


def check_certificate_url(url: Any, settings: Settings) -> str:
    """`url`, if a certificate of SMN in the topic's region can lie there; compared as text, nothing is parsed.

    SMN documents no rule. This one is https://smn.{region}.myhuaweicloud.com/smn/SMN_{region}_{32 hex digits}.pem with
    the origin from the settings; tenants own other hosts of that domain. Raises PushRefused.
    """
    origin, region = settings.smn_cert_url().rstrip("/"), _region(settings)
    port = "(:443)?" if re.fullmatch(r"https://[^/:]+", origin) else ""
    rule = f"{re.escape(origin)}{port}/smn/SMN_{re.escape(region)}_[0-9a-fA-F]{{32}}\\.pem"
    if not isinstance(url, str) or not re.fullmatch(rule, url):
        raise PushRefused(403, "Forged", f"signing_cert_url is not {origin}/smn/SMN_{region}_<32 hex digits>.pem")
    return url


def _region(settings: Settings) -> str:
    """Of `urn:smn:{region}:{project}:{topic}`."""
    parts = settings.smn_topic_urn.split(":")
    return parts[2] if len(parts) > 2 else settings.region


class Certificates:
    """Certificates that were fetched, for an hour each and no longer than they are valid. One for the life of a
    process."""

    KEPT = 3600.0  # s
    MOST = 8

    def __init__(self) -> None:
        self._kept: dict[str, tuple[datetime, Certificate]] = {}

    def get(self, url: str, fetch: Fetch, now: datetime) -> Certificate:
        """Raises PushUnavailable: the address is SMN's own, so whatever it answers is no fault of the push."""
        kept = self._kept.get(url)
        if kept and abs((now - kept[0]).total_seconds()) < self.KEPT and _valid(kept[1], now):
            return kept[1]
        certificate = _fetched(url, fetch)
        self._kept.pop(url, None)
        while len(self._kept) >= self.MOST:
            self._kept.pop(next(iter(self._kept)))
        self._kept[url] = (now, certificate)
        return certificate


def _valid(certificate: Certificate, now: datetime) -> bool:
    return certificate.not_valid_before_utc <= now <= certificate.not_valid_after_utc


def _fetched(url: str, fetch: Fetch) -> Certificate:
    from cryptography.x509 import load_pem_x509_certificate  # only this function carries it, and only a push needs it

    try:
        return load_pem_x509_certificate(fetch(url))  # of a chain the first, which is the one that signs
    except FetchFailed as error:
        raise PushUnavailable(f"SMN's certificate cannot be had: {error}") from None
    except ValueError:
        raise PushUnavailable("what lies at signing_cert_url is no certificate") from None


def public_key(certificate: Certificate, now: datetime) -> RSAPublicKey:
    """The key that SMN signs with. Raises PushRefused."""
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

    if not _valid(certificate, now):
        raise PushRefused(403, "Forged", "SMN's certificate has expired or is not valid yet")
    try:
        key: object = certificate.public_key()
    except (ValueError, UnsupportedAlgorithm):
        key = None
    if not isinstance(key, RSAPublicKey) or key.key_size < MIN_KEY_BITS:
        raise PushRefused(403, "Forged", f"SMN's certificate holds no RSA key of {MIN_KEY_BITS} bits or more")
    return key
