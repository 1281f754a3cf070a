"""What a verified signature says of a request, and the checks that all kinds of signature share."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from imagedrop_local.obs.dialect import Dialect
from imagedrop_local.obs.model import StoreError

SKEW = timedelta(minutes=15)
UNSIGNED = "UNSIGNED-PAYLOAD"


@dataclass(frozen=True)
class VerifiedSignature:
    """`payload` is the value of x-amz-content-sha256: the hash that the body must have, or a keyword."""

    access_key: str
    dialect: Dialect
    payload: str = UNSIGNED


@dataclass(frozen=True)
class Verifier:
    """What a signature is checked against. `credentials`: access key -> secret key."""

    credentials: Mapping[str, str]
    region: str
    now: datetime

    def secret(self, access_key: str) -> str:
        if access_key not in self.credentials:
            raise StoreError("InvalidAccessKeyId", f"the access key {access_key!r} does not exist")
        return self.credentials[access_key]

    def check_time(self, signed_at: datetime) -> None:
        if abs(self.now - signed_at) > SKEW:
            raise StoreError(
                "RequestTimeTooSkewed", "the request's time and the server's differ by more than 15 minutes"
            )

    def check_expiry(self, expires_at: datetime) -> None:
        if self.now > expires_at:
            raise StoreError("AccessDenied", f"the request has expired at {expires_at:%Y-%m-%dT%H:%M:%SZ}")


def parse_time(value: str) -> datetime:
    """`20261124T130000Z` or an HTTP date, as UTC. Raises StoreError: AccessDenied."""
    try:
        return datetime.strptime(value, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    except ValueError:
        pass
    try:
        return parsedate_to_datetime(value).astimezone(UTC)
    except ValueError:
        raise StoreError("AccessDenied", f"the date {value!r} is missing or no date") from None


def mismatch() -> StoreError:
    return StoreError("SignatureDoesNotMatch", "the signature does not match the one that the server computed")
