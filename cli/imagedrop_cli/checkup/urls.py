"""Comparing URLs."""

from __future__ import annotations

from urllib.parse import urlsplit


def is_same_url(first: str, second: str) -> bool:
    """Whatever the slash at the end."""
    a, b = urlsplit(first), urlsplit(second)
    return (a.scheme, a.netloc.lower(), a.path.rstrip("/")) == (b.scheme, b.netloc.lower(), b.path.rstrip("/"))
