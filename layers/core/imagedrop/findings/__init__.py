"""Findings: one thing the inspection or the rules have to say, with its mend.

Every kind of finding is declared once, as a `Kind` in the module of its area; docs/findings.md is generated from them.
A kind's id never changes once released: owners and machines match on it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from imagedrop.common.vocabulary import Language, Severity


class Finding(NamedTuple):
    """A kind applied to one drop. `field` is a JSON pointer into the sidecar, or a file's key, or None.

    `values` are there to say it again in another language: findings that say the same are equal.
    """

    id: str
    severity: Severity
    message: str
    fix: str
    field: str | None = None
    values: Mapping[str, Any] = {}

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Finding) and self[:5] == other[:5]

    def __ne__(self, other: object) -> bool:
        return not self == other

    def __hash__(self) -> int:
        return hash(self[:5])

    def public(self) -> dict[str, Any]:
        """The shape of the result file and of `check --json`."""
        shown: dict[str, Any] = {"id": self.id, "severity": self.severity, "message": self.message, "fix": self.fix}
        return shown | ({"field": self.field} if self.field is not None else {})

    def stored(self) -> dict[str, Any]:
        """The shape of the ledger: `public` and the values."""
        return self.public() | ({"values": self.values} if self.values else {})

    def text(self, language: Language) -> tuple[str, str]:
        """(message, fix) in a language; English where this version does not know the kind or lacks its values."""
        kind = catalogue().get(self.id) if language != "en" else None
        if kind is None:
            return self.message, self.fix
        try:
            return kind.text(language, self.values)
        except LookupError:
            return self.message, self.fix

    @classmethod
    def restore(cls, stored: dict[str, Any]) -> Finding:
        return cls(**stored)


CATALOGUE: dict[str, Kind] = {}  # of the areas that have been imported


def catalogue() -> dict[str, Kind]:
    """Every kind there is: a process that only tells has raised none itself."""
    from imagedrop.findings import inspection, pairing, rules, sidecar  # noqa: F401

    return CATALOGUE


class Kind:
    """A kind of finding. Texts are `str.format` templates over the values given when it is raised.

    `id` is `<area>.<what>`, `message` says what was seen and what it leads to, `fix` says how to mend it.
    """

    def __init__(self, id: str, severity: Severity, message: str, fix: str, zh_message: str, zh_fix: str) -> None:  # noqa: A002
        if id in CATALOGUE:
            raise ValueError(f"two kinds of finding are called {id}")
        CATALOGUE[id] = self
        self.id, self.severity = id, severity
        self.message, self.fix = message, fix
        self.zh_message, self.zh_fix = zh_message, zh_fix

    def __call__(self, *, at: str | None = None, **values: Any) -> Finding:
        """The finding for `values`; `at` becomes its `field`."""
        message, fix = self.text("en", values)
        return Finding(self.id, self.severity, message, fix, at, values)

    def text(self, language: Language, values: Mapping[str, Any]) -> tuple[str, str]:
        message, fix = (self.zh_message, self.zh_fix) if language == "zh" else (self.message, self.fix)
        return message.format(**values), fix.format(**values)


def has_errors(findings: list[Finding]) -> bool:
    return any(finding.severity == "error" for finding in findings)
