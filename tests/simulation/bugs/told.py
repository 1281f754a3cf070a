"""Ends are told before they are true, or twice."""

from __future__ import annotations

from typing import Any

from imagedrop.domain import transitions
from imagedrop.domain.drop import Channel, Drop
from imagedrop.ports import Ports
from imagedrop.workflow import completion, notify
from tests.simulation.bugs.planting import Planting


def told_before_it_is_sent(patch: Planting) -> None:
    """The row says that a channel is done before it is."""
    record = notify._record

    def early(ports: Ports, row: Drop, channel: Channel, state: Any, note: str | None = None) -> Drop:
        return record(ports, row, channel, "done" if state == "sending" else state, note)

    patch.setattr(notify, "_record", early)


def sent_before_it_is_claimed(patch: Planting) -> None:
    """Two workers use a channel side by side."""

    def use(ports: Ports, row: Drop, channel: Channel) -> tuple[Drop, Exception | None]:
        told = row.deliveries.get(channel)
        if told is not None and told.state in ("done", "skipped", "refused"):
            return row, None
        state, note = notify._send(ports, row, channel, again=False)
        return notify._record(ports, row, channel, state, note), None

    patch.setattr(notify, "_use", use)


def told_before_the_ledger_knows(patch: Planting) -> None:
    """An end is told to machines, and only then written down."""
    finish = completion.finish

    def early(ports: Ports, row: Drop, stage: Any, reason: Any, **more: Any) -> Drop:
        notify._publish(ports, transitions.end(row, ports.clock(), stage, reason, **more))
        return finish(ports, row, stage, reason, **more)

    patch.setattr(completion, "finish", early)
