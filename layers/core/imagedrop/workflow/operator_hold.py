"""Errors that only an operator can resolve: IMS quota, balance or permission, or OBS refusing us."""

from __future__ import annotations

from imagedrop.common.timestamps import format_timestamp
from imagedrop.domain.drop import Drop, Held
from imagedrop.ports import ImsError, ObjectsRefused, Ports


def hold_for(ports: Ports, row: Drop, error: Exception) -> Held | None:
    """Only an operator can help: IMS's quota, balance, permission, or OBS refuses us."""
    if not isinstance(error, (ImsError, ObjectsRefused)) or getattr(error, "kind", "held") != "held":
        return None
    ports.meter.count("Held")
    since = row.held.since if row.held else format_timestamp(ports.clock())
    return Held(code=error.code, message=error.message, since=since)
