"""SMN of these tests: a key, its certificate, and pushes signed with it."""

from __future__ import annotations

import base64
import json
from datetime import datetime, timedelta
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from imagedrop.intake.http_get import FetchFailed
from imagedrop.intake.receive import PushRequest, PushResponse
from imagedrop.intake.smn_certificates import Certificates
from imagedrop.intake.smn_push import parse_smn_push
from imagedrop.intake.smn_signature import verify as verify_push
from imagedrop_local.memory import memory_settings
from imagedrop_local.memory.fake_clock import START

TOPIC = "urn:smn:cn-north-4:0123456789abcdef0123456789abcdef:imagedrop"
CERTIFICATE = f"https://smn.cn-north-4.myhuaweicloud.com/smn/SMN_cn-north-4_{'0a' * 16}.pem"
CONFIRM = f"https://console.huaweicloud.com/smn/subscription/confirm?token=t&topic_urn={TOPIC}&region=cn-north-4"
SETTINGS = memory_settings(smn_topic_urn=TOPIC)
SECRET_ID, SECRET = "webhook", "a long and well kept secret"
NOTIFICATION = ("message", "message_id", "subject", "timestamp", "topic_urn", "type")
CONFIRMATION = ("message", "message_id", "subscribe_url", "timestamp", "topic_urn", "type")

DROP = {"bucket": "drops", "key": "a/b.vhd"}  # the drop in `unsigned`

Key = rsa.RSAPrivateKey


def certify(key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey, start: datetime = START, days: int = 30) -> bytes:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "SMN")])
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).serial_number(1)
    builder = builder.not_valid_before(start - timedelta(days=1)).not_valid_after(start + timedelta(days=days))
    return builder.public_key(key.public_key()).sign(key, hashes.SHA256()).public_bytes(Encoding.PEM)


def signature(key: Key, text: str, algorithm: hashes.HashAlgorithm | None = None) -> str:
    return base64.b64encode(key.sign(text.encode(), padding.PKCS1v15(), algorithm or hashes.SHA256())).decode()


def signed(key: Key, push: dict[str, Any], *, without: tuple[str, ...] = ()) -> dict[str, Any]:
    """Builds the text to sign itself, as SMN documents it, to check the product's own."""
    names = NOTIFICATION if push["type"] == "Notification" else CONFIRMATION
    text = "".join(f"{name}\n{push[name]}\n" for name in names if name in push and name not in without)
    return {**push, "signature": signature(key, text)}


def unsigned(push_type: str = "Notification", **changes: Any) -> dict[str, Any]:
    event = {"eventName": "ObjectCreated:Put", "obs": {"bucket": {"name": "drops"}, "object": {"key": "a%2Fb.vhd"}}}
    push = {
        "type": push_type,
        "topic_urn": TOPIC,
        "message_id": "88c726942175432cb921cb7bba3c6bf2",
        "message": json.dumps({"Records": [event]}),
        "timestamp": "2026-11-24T12:59:59Z",
        "signature_version": "v1",
        "signing_cert_url": CERTIFICATE,
    }
    by_type = {"subject": "OBS 通知"} if push_type == "Notification" else {"subscribe_url": CONFIRM}
    return {**push, **by_type, **changes}


class Web:
    """A `fetch` that knows these pages, and fails for other URLs. `requested`: the URLs it was called with."""

    def __init__(self, pages: dict[str, bytes | Exception]) -> None:
        self.pages, self.requested = pages, list[str]()

    def __call__(self, url: str) -> bytes:
        self.requested.append(url)
        page = self.pages.get(url, FetchFailed("HTTP 404"))
        if isinstance(page, Exception):
            raise page
        return page


def post(body: Any, **headers: str) -> PushRequest:
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    return PushRequest("POST", {name.replace("_", "-"): value for name, value in headers.items()}, content)


def verify(push: dict[str, Any], web: Web, certificates: Certificates | None = None, hours: float = 0) -> None:
    """Parses and verifies a push, `hours` after START."""
    parsed = parse_smn_push(push, SETTINGS)
    assert parsed is not None
    verify_push(parsed, SETTINGS, certificates or Certificates(), web, START + timedelta(hours=hours))


def content(response: PushResponse) -> dict[str, Any]:
    assert "\n" not in response.body
    body: dict[str, Any] = json.loads(response.body)
    assert (response.status != 200) == ("error" in body)
    return body
