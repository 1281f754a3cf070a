"""Who signed a request, and whether rightly: OBS's own signature, S3's V2 and V4, in the header or in the query."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from imagedrop_local.http import Request
from imagedrop_local.obs.dialect import AMZ, OBS, Dialect
from imagedrop_local.obs.model import StoreError

SKEW = timedelta(minutes=15)
UNSIGNED = "UNSIGNED-PAYLOAD"


@dataclass(frozen=True)
class VerifiedSignature:
    """`payload` is what x-amz-content-sha256 says: a hash to check the body against, or a word."""

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

    def check_time(self, moment: datetime) -> None:
        if abs(self.now - moment) > SKEW:
            raise StoreError(
                "RequestTimeTooSkewed", "the request's time and the server's differ by more than 15 minutes"
            )

    def check_expiry(self, moment: datetime) -> None:
        if self.now > moment:
            raise StoreError("AccessDenied", f"the request has expired at {moment:%Y-%m-%dT%H:%M:%SZ}")


def dialect_of(request: Request) -> Dialect:
    """The dialect of a request, whoever signed it."""
    own = request.headers.get("Authorization", "").startswith("OBS ") or "AccessKeyId" in request.query
    return OBS if own or "x-obs-date" in request.headers else AMZ


def verify(request: Request, bucket_in_host: str | None, verifier: Verifier) -> VerifiedSignature:
    """Raises StoreError: AccessDenied, InvalidAccessKeyId, SignatureDoesNotMatch, RequestTimeTooSkewed, and so on."""
    from imagedrop_local.obs import sigv2, sigv4

    authorization = request.headers.get("Authorization", "")
    kind = authorization.split(" ")[0]
    if kind == sigv4.ALGORITHM:
        return sigv4.in_header(request, verifier)
    if kind in ("AWS", "OBS"):
        return sigv2.in_header(request, bucket_in_host, verifier)
    if authorization:
        raise StoreError("InvalidArgument", "Unsupported Authorization Type")
    if "X-Amz-Signature" in request.query:
        return sigv4.in_query(request, verifier)
    if "Signature" in request.query:
        return sigv2.in_query(request, bucket_in_host, verifier)
    raise StoreError("AccessDenied", "the request is not signed")


def parse_time(shown: str) -> datetime:
    """`20261124T130000Z` or an HTTP date, as UTC."""
    try:
        return datetime.strptime(shown, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    except ValueError:
        pass
    try:
        return parsedate_to_datetime(shown).astimezone(UTC)
    except ValueError:
        raise StoreError("AccessDenied", f"the date {shown!r} is missing or no date") from None


def header_text(value: str) -> str:
    """A header's value as the client meant it: sent as UTF-8, handed out by http.client as Latin-1."""
    return value.encode("latin-1", "replace").decode("utf-8", "replace")
