"""What the handlers log as failed, though nothing had been done to them: a slip in the code itself."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from pydantic import ValidationError

from imagedrop.domain.drop import WrongStage
from imagedrop.observability import LOG

SLIPS = (
    TypeError,
    AttributeError,
    NameError,
    LookupError,
    AssertionError,
    ArithmeticError,
    ValidationError,
    WrongStage,
)


class _Ear(logging.Handler):
    def __init__(self, heard: Callable[[BaseException], None]) -> None:
        super().__init__(logging.ERROR)
        self._heard = heard

    def emit(self, record: logging.LogRecord) -> None:
        error = record.exc_info[1] if record.exc_info else None
        if error is not None:
            self._heard(error)


@contextmanager
def listening(heard: Callable[[BaseException], None]) -> Iterator[None]:
    """`heard` gets every error that is logged; nothing is printed meanwhile."""
    ear, disabled = _Ear(heard), logging.root.manager.disable
    before = LOG.level, LOG.propagate
    logging.disable(logging.WARNING)
    LOG.addHandler(ear)
    LOG.propagate = False
    try:
        yield
    finally:
        LOG.removeHandler(ear)
        LOG.level, LOG.propagate = before
        logging.disable(disabled)
