"""Findings: one thing the inspection or the rules have to say, with its mend.

Every kind of finding is declared once, as a `Kind` in the module of its area; docs/findings.md is generated from them.
A kind's id never changes once released: owners and machines match on it.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from importlib import import_module
from typing import Any, Literal

Severity = Literal["error", "warning", "info"]
Language = Literal["en", "zh"]


@dataclass(frozen=True, slots=True)
class Finding:
    """A kind applied to one drop. `field` is a JSON pointer into the sidecar, or a file's key, or None."""

    id: str
    severity: Severity
    message: str
    fix: str
    field: str | None = None
    values: dict[str, Any] = dataclasses.field(
        default_factory=dict, compare=False
    )  # to say it again in another language

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


AREAS = ("inspection", "pairing", "rules", "sidecar")
CATALOGUE: dict[str, Kind] = {}  # of the areas that have been imported


def catalogue() -> dict[str, Kind]:
    """Every kind there is: a process that only tells has raised none itself."""
    for area in AREAS:
        import_module(f"{__name__}.{area}")
    return CATALOGUE


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of finding. Texts are `str.format` templates over the values given when it is raised.

    `id` is `<area>.<what>`, `message` says what was seen and what it leads to, `fix` says how to mend it.
    """

    id: str
    severity: Severity
    message: str
    fix: str
    zh_message: str
    zh_fix: str

    def __post_init__(self) -> None:
        if self.id in CATALOGUE:
            raise ValueError(f"two kinds of finding are called {self.id}")
        CATALOGUE[self.id] = self

    def __call__(self, *, at: str | None = None, **values: Any) -> Finding:
        """The finding for `values`; `at` becomes its `field`."""
        message, fix = self.text("en", values)
        return Finding(self.id, self.severity, message, fix, at, values)

    def text(self, language: Language, values: dict[str, Any]) -> tuple[str, str]:
        message, fix = (self.zh_message, self.zh_fix) if language == "zh" else (self.message, self.fix)
        return message.format(**values), fix.format(**values)


def has_errors(findings: list[Finding]) -> bool:
    return any(finding.severity == "error" for finding in findings)
