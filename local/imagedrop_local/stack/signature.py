"""Signature Version 4 of a request to a function URL with AuthType AWS_IAM (AWS: "Create a signed AWS API request").

Only in headers; Lambda takes presigned URLs too.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import urllib.parse
from datetime import UTC, datetime, timedelta

from imagedrop_local.http import Request
from imagedrop_local.stack import aws

_AUTHORIZATION = re.compile(
    r"AWS4-HMAC-SHA256 Credential=([^/,\s]+)/(\d{8})/([^/,\s]+)/([^/,\s]+)/aws4_request,\s*"
    r"SignedHeaders=([a-z0-9;-]+),\s*Signature=([0-9a-f]{64})"
)
_SKEW = timedelta(minutes=5)


class InvalidSignature(Exception):
    """Lambda answers 403 with this message."""


def check(request: Request, body: bytes, now: datetime) -> None:
    """Raises Refused unless whoever holds the stack's keys has signed this request, for Lambda and just now."""
    found = _AUTHORIZATION.fullmatch(request.headers.get("Authorization", ""))
    if not found:
        raise InvalidSignature("Missing Authentication Token")
    key, day, region, service, signed, signature = found.groups()
    moment = request.headers.get("X-Amz-Date", "")
    if (region, service) != (aws.REGION, "lambda"):
        raise InvalidSignature(f"Credential should be scoped to a valid region ({aws.REGION}) and to service lambda")
    if key != aws.KEY:
        raise InvalidSignature("The security token included in the request is invalid.")
    if not {"host", "x-amz-date"} <= set(signed.split(";")):
        raise InvalidSignature("Host and X-Amz-Date must be among the SignedHeaders")
    if not moment.startswith(day) or abs(now - _time(moment)) > _SKEW:
        raise InvalidSignature("Signature expired or not yet current")
    expected = _signature(_canonical(request, signed, _digest(request, body)), moment, f"{day}/{region}/{service}")
    if not hmac.compare_digest(expected, signature):
        raise InvalidSignature("The request signature we calculated does not match the signature you provided.")


def _time(moment: str) -> datetime:
    try:
        return datetime.strptime(moment, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    except ValueError:
        raise InvalidSignature("X-Amz-Date is no ISO 8601 basic time") from None


def _digest(request: Request, body: bytes) -> str:
    real = hashlib.sha256(body).hexdigest()
    if request.headers.get("X-Amz-Content-SHA256", real) != real:
        raise InvalidSignature("X-Amz-Content-SHA256 is not the body's")
    return real


def _canonical(request: Request, signed: str, digest: str) -> str:
    headers = "".join(f"{name}:{' '.join(request.headers.get(name, '').split())}\n" for name in signed.split(";"))
    query = "&".join(
        f"{name}={value}"
        for name, _, value in sorted(pair.partition("=") for pair in request.raw_query.split("&") if pair)
    )
    path = urllib.parse.quote(request.path, safe="/~")
    return "\n".join((request.method, path, query, headers, signed, digest))


def _signature(canonical: str, moment: str, scope: str) -> str:
    key = f"AWS4{aws.SECRET}".encode()
    for part in (*scope.split("/"), "aws4_request"):
        key = hmac.digest(key, part.encode(), "sha256")
    hashed = hashlib.sha256(canonical.encode()).hexdigest()
    text = f"AWS4-HMAC-SHA256\n{moment}\n{scope}/aws4_request\n{hashed}"
    return hmac.digest(key, text.encode(), "sha256").hex()
