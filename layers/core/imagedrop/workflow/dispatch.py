"""Sends the queue message that continues a drop from its present stage."""

from __future__ import annotations

from typing import Any

from imagedrop.domain.drop import Drop
from imagedrop.ports import Ports


def send_next(ports: Ports, row: Drop, delay: int = 0) -> None:
    """Harmless if sent twice. `delay`: seconds, for registrations and polls."""
    message: dict[str, Any] = {"drop_id": row.drop_id, "attempt": row.attempt}
    if row.ended:
        ports.queues.send("notices", message)
    elif row.stage == "importing":
        ports.queues.send("polls", {**message, "generation": row.generation}, delay)
    elif row.stage == "waiting":
        revalidate(ports, row)
    else:
        ports.queues.send("registrations", message, delay)


def revalidate(ports: Ports, row: Drop) -> None:
    """Has the drop's key validated again: its image or sidecar may be newer."""
    ports.queues.send("drops", {"bucket": row.bucket, "key": row.key})
