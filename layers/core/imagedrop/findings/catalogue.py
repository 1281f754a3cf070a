"""Every kind of finding, by its id. Importing this module loads all of them."""

from __future__ import annotations

from collections.abc import Mapping

from imagedrop.common.vocabulary import Language
from imagedrop.findings import KINDS, Finding, Kind, inspection, pairing, rules, sidecar  # noqa: F401

CATALOGUE: Mapping[str, Kind] = KINDS


def text_of(finding: Finding, language: Language) -> tuple[str, str]:
    """(message, fix) in a language; English if this version does not know the kind or a value is missing."""
    kind = CATALOGUE.get(finding.id) if language != "en" else None
    if kind is None:
        return finding.message, finding.fix
    try:
        return kind.text(language, finding.values)
    except LookupError:
        return finding.message, finding.fix
