"""Catches the errors that handlers log. Some show a mistake in the code itself, which no fault can cause."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from pydantic import ValidationError

from imagedrop.domain.drop import WrongStage
from imagedrop.observability import LOG

CODE_ERRORS = (
    TypeError,
    AttributeError,
    NameError,
    LookupError,
    AssertionError,
    ArithmeticError,
    ValidationError,
    WrongStage,
)


class _ErrorHandler(logging.Handler):
    def __init__(self, on_error: Callable[[BaseException], None]) -> None:
        super().__init__(logging.ERROR)
        self._on_error = on_error

    def emit(self, record: logging.LogRecord) -> None:
        error = record.exc_info[1] if record.exc_info else None
        if error is not None:
            self._on_error(error)


@contextmanager
def watch_log(on_error: Callable[[BaseException], None]) -> Iterator[None]:
    """Calls `on_error` with every logged error. Prints nothing."""
    handler, disabled = _ErrorHandler(on_error), logging.root.manager.disable
    before = LOG.level, LOG.propagate
    logging.disable(logging.WARNING)
    LOG.addHandler(handler)
    LOG.propagate = False
    try:
        yield
    finally:
        LOG.removeHandler(handler)
        LOG.level, LOG.propagate = before
        logging.disable(disabled)
