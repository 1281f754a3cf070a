"""Signature V4 of OBS's S3 interface (OBS S3 API: V4 common request, V4 temporarily authorized request)."""

from __future__ import annotations

import hmac
import re
from collections.abc import Sequence
from datetime import timedelta
from urllib.parse import quote, unquote

from imagedrop_local.http import Request
from imagedrop_local.obs.dialect import AMZ
from imagedrop_local.obs.model import StoreError
from imagedrop_local.obs.signed_request import UNSIGNED, VerifiedSignature, Verifier, mismatch, parse_time
from imagedrop_local.web.sigv4 import ALGORITHM, canonical_request, signature

MAX_EXPIRES = 604_800  # s; the longest validity of a presigned URL

_AUTHORIZATION = re.compile(
    rf"{ALGORITHM} Credential=(?P<credential>[^,]+), *SignedHeaders=(?P<names>[^,]+), *Signature=(?P<signature>\w+)"
)


def in_header(request: Request, verifier: Verifier) -> VerifiedSignature:
    given = _AUTHORIZATION.fullmatch(request.headers["Authorization"].strip())
    if not given:
        raise StoreError(
            "AuthorizationHeaderMalformed", f"not {ALGORITHM} Credential=..., SignedHeaders=..., Signature=..."
        )
    payload = request.headers.get("x-amz-content-sha256")
    if payload is None:
        raise StoreError("InvalidRequest", "Missing required header for this request: x-amz-content-sha256")
    time = request.headers.get("x-amz-date") or request.headers.get("Date") or ""
    verifier.check_time(parse_time(time))
    return _verified(request, verifier, given["credential"], given["names"], given["signature"], time, payload)


def in_query(request: Request, verifier: Verifier) -> VerifiedSignature:
    query = request.query
    required = ("X-Amz-Credential", "X-Amz-Date", "X-Amz-Expires", "X-Amz-SignedHeaders", "X-Amz-Signature")
    missing = [name for name in required if name not in query]
    if missing or query.get("X-Amz-Algorithm") != ALGORITHM:
        raise StoreError("AuthorizationQueryParametersError", f"X-Amz-Algorithm is {ALGORITHM}; missing: {missing}")
    credential, time, seconds, names, given = (query[name] for name in required)
    if not seconds.isdecimal() or not 1 <= int(seconds) <= MAX_EXPIRES:
        raise StoreError("AuthorizationQueryParametersError", f"X-Amz-Expires is 1 to {MAX_EXPIRES} seconds")
    start = parse_time(time)
    verifier.check_expiry(start + timedelta(seconds=int(seconds)))
    if start > verifier.now:
        verifier.check_time(start)
    payload = request.headers.get("x-amz-content-sha256", UNSIGNED)
    return _verified(request, verifier, credential, names, given, time, payload)


def _verified(
    request: Request, verifier: Verifier, credential: str, names: str, given: str, time: str, payload: str
) -> VerifiedSignature:
    access_key, *scope = credential.split("/")
    secret, signed_at = verifier.secret(access_key), parse_time(time)
    _check_scope(scope, f"{signed_at:%Y%m%d}", verifier.region)
    signed_headers = names.split(";")
    if "host" not in signed_headers or any(name not in request.headers for name in signed_headers):
        raise StoreError("SignatureDoesNotMatch", "host must be signed, and every signed header sent")
    path = quote(unquote(request.path), safe="/~")
    canonical = canonical_request(request, path, _canonical_query(request), signed_headers, payload)
    if not hmac.compare_digest(signature(secret, canonical, f"{signed_at:%Y%m%dT%H%M%SZ}", scope), given):
        raise mismatch()
    return VerifiedSignature(access_key, AMZ, payload)


def _check_scope(scope: Sequence[str], day: str, region: str) -> None:
    if len(scope) != 4 or scope[0] != day or tuple(scope[2:]) != ("s3", "aws4_request"):
        raise StoreError("AuthorizationHeaderMalformed", f"the scope is {day}/{region}/s3/aws4_request")
    if scope[1] != region:
        raise StoreError("AuthorizationHeaderMalformed", f"the region {scope[1]!r} is wrong; expecting {region!r}")


def _canonical_query(request: Request) -> str:
    pairs = [(quote(name, safe="~"), quote(value, safe="~")) for name, value in request.pairs]
    return "&".join(f"{name}={value}" for name, value in sorted(pairs) if name != "X-Amz-Signature")
