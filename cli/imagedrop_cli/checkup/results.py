"""What a check says. Texts of services are made safe to print."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from imagedrop.common.display_text import one_line

Outcome = Literal["ok", "wrong", "unknown"]


@dataclass(frozen=True)
class CheckResult:
    """`name`: stable, for programs. `seen`: what the check found. `fix`: what to do if it is not ok."""

    name: str
    outcome: Outcome
    seen: str
    fix: str = ""


def ok(name: str, seen: str) -> CheckResult:
    return CheckResult(name, "ok", one_line(seen))


def wrong(name: str, seen: str, fix: str) -> CheckResult:
    return CheckResult(name, "wrong", one_line(seen), one_line(fix))


def unknown(name: str, seen: str, fix: str = "") -> CheckResult:
    return CheckResult(name, "unknown", one_line(seen), one_line(fix))


Check = Callable[[], Iterable[CheckResult]]


def run(checks: Iterable[tuple[str, Check]]) -> Iterator[CheckResult]:
    """The results, one after the other. A check that fails itself is `unknown`. `checks`: each with the name that its
    result has then."""
    for name, check in checks:
        try:
            yield from check()
        except Exception as error:  # noqa: BLE001 - the other checks still count
            yield unknown(name, f"the check failed: {type(error).__name__}: {error}")
