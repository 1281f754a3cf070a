"""Sends one push over HTTP and returns the endpoint's status."""

from __future__ import annotations

import http.client
from collections.abc import Mapping
from urllib.parse import urlsplit


def post(url: str, body: bytes, headers: Mapping[str, str], timeout: float) -> int | None:
    """The status; None if nothing answered in time. Follows no redirect and uses no proxy. `timeout`: seconds."""
    parts = urlsplit(url)
    connection = _connection(parts.scheme, parts.hostname or "", parts.port, timeout)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    try:
        connection.request("POST", path, body, {"Host": parts.netloc.rpartition("@")[2], **headers})
        with connection.getresponse() as answer:
            return answer.status
    except (OSError, http.client.HTTPException):
        return None
    finally:
        connection.close()


def _connection(scheme: str, host: str, port: int | None, timeout: float) -> http.client.HTTPConnection:
    # RFC 6761: names below localhost are this machine, but not every resolver knows that.
    if host == "localhost" or host.endswith(".localhost"):
        host = "127.0.0.1"
    kind = http.client.HTTPSConnection if scheme == "https" else http.client.HTTPConnection
    return kind(host, port, timeout=timeout)
