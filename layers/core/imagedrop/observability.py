"""Structured log lines. The runtime formats what the logger `imagedrop` and its children log as JSON."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from imagedrop.domain.drop import Drop

LOG = logging.getLogger("imagedrop")
_FIELDS: ContextVar[dict[str, Any] | None] = ContextVar("log_fields", default=None)


@contextmanager
def log_fields(**fields: Any) -> Iterator[None]:
    """Adds fields to every line logged in this block: the request id of an invocation, the id of a drop."""
    token = _FIELDS.set(current_log_fields() | fields)
    try:
        yield
    finally:
        _FIELDS.reset(token)


def add_log_fields(**fields: Any) -> None:
    """Adds fields for the rest of the innermost `log_fields` block."""
    if (current := _FIELDS.get()) is not None:
        current.update(fields)


def current_log_fields() -> dict[str, Any]:
    return dict(_FIELDS.get() or {})


def set_log_fields(record: logging.LogRecord) -> bool:
    """A filter of the log handler: adds the fields to a record, unless it has its own value."""
    for name, value in current_log_fields().items():
        record.__dict__.setdefault(name, value)
    return True


def log_outdated(row: Drop | None, attempt: int) -> None:
    """Logs that a message needs no work: it came late or twice, or its drop is not in the ledger. `attempt`: of it."""
    if row is None:
        LOG.info("nothing to do: no such drop is in the ledger", extra={"message_attempt": attempt})
    else:
        log_drop("nothing to do: the message is out of date", row, message_attempt=attempt)


def log_drop(message: str, row: Drop, *, level: int = logging.INFO, **more: Any) -> None:
    """Logs one line about a drop. `more` must not use the names of a LogRecord (`name`, `message`, `args` ...)."""
    fields = {"drop_id": row.drop_id, "bucket": row.bucket, "key": row.key, "attempt": row.attempt, "stage": row.stage}
    LOG.log(level, message, extra=fields | more, stacklevel=2)
