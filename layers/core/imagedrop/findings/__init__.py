"""Findings: each a problem or a fact that the inspection or a rule reports about a drop, with its fix.

Every kind of finding is declared once, as a `Kind` in the module of its area; docs/findings.md is generated from them.
The id of a kind never changes once released: owners and programs match on it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from imagedrop.findings.chinese import in_chinese

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from imagedrop.common.vocabulary import Language, Severity


class Finding(NamedTuple):
    """A kind applied to one drop. `field` is a JSON pointer into the sidecar, or a file's key, or None.

    `values` fill the texts in another language; they do not count when findings are compared.
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
        """(message, fix) in a language; English if this version does not know the kind or a value is missing."""
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


CATALOGUE: dict[str, Kind] = {}  # id -> kind, of the areas imported so far


def catalogue() -> dict[str, Kind]:
    """Every kind by its id. Imports all areas: a process that only sends notices has imported none."""
    from imagedrop.findings import inspection, pairing, rules, sidecar  # noqa: F401

    return CATALOGUE


class Kind:
    """A kind of finding. Texts are `str.format` templates over the values given when it is raised.

    `id` is `<area>.<what>`, `message` says what was found and what it causes, `fix` says what to do about it.
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
        """(message, fix). Raises KeyError if a value is missing."""
        if language == "zh":
            values = in_chinese(values)
            return self.zh_message.format(**values), self.zh_fix.format(**values)
        return self.message.format(**values), self.fix.format(**values)


def has_errors(findings: list[Finding]) -> bool:
    return any(finding.severity == "error" for finding in findings)
