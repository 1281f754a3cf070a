"""Mail addresses: which are one, which may be written to, and which are the same mailbox."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence

from imagedrop.sidecar.limits import EMAIL

_ADDRESS = re.compile(EMAIL)


def is_address(text: str) -> bool:
    """One bare address, as a sidecar may name it: ASCII, no display name, no quotes, no comments, one domain."""
    return _ADDRESS.match(text) is not None


def is_in_domains(email: str, domains: Sequence[str]) -> bool:
    """Whether its domain is one of these, however it is written; subdomains are others. No domains: any is."""
    domain = email.rpartition("@")[2].lower()
    return not domains or domain in {one.lower().removeprefix("@") for one in domains}


def mailbox_id(email: str) -> str:
    """A name of bounded length for where mails to this address arrive: case and what follows a `+` make no other."""
    local, _, domain = email.rpartition("@")
    return hashlib.sha256(f"{local.partition('+')[0]}@{domain}".casefold().encode("utf-8", "surrogatepass")).hexdigest()
