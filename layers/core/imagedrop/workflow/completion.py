"""How a drop goes from hand to hand, and how every drop ends: the row first, and then the owner is told.

The key stays with the drop that has ended until other content takes it over: letting go of it here could let go of what
the next attempt, begun by a faster worker, holds already.
"""

from __future__ import annotations

from typing import Any, Literal

from imagedrop.domain import transitions
from imagedrop.domain.drop import Drop, Reason
from imagedrop.observability import log_drop
from imagedrop.ports import Ports
from imagedrop.workflow import admission, dispatch
from imagedrop.workflow.bucket_records import end_markers


def finish(
    ports: Ports, row: Drop, stage: Literal["registered", "rejected", "failed"], reason: Reason | None, **more: Any
) -> Drop:
    """Ends a drop. Raises ports.Conflict where the row has moved on. What a crash leaves undone the sweep does."""
    if row.stage == "waiting":
        row = end_markers.with_attempt_number(ports.objects, row)
    ended = ports.ledger.save(transitions.end(row, ports.clock(), stage, reason, **more))
    log_drop("ended", ended, code=reason.code if reason else None, images=[image.id for image in ended.images])
    dispatch.send_next(ports, ended)
    admission.free_slot(ports, row)
    return ended


def fail(ports: Ports, row: Drop, code: str, message: str, **more: Any) -> Drop:
    return finish(ports, row, "failed", Reason(code=code, message=message), **more)


def discard_waiting(ports: Ports, row: Drop) -> None:
    """A drop that waits is none any more: its image has gone, or belongs to another. It is forgotten, but for one that
    had attempts before: their numbers go on when it comes back, and so do the images that are in doubt."""
    if row.attempt == 1:
        ports.ledger.delete(row)
    elif not row.parked:
        ports.ledger.save(transitions.park(row, ports.clock()))
