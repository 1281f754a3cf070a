"""AWS Signature Version 4, for OBS's S3 interface and Lambda's function URLs (AWS: "Create a signed AWS API request").

canonical request   METHOD \\n path \\n query \\n name:value\\n... \\n names;... \\n SHA-256 of the body
string to sign      AWS4-HMAC-SHA256 \\n time \\n scope \\n SHA-256 of the canonical request
scope               date / region / service / aws4_request
key                 HMAC-SHA256 over each part of the scope, starting with "AWS4" + the secret key
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Sequence
from functools import reduce

from imagedrop_local.web.messages import Request, header_text

ALGORITHM = "AWS4-HMAC-SHA256"


def canonical_request(request: Request, path: str, query: str, names: Sequence[str], body_hash: str) -> str:
    """`path` and `query` are canonical already: services encode them differently. `names`: the signed headers."""
    headers = "".join(f"{name}:{_header(request, name)}\n" for name in names)
    return "\n".join((request.method, path, query, headers, ";".join(names), body_hash))


def signature(secret_key: str, canonical: str, time: str, scope: Sequence[str]) -> str:
    """The signature in hex. `time` like 20261124T130000Z."""
    to_sign = "\n".join((ALGORITHM, time, "/".join(scope), hashlib.sha256(canonical.encode()).hexdigest()))
    return _hmac(reduce(_hmac, scope, b"AWS4" + secret_key.encode()), to_sign).hex()


def _header(request: Request, name: str) -> str:
    return ",".join(" ".join(header_text(value).split()) for value in request.headers.get_all(name, []))


def _hmac(key: bytes, message: str) -> bytes:
    return hmac.digest(key, message.encode(), "sha256")
