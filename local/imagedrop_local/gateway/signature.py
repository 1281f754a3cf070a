"""Huawei Cloud's AK/SK signature, SDK-HMAC-SHA256, checked as the API gateway does.

canonical request   METHOD \\n path/ \\n query \\n name:value\\n... \\n names;... \\n hash of the body
string to sign      SDK-HMAC-SHA256 \\n X-Sdk-Date \\n SHA-256 of the canonical request
signature           hex of HMAC-SHA256 with the secret key
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from urllib.parse import quote, unquote

from imagedrop_local.http import Request
from imagedrop_local.web.messages import header_text

ALGORITHM = "SDK-HMAC-SHA256"
SKEW = timedelta(minutes=15)
UNSIGNED = "UNSIGNED-PAYLOAD"

_AUTHORIZATION = re.compile(
    rf"{ALGORITHM} Access=(?P<access>[^,\s]+), ?SignedHeaders=(?P<names>[^,\s]+), ?"
    r"Signature=(?P<signature>[0-9a-f]{64})"
)


def signature_error(request: Request, body: bytes, credentials: Mapping[str, str], now: datetime) -> str | None:
    """What is wrong with the request's signature; None if it is valid. `credentials`: access key -> secret key."""
    given = _AUTHORIZATION.fullmatch(request.headers.get("Authorization", "").strip())
    if given is None:
        return f"no {ALGORITHM} signature in the Authorization header"
    names = given["names"].lower().split(";")
    secret = credentials.get(given["access"])
    if secret is None:
        return f"unknown access key {given['access']}"
    return (
        _date_error(request, now)
        or _headers_error(request, names)
        or _body_error(request, body)
        or _mismatch(request, body, names, secret, given["signature"])
    )


def _date_error(request: Request, now: datetime) -> str | None:
    sent = request.headers.get("X-Sdk-Date", "")
    try:
        signed_at = datetime.strptime(sent, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    except ValueError:
        return f"X-Sdk-Date {sent!r} is not like 20261124T130000Z"
    if abs(now - signed_at) > SKEW:
        return f"x-sdk-date expired: {sent} is more than 15 minutes from the server's {now:%Y%m%dT%H%M%SZ}"
    return None


def _headers_error(request: Request, names: list[str]) -> str | None:
    missing = [name for name in names if name not in request.headers] + sorted({"host", "x-sdk-date"} - set(names))
    if missing:
        return f"headers that must be sent and signed: {', '.join(missing)}"
    return None


def _body_error(request: Request, body: bytes) -> str | None:
    claimed = request.headers.get("X-Sdk-Content-Sha256")
    if claimed not in (None, UNSIGNED, _hash(body)):
        return "X-Sdk-Content-Sha256 is not the hash of the body"
    return None


def _mismatch(request: Request, body: bytes, names: list[str], secret: str, given: str) -> str | None:
    canonical = _canonical_request(request, body, names)
    to_sign = "\n".join((ALGORITHM, request.headers["X-Sdk-Date"], _hash(canonical.encode())))
    expected = hmac.new(secret.encode(), to_sign.encode(), hashlib.sha256).hexdigest()
    return None if hmac.compare_digest(expected, given) else "verify aksk signature fail"


def _canonical_request(request: Request, body: bytes, names: list[str]) -> str:
    path = "/".join(quote(part, safe="~") for part in unquote(request.path).split("/"))
    query = "&".join(f"{quote(name, safe='~')}={quote(value, safe='~')}" for name, value in sorted(request.pairs))
    headers = "".join(f"{name}:{header_text(request.headers[name].strip())}\n" for name in names)
    claimed = request.headers.get("X-Sdk-Content-Sha256") if body else None
    canonical_path = path if path.endswith("/") else path + "/"
    return "\n".join((request.method, canonical_path, query, headers, ";".join(names), claimed or _hash(body)))


def _hash(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
