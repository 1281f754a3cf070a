"""The findings of one inspection as they come, with the file's name filled in, and the guard around every step."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagedrop.findings import Finding, Kind
from imagedrop.findings import inspection as kinds
from imagedrop.inspection.errors import PastEnd, Unreadable
from imagedrop.ports import ObjectsRefused, ObjectsUnavailable

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import TracebackType
    from typing import Any, TypeVar

    T = TypeVar("T")

_PLAIN = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_@%+=:,./-"
SHOWN = 160  # characters of a text out of the file that a message repeats


class FindingsReport:
    def __init__(self, file_name: str, file_size: int) -> None:
        self.file_name = file_name.rpartition("/")[2]
        self.file_size = file_size
        self.findings: list[Finding] = []

    def add(self, kind: Kind, /, **values: Any) -> None:
        """Adds a finding, once; that the file is cut off is said once, the first sign of it being the nearest to its
        headers. `file` and, unless given, `source` (the file to convert) and `size` are filled in."""
        if kind is kinds.TRUNCATED and any(one.id == kind.id for one in self.findings):
            return
        file = quoted(_printable(self.file_name))
        shown: dict[str, Any] = {"file": file, "source": file, "size": self.file_size}
        shown |= {name: _shown(value) for name, value in values.items()}
        used: dict[str, Any] = {
            name: value for name, value in shown.items() if f"{{{name}}}" in kind.message + kind.fix
        }
        finding = kind(**used)
        if finding not in self.findings:
            self.findings.append(finding)

    def discard_findings(self) -> _Quiet:
        """For trying ahead: what the file does to a reader inside is passed over, it will show again."""
        return _Quiet(self)

    def guard(self, what: str) -> _Guard:
        """Whatever the file does to a reader inside becomes a finding; what the source raises goes up."""
        return _Guard(self, what)


class _Guard:
    def __init__(self, report: FindingsReport, what: str) -> None:
        self.report, self.what = report, what

    def __enter__(self) -> None:
        pass

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> bool:
        if isinstance(error, Unreadable):
            self.report.add(error.kind, **error.values)
        elif isinstance(error, PastEnd):
            self.report.add(kinds.TRUNCATED, why=f"the {self.what} is not whole: {error}")
        elif isinstance(error, (ObjectsUnavailable, ObjectsRefused, OSError)):
            return False
        elif isinstance(error, Exception):  # parsers of hostile bytes fail in every way there is
            self.report.add(kinds.MALFORMED, what=self.what, why=f"{type(error).__name__}: {error}")
        return isinstance(error, Exception)


class _Quiet(_Guard):
    def __init__(self, report: FindingsReport) -> None:
        super().__init__(report, "reading ahead")
        self._before = report.findings

    def __enter__(self) -> None:
        self.report.findings = []

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> bool:
        try:
            return super().__exit__(kind, error, at)
        finally:
            self.report.findings = self._before


def guarded(report: FindingsReport, what: str, job: Callable[[], T | None]) -> T | None:
    """What `job` answers; None where it could not, which has been said."""
    with report.guard(what):
        return job()
    return None


def quoted(text: str) -> str:
    """As one word for a shell, in quotes only where it needs them (what shlex.quote does, which costs re)."""
    if text and not text.strip(_PLAIN):
        return text
    return "'" + text.replace("'", "'\"'\"'") + "'"


def _shown(value: Any) -> Any:
    """Text out of a hostile file, safe to print: no control characters, not long."""
    if not isinstance(value, str):
        return value
    clean = _printable(value)
    return clean if len(clean) <= SHOWN else clean[:SHOWN] + "…"


def _printable(text: str) -> str:
    return "".join(one if one.isprintable() else "\N{REPLACEMENT CHARACTER}" for one in text)
