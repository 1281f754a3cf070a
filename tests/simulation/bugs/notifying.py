"""Notices are sent too early or twice."""

from __future__ import annotations

from typing import Any

from imagedrop.domain import transitions
from imagedrop.domain.drop import Channel, ChannelDelivery, Drop
from imagedrop.ports import Ports
from imagedrop.workflow import completion, notify
from imagedrop.workflow.bucket_records import claims, end_markers
from imagedrop.workflow.sweep import sweep
from tests.simulation.bugs.planting import Planting, changed


def done_before_it_is_sent(patch: Planting) -> None:
    """A channel is recorded as done before it has sent."""
    record = notify._record

    def early(ports: Ports, row: Drop, channel: Channel, delivery: ChannelDelivery) -> Drop:
        return record(ports, row, channel, changed(delivery, state="done") if delivery.state == "sending" else delivery)

    patch.setattr(notify, "_record", early)


def channel_not_claimed(patch: Planting) -> None:
    """Two workers may use a channel at the same time."""

    def deliver(ports: Ports, row: Drop, channel: Channel) -> tuple[Drop, Exception | None]:
        delivery = row.deliveries.get(channel)
        if delivery is not None and delivery.state in ("done", "skipped", "refused"):
            return row, None
        state, note = notify._send(ports, row, channel, again=False)
        return notify._record(ports, row, channel, ChannelDelivery(state=state, note=note)), None

    patch.setattr(notify, "_deliver", deliver)


def no_word_of_delays(patch: Planting) -> None:
    """The owner of a drop that is late is told only of its end."""
    patch.setattr(sweep, "report_late_drops", lambda *_: 0)


def published_before_it_is_saved(patch: Planting) -> None:
    """An end is published before it is saved."""
    finish = completion.finish

    def early(ports: Ports, row: Drop, stage: Any, reason: Any, **more: Any) -> Drop:
        notify._publish(ports, transitions.end(row, ports.clock(), stage, reason, **more))
        return finish(ports, row, stage, reason, **more)

    patch.setattr(completion, "finish", early)


def claim_deleted_first(patch: Planting) -> None:
    """The claim is deleted before the end marker is written."""
    write_end_marker = end_markers.write_end_marker

    def late(objects: Any, row: Drop) -> None:
        claims.delete_claim(objects, row)
        write_end_marker(objects, row)

    patch.setattr(end_markers, "write_end_marker", late)


def restored_end_told_again(patch: Planting) -> None:
    """A ledger restored from a backup does not know that an end was notified, and nobody asks the bucket."""
    patch.setattr(notify, "_was_notified", lambda *_: False)
