"""Which owners may be written to."""

from __future__ import annotations

from imagedrop.domain.email_address import is_address, is_in_domains
from imagedrop.settings import Settings


def may_write_to(email: str, settings: Settings) -> bool:
    return is_address(email) and is_in_domains(email, settings.owner_domains)
