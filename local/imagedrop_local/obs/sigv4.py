"""Signature V4 (OBS S3 API: V4 common request, V4 temporarily authorized request).

canonical request   METHOD \\n path \\n query \\n name:value\\n... \\n names;... \\n payload hash
string to sign      AWS4-HMAC-SHA256 \\n time \\n scope \\n SHA-256 of the canonical request
key                 HMAC over date, region, s3, aws4_request, beginning with AWS4 + the secret key
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Sequence
from datetime import timedelta
from functools import reduce
from urllib.parse import quote, unquote

from imagedrop_local.http import Request
from imagedrop_local.obs.dialect import AMZ
from imagedrop_local.obs.model import StoreError
from imagedrop_local.obs.signature import UNSIGNED, VerifiedSignature, Verifier, header_text, parse_time

ALGORITHM = "AWS4-HMAC-SHA256"
LONGEST = 604_800  # s; how long a presigned URL may be valid

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
    shown = request.headers.get("x-amz-date") or request.headers.get("Date") or ""
    verifier.check_time(parse_time(shown))
    access_key = _check(request, verifier, given["credential"], given["names"], given["signature"], shown, payload)
    return VerifiedSignature(access_key, AMZ, payload)


def in_query(request: Request, verifier: Verifier) -> VerifiedSignature:
    query = request.query
    wanted = ("X-Amz-Credential", "X-Amz-Date", "X-Amz-Expires", "X-Amz-SignedHeaders", "X-Amz-Signature")
    missing = [name for name in wanted if name not in query]
    if missing or query.get("X-Amz-Algorithm") != ALGORITHM:
        raise StoreError("AuthorizationQueryParametersError", f"X-Amz-Algorithm is {ALGORITHM}; missing: {missing}")
    seconds = query["X-Amz-Expires"]
    if not seconds.isdecimal() or not 1 <= int(seconds) <= LONGEST:
        raise StoreError("AuthorizationQueryParametersError", f"X-Amz-Expires is 1 to {LONGEST} seconds")
    start = parse_time(query["X-Amz-Date"])
    verifier.check_expiry(start + timedelta(seconds=int(seconds)))
    if start > verifier.now:
        verifier.check_time(start)
    payload = request.headers.get("x-amz-content-sha256", UNSIGNED)
    credential, names, signature = (query[name] for name in (wanted[0], wanted[3], wanted[4]))
    return VerifiedSignature(
        _check(request, verifier, credential, names, signature, query["X-Amz-Date"], payload), AMZ, payload
    )


def _check(
    request: Request, verifier: Verifier, credential: str, names: str, signature: str, shown: str, payload: str
) -> str:
    access_key, *scope = credential.split("/")
    secret = verifier.secret(access_key)
    _check_scope(scope, parse_time(shown).strftime("%Y%m%d"), verifier.region)
    signed = names.split(";")
    if "host" not in signed or any(name not in request.headers for name in signed):
        raise StoreError("SignatureDoesNotMatch", "host must be signed, and every signed header sent")
    canonical = _canonical(request, signed, payload)
    stamp = parse_time(shown).strftime("%Y%m%dT%H%M%SZ")
    to_sign = "\n".join((ALGORITHM, stamp, "/".join(scope), hashlib.sha256(canonical.encode()).hexdigest()))
    key = reduce(_hmac, scope, b"AWS4" + secret.encode())
    if not hmac.compare_digest(_hmac(key, to_sign).hex(), signature):
        raise StoreError("SignatureDoesNotMatch", "the signature does not match the one that the server computed")
    return access_key


def _check_scope(scope: Sequence[str], day: str, region: str) -> None:
    if len(scope) != 4 or scope[0] != day or tuple(scope[2:]) != ("s3", "aws4_request"):
        raise StoreError("AuthorizationHeaderMalformed", f"the scope is {day}/{region}/s3/aws4_request")
    if scope[1] != region:
        raise StoreError("AuthorizationHeaderMalformed", f"the region {scope[1]!r} is wrong; expecting {region!r}")


def _canonical(request: Request, names: Sequence[str], payload: str) -> str:
    path = quote(unquote(request.path), safe="/~")
    pairs = [(name, value) for name, value in request.pairs if name != "X-Amz-Signature"]
    query = "&".join(
        f"{name}={value}" for name, value in sorted((quote(n, safe="~"), quote(v, safe="~")) for n, v in pairs)
    )
    headers = "".join(f"{name}:{_value(request, name)}\n" for name in names)
    return "\n".join((request.method, path, query, headers, ";".join(names), payload))


def _value(request: Request, name: str) -> str:
    return ",".join(" ".join(header_text(value).split()) for value in request.headers.get_all(name, []))


def _hmac(key: bytes, message: str) -> bytes:
    return hmac.digest(key, message.encode(), "sha256")
