"""How every drop ends: the row first, then its key is free, then the owner is told."""

from __future__ import annotations

from typing import Any, Literal

from imagedrop import drop as drops
from imagedrop.drop import Drop, Reason
from imagedrop.ports import Ports


def finish(
    ports: Ports, row: Drop, stage: Literal["registered", "rejected", "failed"], reason: Reason | None, **more: Any
) -> Drop:
    """Ends a drop. Raises ports.Conflict where the row has moved on. What a crash leaves undone the sweep does."""
    ended = ports.ledger.save(drops.end(row, ports.clock(), stage, reason, **more))
    ports.ledger.unlock(ended)
    notify(ports, ended)
    return ended


def fail(ports: Ports, row: Drop, code: str, message: str, **more: Any) -> Drop:
    return finish(ports, row, "failed", Reason(code=code, message=message), **more)


def notify(ports: Ports, row: Drop) -> None:
    ports.queues.send("notices", {"drop_id": row.drop_id, "attempt": row.attempt})


def look_again(ports: Ports, row: Drop) -> None:
    """Has the drop's key judged anew: there may be newer content or a newer sidecar."""
    ports.queues.send("drops", {"bucket": row.bucket, "key": row.key})
