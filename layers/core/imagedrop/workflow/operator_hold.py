"""Errors that only an operator can resolve: IMS quota, balance or permission, or OBS denies access."""

from __future__ import annotations

from imagedrop.common.timestamps import format_timestamp
from imagedrop.domain.drop import Drop, Held
from imagedrop.ports import ImsError, ObjectsRefused, Ports


def hold_for(ports: Ports, row: Drop, error: Exception) -> Held | None:
    """The hold to store in the row, counted as metric `Held`. None: the error can pass by itself."""
    if not isinstance(error, (ImsError, ObjectsRefused)) or getattr(error, "kind", "held") != "held":
        return None
    ports.meter.count("Held")
    since = row.held.since if row.held else format_timestamp(ports.clock())
    return Held(code=error.code, message=error.message, since=since)
