"""The findings of one inspection as they come, with the file's name filled in, and the guard around every step."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from imagedrop.findings import Finding, Kind
from imagedrop.findings import inspection as kinds
from imagedrop.inspection.errors import PastEnd, Unreadable
from imagedrop.ports import ObjectsRefused, ObjectsUnavailable

SHOWN = 160  # characters of a text out of the file that a message repeats


class Report:
    def __init__(self, file_name: str, file_size: int) -> None:
        self.file_name = file_name.rpartition("/")[2]
        self.file_size = file_size
        self.findings: list[Finding] = []

    def say(self, kind: Kind, /, **values: Any) -> None:
        """Adds a finding, once; that the file is cut off is said once, the first sign of it being the nearest to its
        headers. `file` and, unless given, `source` (the file to convert) and `size` are filled in."""
        if kind is kinds.TRUNCATED and any(one.id == kind.id for one in self.findings):
            return
        file = shlex.quote(_printable(self.file_name))
        shown: dict[str, Any] = {"file": file, "source": file, "size": self.file_size}
        shown |= {name: _shown(value) for name, value in values.items()}
        used: dict[str, Any] = {
            name: value for name, value in shown.items() if f"{{{name}}}" in kind.message + kind.fix
        }
        finding = kind(**used)
        if finding not in self.findings:
            self.findings.append(finding)

    @contextmanager
    def quiet(self) -> Iterator[None]:
        """For trying ahead: what the file does to a reader inside is passed over, it will show again."""
        findings = self.findings
        self.findings = []
        try:
            with self.guard("reading ahead"):
                yield
        finally:
            self.findings = findings

    @contextmanager
    def guard(self, what: str) -> Iterator[None]:
        """Whatever the file does to a reader inside becomes a finding; what the source raises goes up."""
        try:
            yield
        except Unreadable as error:
            self.say(error.kind, **error.values)
        except PastEnd as error:
            self.say(kinds.TRUNCATED, why=f"the {what} is not whole: {error}")
        except (ObjectsUnavailable, ObjectsRefused, OSError):
            raise
        except Exception as error:  # noqa: BLE001 - parsers of hostile bytes fail in every way there is
            self.say(kinds.MALFORMED, what=what, why=f"{type(error).__name__}: {error}")


def _shown(value: Any) -> Any:
    """Text out of a hostile file, safe to print: no control characters, not long."""
    if not isinstance(value, str):
        return value
    clean = _printable(value)
    return clean if len(clean) <= SHOWN else clean[:SHOWN] + "…"


def _printable(text: str) -> str:
    return "".join(one if one.isprintable() else "\N{REPLACEMENT CHARACTER}" for one in text)
