"""What a finding and a kind of finding are."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping
from functools import partial
from typing import Any

from imagedrop.common.vocabulary import Language, Severity
from imagedrop.findings.chinese_values import in_chinese


@dataclasses.dataclass(frozen=True, slots=True)
class Finding:
    """A kind applied to one drop. `field`: a JSON pointer into the sidecar, or a file's key, or None. `values` fill the
    texts in another language."""

    id: str
    severity: Severity
    message: str
    fix: str
    field: str | None = None
    values: Mapping[str, Any] = dataclasses.field(default_factory=dict, compare=False)

    def public(self) -> dict[str, Any]:
        """The shape of the result file and of `check --json`."""
        shown: dict[str, Any] = {"id": self.id, "severity": self.severity, "message": self.message, "fix": self.fix}
        return shown | ({"field": self.field} if self.field is not None else {})

    def stored(self) -> dict[str, Any]:
        """The shape of the ledger: `public` and the values."""
        return self.public() | ({"values": self.values} if self.values else {})

    @classmethod
    def restore(cls, stored: dict[str, Any]) -> Finding:
        return cls(**stored)


KINDS: dict[str, Kind] = {}  # id -> kind, of the modules imported so far


@dataclasses.dataclass(frozen=True, slots=True, eq=False)
class Kind:
    """A kind of finding. Texts are `str.format` templates over the values given when it is raised.

    `id` is `<area>.<what>`, `message` says what was found and what it causes, `fix` says what to do about it.
    """

    severity: Severity
    id: str
    message: str
    fix: str
    zh_message: str
    zh_fix: str

    def __post_init__(self) -> None:
        if self.id in KINDS:
            raise ValueError(f"two kinds of finding have the id {self.id}")
        KINDS[self.id] = self

    def __call__(self, *, at: str | None = None, **values: Any) -> Finding:
        """The finding for `values`; `at` becomes its `field`."""
        message, fix = self.text("en", values)
        return Finding(self.id, self.severity, message, fix, at, values)

    def text(self, language: Language, values: Mapping[str, Any]) -> tuple[str, str]:
        """(message, fix). Raises KeyError if a value is missing."""
        if language == "en":
            return self.message.format(**values), self.fix.format(**values)
        values = in_chinese(values)
        return self.zh_message.format(**values), self.zh_fix.format(**values)


error = partial(Kind, "error")
warning = partial(Kind, "warning")
info = partial(Kind, "info")


def has_errors(findings: Iterable[Finding]) -> bool:
    return any(finding.severity == "error" for finding in findings)
