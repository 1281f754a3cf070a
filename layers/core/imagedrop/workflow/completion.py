"""How a drop goes from hand to hand, and how every drop ends: the row first, and then the owner is told.

The key stays with the drop that has ended until other content takes it over: letting go of it here could let go of what
the next attempt, begun by a faster worker, holds already.
"""

from __future__ import annotations

from typing import Any, Literal

from imagedrop.domain import transitions
from imagedrop.domain.drop import Drop, Reason
from imagedrop.observability import note
from imagedrop.ports import Ports
from imagedrop.workflow import admission
from imagedrop.workflow.bucket_records import results


def finish(
    ports: Ports, row: Drop, stage: Literal["registered", "rejected", "failed"], reason: Reason | None, **more: Any
) -> Drop:
    """Ends a drop. Raises ports.Conflict where the row has moved on. What a crash leaves undone the sweep does."""
    if row.stage == "waiting":
        row = results.numbered(ports.objects, row)
    ended = ports.ledger.save(transitions.end(row, ports.clock(), stage, reason, **more))
    note("ended", ended, code=reason.code if reason else None, images=[image.id for image in ended.images])
    hand_on(ports, ended)
    admission.leave(ports, row)
    return ended


def fail(ports: Ports, row: Drop, code: str, message: str, **more: Any) -> Drop:
    return finish(ports, row, "failed", Reason(code=code, message=message), **more)


def withdraw(ports: Ports, row: Drop) -> None:
    """A drop that waits is none any more: its image has gone, or belongs to another. It is forgotten, but for one that
    had attempts before: their numbers go on when it comes back, and so do the images that are in doubt."""
    if row.attempt == 1:
        ports.ledger.delete(row)
    elif not row.parked:
        ports.ledger.save(transitions.park(row, ports.clock()))


def hand_on(ports: Ports, row: Drop, delay: int = 0) -> None:
    """Sends the message that carries the row on from its stage. Harmless if sent twice."""
    message: dict[str, Any] = {"drop_id": row.drop_id, "attempt": row.attempt}
    if row.ended:
        ports.queues.send("notices", message)
    elif row.stage == "importing":
        ports.queues.send("polls", {**message, "generation": row.generation}, delay)
    elif row.stage == "waiting":
        look_again(ports, row)
    else:
        ports.queues.send("registrations", message, delay)


def look_again(ports: Ports, row: Drop) -> None:
    """Has the drop's key judged anew: there may be newer content or a newer sidecar."""
    ports.queues.send("drops", {"bucket": row.bucket, "key": row.key})
