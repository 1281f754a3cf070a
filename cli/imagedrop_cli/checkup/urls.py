"""Comparing URLs."""

from __future__ import annotations

from urllib.parse import urlsplit

PORTS = {"https": 443, "http": 80}


def is_same_url(first: str, second: str) -> bool:
    """Whatever the case of the host, the port that the scheme implies, and the slash at the end. False for text that is
    no URL."""
    try:
        return _parts(first) == _parts(second)
    except ValueError:
        return False


def _parts(url: str) -> tuple[str, str | None, int | None, str, str]:
    parts = urlsplit(url)
    return parts.scheme, parts.hostname, parts.port or PORTS.get(parts.scheme), parts.path.rstrip("/"), parts.query
