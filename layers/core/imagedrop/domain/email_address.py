"""Email addresses: syntax, domain, and the id of the mailbox."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence

# RFC 5321 without quoted names and address literals. Python's `$` alone also matches before a final newline.
_END = r"$(?!\n)"
_ATOM = "[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_LABEL = "[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
EMAIL = rf"^(?=.{{1,254}}{_END})(?=.{{1,64}}@){_ATOM}(?:\.{_ATOM})*@(?:{_LABEL}\.)+(?![0-9]+{_END}){_LABEL}{_END}"
_ADDRESS = re.compile(EMAIL)


def is_address(text: str) -> bool:
    """Whether it is one bare ASCII address: no display name, quotes or comments (the rule of the sidecar)."""
    return _ADDRESS.match(text) is not None


def is_in_domains(email: str, domains: Sequence[str]) -> bool:
    """Whether its domain is one of these, in upper or lower case. Subdomains do not count. No domains: True."""
    domain = email.rpartition("@")[2].lower()
    return not domains or domain in {allowed.lower().removeprefix("@") for allowed in domains}


def mailbox_id(email: str) -> str:
    """A hash of the mailbox: equal for addresses that differ only in case or in what follows a `+`."""
    local, _, domain = email.rpartition("@")
    return hashlib.sha256(f"{local.partition('+')[0]}@{domain}".casefold().encode("utf-8", "surrogatepass")).hexdigest()
