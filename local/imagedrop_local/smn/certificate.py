"""The key that signs pushes, and its certificate: made once and kept in the simulator's folder."""

from __future__ import annotations

import base64
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from cryptography.x509.oid import NameOID


class Certificate:
    """RSA 2048 with SHA-256. `name`: the file name below /smn, `SMN_<region>_<32 hex>.pem`. `now`: for a new one, which
    is valid from the day before."""

    def __init__(self, folder: Path, region: str, now: datetime | None = None) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / "signing.pem"
        if not path.exists():
            _make(path, region, now or datetime.now(UTC))
        pem = path.read_bytes()
        key = load_pem_private_key(pem, None)
        assert isinstance(key, rsa.RSAPrivateKey)
        self._key = key
        certificate = x509.load_pem_x509_certificate(pem)
        self.pem = certificate.public_bytes(Encoding.PEM)
        self.name = f"SMN_{region}_{certificate.fingerprint(SHA256()).hex()[:32]}.pem"

    def sign(self, text: str) -> str:
        """SHA256withRSA over UTF-8, as base64."""
        return base64.b64encode(self._key.sign(text.encode(), padding.PKCS1v15(), SHA256())).decode()


def _make(path: Path, region: str, now: datetime) -> None:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"smn.{region}.myhuaweicloud.com")])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=3650))
        .sign(key, SHA256())
    )
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    part = path.with_suffix(".part")
    part.touch(mode=0o600)
    part.write_bytes(private + certificate.public_bytes(Encoding.PEM))
    os.replace(part, path)  # noqa: PTH105 - clearer than Path.replace
