"""Fails every test that leaks a planted secret.

Searched: every log record, with its extras and traceback; what a test writes to stdout and stderr, or reads back from
there; and at the end the logs of the processes and functions that the tests have started.
"""

from __future__ import annotations

import logging
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.planted_secrets import leaked

LOG_FILES = ("*.log", "cloudwatch_logs.json")  # of processes, and of functions in the embedded stack

_found: list[str] = []
_handle: Any = logging.Logger.handle
_readouterr: Any = pytest.CaptureFixture.readouterr


def search(text: str, source: str, *, log: bool = False) -> None:
    _found.extend(f"{name} in {source}" for name in leaked(text, log=log))


def pytest_configure() -> None:
    logging.Logger.handle = _searched_handle  # type: ignore[method-assign]
    pytest.CaptureFixture.readouterr = _searched_readouterr  # type: ignore[method-assign]


def pytest_unconfigure() -> None:
    logging.Logger.handle = _handle  # type: ignore[method-assign]
    pytest.CaptureFixture.readouterr = _readouterr  # type: ignore[method-assign]


def _searched_handle(self: logging.Logger, record: logging.LogRecord) -> None:
    """Every record passes here, even if no handler takes it."""
    text = logging.Formatter().format(record) + repr(record.__dict__)
    search(text, f"the log of {record.name}, {record.module}:{record.lineno}", log=True)
    _handle(self, record)


def _searched_readouterr(self: pytest.CaptureFixture[Any]) -> Any:
    read = _readouterr(self)
    for text in read:
        search(text if isinstance(text, str) else text.decode(errors="replace"), "what was read from stdout or stderr")
    return read


@pytest.fixture(scope="session", autouse=True)
def _logs_of_processes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """The first fixture of the session: when it ends, all processes have ended."""
    yield
    for path in _log_files(tmp_path_factory.getbasetemp()):
        search(path.read_text("utf-8", "replace"), str(path), log=True)


def _log_files(folder: Path) -> Iterator[Path]:
    for pattern in LOG_FILES:
        yield from (path for path in folder.rglob(pattern) if path.is_file())


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    if call.when == "teardown":
        for title, text in report.sections:
            if title.startswith("Captured std"):
                search(text, title)
        if _found:
            report.outcome = "failed"
            report.longrepr = "leaked secrets:\n" + "\n".join(sorted(set(_found)))
            _found.clear()
    return report
