"""Signature V4 of a request to a function URL with AuthType AWS_IAM.

Only in headers. Lambda also accepts presigned URLs.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import urllib.parse
from datetime import UTC, datetime, timedelta

from imagedrop_local.stack import aws
from imagedrop_local.web.messages import Request
from imagedrop_local.web.sigv4 import ALGORITHM, canonical_request, signature

_AUTHORIZATION = re.compile(
    rf"{ALGORITHM} Credential=([^/,\s]+)/(\d{{8}})/([^/,\s]+)/([^/,\s]+)/aws4_request,\s*"
    r"SignedHeaders=([a-z0-9;-]+),\s*Signature=([0-9a-f]{64})"
)
_SKEW = timedelta(minutes=5)


class InvalidSignature(Exception):
    """Lambda answers 403 with this message."""


def check(request: Request, body: bytes, now: datetime) -> None:
    """Raises InvalidSignature unless the request was signed with the stack's keys, for Lambda, within 5 minutes."""
    found = _AUTHORIZATION.fullmatch(request.headers.get("Authorization", ""))
    if not found:
        raise InvalidSignature("Missing Authentication Token")
    key, day, region, service, names, given = found.groups()
    time = request.headers.get("X-Amz-Date", "")
    if (region, service) != (aws.REGION, "lambda"):
        raise InvalidSignature(f"Credential should be scoped to a valid region ({aws.REGION}) and to service lambda")
    if key != aws.KEY:
        raise InvalidSignature("The security token included in the request is invalid.")
    if not {"host", "x-amz-date"} <= set(names.split(";")):
        raise InvalidSignature("Host and X-Amz-Date must be among the SignedHeaders")
    if not time.startswith(day) or abs(now - _parse_time(time)) > _SKEW:
        raise InvalidSignature("Signature expired or not yet current")
    path = urllib.parse.quote(request.path, safe="/~")
    canonical = canonical_request(request, path, _query(request), names.split(";"), _body_hash(request, body))
    if not hmac.compare_digest(signature(aws.SECRET, canonical, time, (day, region, service, "aws4_request")), given):
        raise InvalidSignature("The request signature we calculated does not match the signature you provided.")


def _parse_time(time: str) -> datetime:
    try:
        return datetime.strptime(time, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    except ValueError:
        raise InvalidSignature("X-Amz-Date is not in ISO 8601 basic format") from None


def _body_hash(request: Request, body: bytes) -> str:
    real = hashlib.sha256(body).hexdigest()
    if request.headers.get("X-Amz-Content-SHA256", real) != real:
        raise InvalidSignature("X-Amz-Content-SHA256 is not the body's")
    return real


def _query(request: Request) -> str:
    pairs = sorted(pair.partition("=") for pair in request.raw_query.split("&") if pair)
    return "&".join(f"{name}={value}" for name, _, value in pairs)
