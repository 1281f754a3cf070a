"""The findings of one inspection, and the guard that turns a reader's errors into findings."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

from imagedrop.findings import Finding, Kind
from imagedrop.findings import inspection as kinds
from imagedrop.inspection.errors import PastEnd, Unreadable
from imagedrop.ports import ObjectsRefused, ObjectsUnavailable, OutOfTime, ServiceError

T = TypeVar("T")

MAX_SHOWN = 160  # characters of a text from the file that a message repeats


class FindingsReport:
    def __init__(self, file_name: str, file_size: int) -> None:
        self.file_name = file_name.rpartition("/")[2]
        self.file_size = file_size
        self.findings: list[Finding] = []

    def add(self, kind: Kind, /, **values: Any) -> None:
        """Adds a finding, unless the same is there already. Only the first TRUNCATED is kept: it is the nearest to the
        headers. Fills in `file` and, unless given, `source` (the file to convert) and `size`."""
        if kind is kinds.TRUNCATED and any(finding.id == kind.id for finding in self.findings):
            return
        file = shlex.quote(_printable(self.file_name))
        given = {name: _shown(value) for name, value in values.items()}
        every: dict[str, Any] = {"file": file, "source": file, "size": self.file_size} | given
        finding = kind(**{name: every[name] for name in every if f"{{{name}}}" in kind.message + kind.fix})
        if finding not in self.findings:
            self.findings.append(finding)

    @contextmanager
    def guard(self, what: str) -> Iterator[None]:
        """Turns every error of a reader inside into a finding; errors of the source go up."""
        try:
            yield
        except (ObjectsUnavailable, ObjectsRefused, OutOfTime, ServiceError, OSError):
            raise
        except Unreadable as error:
            self.add(error.kind, **error.values)
        except PastEnd as error:
            self.add(kinds.TRUNCATED, why=f"the {what} is incomplete: {error}")
        except Exception as error:  # noqa: BLE001 - parsers of hostile bytes fail in every way there is
            self.add(kinds.MALFORMED, what=what, why=f"{type(error).__name__}: {error}")

    @contextmanager
    def discard_findings(self) -> Iterator[None]:
        """For reading ahead: errors and findings inside are dropped, they will come again."""
        findings, self.findings = self.findings, []
        try:
            with self.guard("part read ahead"):
                yield
        finally:
            self.findings = findings


def guarded(report: FindingsReport, what: str, job: Callable[[], T | None]) -> T | None:
    """What `job` returns; None where it failed, which is then reported as a finding."""
    with report.guard(what):
        return job()
    return None


def _shown(value: Any) -> Any:
    """Text from a hostile file, safe to print: no control characters, not long."""
    if not isinstance(value, str):
        return value
    clean = _printable(value)
    return clean if len(clean) <= MAX_SHOWN else clean[:MAX_SHOWN] + "…"


def _printable(text: str) -> str:
    return "".join(character if character.isprintable() else "\N{REPLACEMENT CHARACTER}" for character in text)
