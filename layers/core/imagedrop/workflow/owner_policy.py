"""Which owners may be sent mail."""

from __future__ import annotations

from imagedrop.domain.email_address import is_address, is_in_domains
from imagedrop.settings import Settings


def may_write_to(email: str, settings: Settings) -> bool:
    """A valid address in one of `settings.owner_domains`."""
    return is_address(email) and is_in_domains(email, settings.owner_domains)
