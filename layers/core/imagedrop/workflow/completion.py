"""Ends a drop: saves the end in its row, then sends the notice message and frees the slot.

The key stays with the ended drop until newer content takes it over. If it were released here, the next attempt, which a
faster worker may have begun already, could lose it.
"""

from __future__ import annotations

from typing import Any, Literal

from imagedrop.domain import transitions
from imagedrop.domain.drop import Drop, Reason
from imagedrop.observability import log_drop
from imagedrop.ports import Ports
from imagedrop.workflow import admission, dispatch, recovery


def finish(
    ports: Ports, row: Drop, stage: Literal["registered", "rejected", "failed"], reason: Reason | None, **more: Any
) -> Drop:
    """Ends the drop. `more`: other fields to change. Raises Conflict. The sweep does what a crash leaves undone."""
    if row.stage == "waiting":
        row = recovery.with_ends(ports, row)
    ended = ports.ledger.save(transitions.end(row, ports.clock(), stage, reason, **more))
    log_drop("ended", ended, code=reason.code if reason else None, images=[image.id for image in ended.images])
    dispatch.send_next(ports, ended)
    admission.free_slot(ports, row)
    return ended


def fail(ports: Ports, row: Drop, code: str, message: str, **more: Any) -> Drop:
    return finish(ports, row, "failed", Reason(code=code, message=message), **more)


def discard_waiting(ports: Ports, row: Drop) -> None:
    """Deletes a waiting drop whose image is gone or belongs to another drop. Parks it if it had earlier attempts: their
    number and `disowned_images` are needed when the image comes back."""
    if row.attempt == 1:
        ports.ledger.delete(row)
    elif not row.parked:
        ports.ledger.save(transitions.park(row, ports.clock()))
