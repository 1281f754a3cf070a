"""Checks of the settings themselves."""

from __future__ import annotations

from collections.abc import Iterator

from imagedrop.settings import Settings
from imagedrop_cli.checkup.results import CheckResult, ok, wrong


def check_declarations(settings: Settings) -> Iterator[CheckResult]:
    if settings.declarations_accepted:
        yield ok("declarations", "accepted")
    else:
        fix = "Read IMS's declarations (docs/deploy.md). Set declarations_accepted (AWS: DeclarationsAccepted) to true."
        yield wrong("declarations", "not accepted: every drop is rejected", fix)
