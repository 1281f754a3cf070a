"""Reads an object's attributes from request headers, and writes them to response headers."""

from __future__ import annotations

import base64
from email.utils import format_datetime

from imagedrop_local.obs.call import Call
from imagedrop_local.obs.dialect import Dialect
from imagedrop_local.obs.model import Attributes, StoredObject, StoreError
from imagedrop_local.web.messages import header_text

MAX_METADATA = 2 << 10
KEPT = ("Cache-Control", "Content-Disposition", "Content-Language", "Expires")


def attributes_of(call: Call) -> Attributes:
    """The attributes in a PUT. Raises InvalidStorageClass, MetadataTooLarge, InvalidEncryptionAlgorithmError."""
    headers, dialect = call.request.headers, call.dialect
    storage_class = call.dialect_header("storage-class")
    encryption = call.dialect_header("server-side-encryption")
    if encryption is not None and encryption != dialect.kms_value:
        raise StoreError(
            "InvalidEncryptionAlgorithmError", f"server-side encryption is {dialect.kms_value}, not {encryption!r}"
        )
    if call.dialect_header("server-side-encryption-customer-algorithm"):
        raise StoreError("NotImplemented", "the simulator has no SSE-C")
    return Attributes(
        content_type=headers.get("Content-Type") or "binary/octet-stream",
        content_encoding=headers.get("Content-Encoding"),
        storage_class=dialect.parse_storage_class(storage_class) if storage_class else None,
        encryption="kms" if encryption else None,
        encryption_key=headers.get(dialect.key_id_header) if encryption else None,
        metadata=_metadata(call),
        headers={name: headers[name] for name in KEPT if name in headers},
    )


def _metadata(call: Call) -> dict[str, str]:
    prefix = call.dialect.header("meta-")
    found = {
        name.lower().removeprefix(prefix): header_text(value)
        for name, value in call.request.headers.items()
        if name.lower().startswith(prefix)
    }
    if sum(len(name) + len(value.encode()) for name, value in found.items()) > MAX_METADATA:
        raise StoreError("MetadataTooLarge", f"user metadata has more than {MAX_METADATA} bytes")
    return found


def response_headers(stored: StoredObject, dialect: Dialect) -> dict[str, str]:
    """The headers of a HEAD or GET. As in OBS, the storage class is omitted if it is STANDARD."""
    attributes = stored.attributes
    found = {
        "ETag": f'"{stored.etag}"',
        "Last-Modified": format_datetime(stored.last_modified, usegmt=True),
        "Accept-Ranges": "bytes",
        "Content-Type": attributes.content_type,
        **attributes.headers,
        **{dialect.header(f"meta-{name}"): _ascii(value) for name, value in attributes.metadata.items()},
        **encryption_headers(attributes, dialect),
    }
    if attributes.content_encoding:
        found["Content-Encoding"] = attributes.content_encoding
    if stored.storage_class != "STANDARD":
        found[dialect.header("storage-class")] = dialect.format_storage_class(stored.storage_class)
    return found


def encryption_headers(attributes: Attributes, dialect: Dialect) -> dict[str, str]:
    if not attributes.encryption:
        return {}
    found = {dialect.header("server-side-encryption"): dialect.kms_value}
    if attributes.encryption_key:
        found[dialect.key_id_header] = attributes.encryption_key
    return found


def _ascii(value: str) -> str:
    if value.isascii():
        return value
    return f"=?UTF-8?B?{base64.b64encode(value.encode()).decode()}?="
