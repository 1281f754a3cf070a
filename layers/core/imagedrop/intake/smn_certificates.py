"""SMN's certificates: the allowed URLs, a cache, and checks."""

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
    """Returns `url` if it can be a certificate of SMN in the topic's region. Compared as text. Raises PushRefused.

    SMN documents no rule. Accepted: https://smn.{region}.myhuaweicloud.com/smn/SMN_{region}_{32 hex digits}.pem
    The origin comes from the settings. Other hosts of that domain belong to tenants.
    """
    origin, region = settings.smn_cert_url().rstrip("/"), _region(settings)
    port = "(:443)?" if re.fullmatch(r"https://[^/:]+", origin) else ""
    pattern = f"{re.escape(origin)}{port}/smn/SMN_{re.escape(region)}_[0-9a-fA-F]{{32}}\\.pem"
    if not isinstance(url, str) or not re.fullmatch(pattern, url):
        raise PushRefused(403, "Forged", f"signing_cert_url is not {origin}/smn/SMN_{region}_<32 hex digits>.pem")
    return url


def _region(settings: Settings) -> str:
    """Of `urn:smn:{region}:{project}:{topic}`."""
    parts = settings.smn_topic_urn.split(":")
    return parts[2] if len(parts) > 2 else settings.region


class Certificates:
    """A cache of fetched certificates, one for each process. Keeps each for an hour, and only while it is valid."""

    MAX_AGE = 3600.0  # s
    MAX_ENTRIES = 8

    def __init__(self) -> None:
        self._cached: dict[str, tuple[datetime, Certificate]] = {}

    def get(self, url: str, fetch: Fetch, now: datetime) -> Certificate:
        """Raises PushUnavailable for any failure: the URL is SMN's own, so the push is not to blame."""
        if url in self._cached:
            fetched_at, certificate = self._cached[url]
            if abs((now - fetched_at).total_seconds()) < self.MAX_AGE and _is_valid(certificate, now):
                return certificate
        certificate = _fetch_certificate(url, fetch)
        self._cached.pop(url, None)
        while len(self._cached) >= self.MAX_ENTRIES:
            self._cached.pop(next(iter(self._cached)))
        self._cached[url] = (now, certificate)
        return certificate


def _is_valid(certificate: Certificate, now: datetime) -> bool:
    return certificate.not_valid_before_utc <= now <= certificate.not_valid_after_utc


def _fetch_certificate(url: str, fetch: Fetch) -> Certificate:
    from cryptography.x509 import load_pem_x509_certificate  # only intake's package has it; few pushes need it

    try:
        return load_pem_x509_certificate(fetch(url))  # the first of a chain is the one that signs
    except FetchFailed as error:
        raise PushUnavailable(f"SMN's certificate cannot be fetched: {error}") from None
    except ValueError:
        raise PushUnavailable("there is no certificate at signing_cert_url") from None


def public_key(certificate: Certificate, now: datetime) -> RSAPublicKey:
    """The key that SMN signs with. Raises PushRefused."""
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

    if not _is_valid(certificate, now):
        raise PushRefused(403, "Forged", "SMN's certificate has expired or is not valid yet")
    try:
        key: object = certificate.public_key()
    except (ValueError, UnsupportedAlgorithm):
        key = None
    if not isinstance(key, RSAPublicKey) or key.key_size < MIN_KEY_BITS:
        raise PushRefused(403, "Forged", f"SMN's certificate has no RSA key of {MIN_KEY_BITS} bits or more")
    return key
