"""The bucket and key of a request: the bucket is in the host name (virtual-hosted style) or in the path."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from urllib.parse import unquote

from imagedrop.domain.object_keys import is_bucket


@dataclass(frozen=True)
class Address:
    """`bucket` and `key` are empty if the request names none. `virtual`: the bucket is in the host name."""

    bucket: str
    key: str
    virtual: bool


def address_of(host: str, path: str) -> Address:
    """`path` as sent (percent-encoded)."""
    bucket = _bucket_of(host)
    if bucket:
        return Address(bucket, unquote(path[1:], errors="surrogateescape"), virtual=True)
    bucket, _, key = path[1:].partition("/")
    return Address(unquote(bucket), unquote(key, errors="surrogateescape"), virtual=False)


def _bucket_of(host: str) -> str:
    name = host.rsplit(":", 1)[0].lower() if not host.endswith("]") else host
    try:
        ipaddress.ip_address(name.strip("[]"))
    except ValueError:
        pass
    else:
        return ""
    if ".obs." in name and not name.startswith("obs."):
        bucket = name.rpartition(".obs.")[0]
    else:
        bucket = name.removesuffix(".localhost") if name.endswith(".localhost") and name != "obs.localhost" else ""
    return bucket if is_bucket(bucket) else ""
