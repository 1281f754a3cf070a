"""Structured log lines. The runtime formats what the logger `imagedrop` and its children log as JSON."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from imagedrop.domain.drop import Drop

LOG = logging.getLogger("imagedrop")
_FIELDS: ContextVar[Mapping[str, Any]] = ContextVar("log_fields", default={})


@contextmanager
def log_fields(**fields: Any) -> Iterator[None]:
    """Adds fields to every line logged inside: the request id of an invocation, the id of a drop."""
    token = _FIELDS.set({**_FIELDS.get(), **fields})
    try:
        yield
    finally:
        _FIELDS.reset(token)


def add_log_fields(**fields: Any) -> None:
    """Adds fields until the `log_fields` around this call ends."""
    _FIELDS.set({**_FIELDS.get(), **fields})


def current_log_fields() -> Mapping[str, Any]:
    return _FIELDS.get()


def set_log_fields(record: logging.LogRecord) -> bool:
    """A filter of the log handler: adds the fields to a record, unless it has its own value."""
    for name, value in _FIELDS.get().items():
        record.__dict__.setdefault(name, value)
    return True


def log_drop(message: str, row: Drop, *, level: int = logging.INFO, **more: Any) -> None:
    """Logs one line about a drop. `more` must not use the names of a LogRecord (`name`, `message`, `args` ...)."""
    fields = {"drop_id": row.drop_id, "bucket": row.bucket, "key": row.key, "attempt": row.attempt, "stage": row.stage}
    LOG.log(level, message, extra=fields | more, stacklevel=2)
