"""Sends the queue message that continues a drop from its present stage."""

from __future__ import annotations

from typing import Any

from imagedrop.domain.drop import Drop
from imagedrop.ports import Ports


def send_next(ports: Ports, row: Drop, delay: int = 0) -> None:
    """Sends the message that carries the row on from its stage. Harmless if sent twice."""
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
    """Has the drop's key judged anew: there may be newer content or a newer sidecar."""
    ports.queues.send("drops", {"bucket": row.bucket, "key": row.key})
