"""Keeps an error of one drop from holding up the other drops."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from imagedrop.observability import LOG, log_fields
from imagedrop.ports import OutOfTime, Ports


@contextmanager
def isolated(ports: Ports, drop_id: str, message: str) -> Iterator[None]:
    """Logs what the block raises, with `message`, and raises an alarm. Raises only OutOfTime: for the other drops there
    is no time either."""
    with log_fields(drop_id=drop_id):
        try:
            yield
        except OutOfTime:
            raise
        except Exception:
            ports.meter.count("DriveFailed")
            LOG.exception(message)
