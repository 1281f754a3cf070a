"""OBS's own signature and S3's V2: HMAC-SHA1, in the header or in the query (OBS API: signature in a header / a URL).

    METHOD \\n Content-MD5 \\n Content-Type \\n Date or Expires \\n name:value\\n... resource

They differ in the word before the access key (OBS, AWS) and in the headers that are signed (x-obs-, x-amz-).
"""

from __future__ import annotations

import base64
import hmac
from datetime import UTC, datetime
from urllib.parse import quote, unquote

from imagedrop_local.http import Request
from imagedrop_local.obs.dialect import AMZ, OBS, Dialect
from imagedrop_local.obs.model import StoreError
from imagedrop_local.obs.signed_request import VerifiedSignature, Verifier, mismatch, parse_time
from imagedrop_local.web.messages import header_text

_NAMES = """
    acl append backtosource cors customdomain delete deletebucket directcoldaccess encryption inventory length
    lifecycle location logging metadata mirrorbacktosource modify name notification object-lock partnumber policy
    position quota rename replication requestpayment response-cache-control response-content-disposition
    response-content-encoding response-content-language response-content-type response-expires restore retention
    storageclass storageinfo storagepolicy tagging torrent truncate uploadid uploads versionid versioning versions
    website x-image-process x-image-save-bucket x-image-save-object x-oss-process
"""
_RESOURCES = frozenset(_NAMES.split())  # query parameters that are part of the resource, in lower case


def in_header(request: Request, bucket_in_host: str | None, verifier: Verifier) -> VerifiedSignature:
    word, _, rest = request.headers["Authorization"].partition(" ")
    access_key, _, signature = rest.strip().partition(":")
    dialect = OBS if word == "OBS" else AMZ
    secret = verifier.secret(access_key)
    dialect_date = request.headers.get(dialect.header("date"))
    verifier.check_time(parse_time(dialect_date or request.headers.get("Date") or ""))
    date = "" if dialect_date is not None else request.headers["Date"]
    _compare(request, bucket_in_host, dialect, date, secret, signature)
    return VerifiedSignature(access_key, dialect)


def in_query(request: Request, bucket_in_host: str | None, verifier: Verifier) -> VerifiedSignature:
    query = request.query
    dialect = OBS if "AccessKeyId" in query else AMZ
    access_key = query.get("AccessKeyId") or query.get("AWSAccessKeyId", "")
    secret = verifier.secret(access_key)
    expires = query.get("Expires", "")
    if not expires.isdecimal() or len(expires) > 11:
        raise StoreError("AccessDenied", f"Expires {expires!r} is not a time in seconds")
    verifier.check_expiry(datetime.fromtimestamp(int(expires), UTC))
    _compare(request, bucket_in_host, dialect, expires, secret, query["Signature"])
    return VerifiedSignature(access_key, dialect)


def _compare(
    request: Request, bucket_in_host: str | None, dialect: Dialect, date: str, secret: str, signature: str
) -> None:
    headers = request.headers
    lines = [request.method, headers.get("Content-MD5", ""), headers.get("Content-Type", ""), date]
    lines += _dialect_headers(request, dialect)
    for resource in _resources(request, bucket_in_host, dialect):
        expected = base64.b64encode(
            hmac.digest(secret.encode(), "\n".join([*lines, resource]).encode(), "sha1")
        ).decode()
        if hmac.compare_digest(expected.encode(), signature.encode()):
            return
    raise mismatch()


def _dialect_headers(request: Request, dialect: Dialect) -> list[str]:
    names = sorted({name.lower() for name in request.headers if name.lower().startswith(dialect.header(""))})
    return [
        f"{name}:{','.join(header_text(value).strip() for value in request.headers.get_all(name, []))}"
        for name in names
    ]


def _resources(request: Request, bucket_in_host: str | None, dialect: Dialect) -> list[str]:
    """With the path as it was sent and as it would be encoded, because clients differ."""
    pairs = [pair.partition("=") for pair in request.raw_query.split("&") if pair]
    signed = sorted((unquote(name), equal, unquote(value)) for name, equal, value in pairs if _is_signed(name, dialect))
    query = "&".join(name + equal + value for name, equal, value in signed)
    bucket = f"/{bucket_in_host}" if bucket_in_host else ""
    paths = {request.path, quote(unquote(request.path), safe="/~")}
    return [bucket + path + (f"?{query}" if query else "") for path in sorted(paths)]


def _is_signed(name: str, dialect: Dialect) -> bool:
    lower = unquote(name).lower()
    return lower in _RESOURCES or lower.startswith(dialect.header(""))
