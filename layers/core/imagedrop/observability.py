"""Structured log lines that carry the drop; the runtime gives the logger `imagedrop` its JSON."""

from __future__ import annotations

import logging
from typing import Any

from imagedrop.domain.drop import Drop

LOG = logging.getLogger("imagedrop")


def log_drop(what: str, row: Drop, *, level: int = logging.INFO, **more: Any) -> None:
    """One line about a drop. `more` must not use the names of a LogRecord (`name`, `message`, `args` and so on)."""
    carried = {"drop_id": row.drop_id, "bucket": row.bucket, "key": row.key, "attempt": row.attempt, "stage": row.stage}
    LOG.log(level, what, extra=carried | more, stacklevel=2)
