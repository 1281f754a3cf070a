"""Checks who signed a request: with OBS's own signature, S3's V2 or V4, in the header or in the query."""

from __future__ import annotations

from imagedrop_local.http import Request
from imagedrop_local.obs import sigv2, sigv4
from imagedrop_local.obs.dialect import AMZ, OBS, Dialect
from imagedrop_local.obs.model import StoreError
from imagedrop_local.obs.signed_request import VerifiedSignature, Verifier
from imagedrop_local.web.sigv4 import ALGORITHM


def dialect_of(request: Request) -> Dialect:
    """The dialect of a request, even if its signature is wrong."""
    own = request.headers.get("Authorization", "").startswith("OBS ") or "AccessKeyId" in request.query
    return OBS if own or "x-obs-date" in request.headers else AMZ


def verify(request: Request, bucket_in_host: str | None, verifier: Verifier) -> VerifiedSignature:
    """Raises StoreError: AccessDenied, InvalidAccessKeyId, SignatureDoesNotMatch, RequestTimeTooSkewed, ..."""
    authorization = request.headers.get("Authorization", "")
    kind = authorization.split(" ")[0]
    if kind == ALGORITHM:
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
