"""Requests signed by the official SDK, without a socket."""

from __future__ import annotations

import io
import json
from datetime import UTC, datetime
from email.message import Message
from typing import Any
from urllib.parse import quote

from huaweicloudsdkcore.auth.credentials import BasicCredentials
from huaweicloudsdkcore.sdk_request import SdkRequest
from huaweicloudsdkcore.signer.signer import Signer

from imagedrop_local.http import Request

AK, SK, PROJECT, REGION = "AK-ONE", "the secret of one", "0123456789abcdef0123456789abcdef", "cn-north-4"
CREDENTIALS = {AK: SK}


def request(
    method: str,
    path: str,
    body: Any = None,
    query: list[tuple[str, str]] | None = None,
    *,
    at: datetime | None = None,
    ak: str = AK,
    sk: str = SK,
    headers: dict[str, str] | None = None,
) -> Request:
    """`path`: not encoded. `body`: bytes, or a value for JSON. `at`: the time of the client's clock."""
    raw = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
    signed = SdkRequest(
        method=method,
        schema="http",
        host="ims.example",
        resource_path=quote(path, safe="/~"),
        query_params=list(query or []),
        header_params={
            "Content-Type": "application/json",
            "X-Project-Id": PROJECT,
            "X-Sdk-Date": f"{at or datetime.now(UTC):%Y%m%dT%H%M%SZ}",
            **(headers or {}),
        },
        body=raw,
    )
    Signer(BasicCredentials(ak, sk, PROJECT)).sign(signed)
    target, _, asked = signed.uri.partition("?")
    return Request(method, target, asked, _message(signed.header_params), io.BytesIO(raw), len(raw))


def _message(headers: dict[str, str]) -> Message:
    message = Message()
    for name, value in headers.items():
        message[name] = value
    return message
