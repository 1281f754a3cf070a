"""Delivers the notice of an ended drop by three channels (result file, SNS, mail), then writes the end marker.

A channel is set to `sending` before it is used, so that two workers do not both send. If it is still `sending` after
the lease (mailing.py), a worker has crashed or got no answer, and the channel is used again: a notice may be sent
twice, but is never lost. The lease doubles each time, so that a mail service that takes mails and never answers sends
few of them twice. For a drop that is still open, `late_notice` tells the owner if it is late.
"""

from __future__ import annotations

import json
from logging import WARNING

from imagedrop import notices
from imagedrop.common.timestamps import add_seconds, format_timestamp
from imagedrop.domain.drop import CHANNELS, Channel, ChannelDelivery, DeliveryState, Drop
from imagedrop.domain.email_address import is_address
from imagedrop.observability import log_drop, log_outdated
from imagedrop.ports import Conflict, ObjectsRefused, ObjectsUnavailable, Ports, RetryLater, surely_without_effect
from imagedrop.workflow import digest, dispatch, late_notice, mailing, recovery
from imagedrop.workflow.bucket_records import claims, end_markers, file_versions, results


def notify(ports: Ports, drop_id: str, attempt: int) -> None:
    """Delivers the notice of an end, then writes the end marker; or tells the owner that an open drop is late. Raises
    RetryLater while another worker delivers, or what a channel raised."""
    if drop_id == digest.MESSAGE["drop_id"]:
        digest.notify(ports)
        return
    row = ports.ledger.get(drop_id)
    if row is None or row.attempt != attempt:
        log_outdated(row, attempt)
        return
    if not row.ended:
        late_notice.notify_late(ports, row)
        return
    try:
        if _was_notified(ports, row):
            return
        row = _deliver_all(ports, row)
        if not row.end_marked:
            end_markers.write_end_marker(ports.objects, row)
            claims.delete_claim(ports.objects, row)
            row = ports.ledger.save(row.updated(ports.clock(), end_marked=True, redrives=0))
            states = {channel: delivery.state for channel, delivery in row.deliveries.items()}
            log_drop("notice delivered", row, channels=states)
        else:
            log_drop("nothing to do: the notice was delivered", row)
    except Conflict:
        raise RetryLater(30) from None
    if file_versions.current_versions(ports.objects, row.bucket, row.versions) != row.versions:
        dispatch.revalidate(ports, row)


def _was_notified(ports: Ports, row: Drop) -> bool:
    """True if the bucket says that this end was notified, though the row does not: a backup of the ledger was restored.
    If the result file tells another end, it replaces the row. Raises Conflict."""
    try:
        if row.all_delivered or ports.objects.head(row.bucket, end_markers.end_marker_key(row)) is None:
            return False
    except (ObjectsUnavailable, ObjectsRefused):
        return False  # the other channels do not wait for OBS
    log_drop("notified before the ledger was restored", row, level=WARNING)
    told = results.read_result(ports.objects, row.bucket, row.key, row.drop_id)
    if told is not None and (told.attempt, told.stage, told.images) != (row.attempt, row.stage, row.images):
        recovery.recover(ports, row.bucket, row.key, row.drop_id, row.owner, row)
    else:
        ports.ledger.save(row.updated(ports.clock(), deliveries=recovery.delivered(row), end_marked=True))
    return True


def _deliver_all(ports: Ports, row: Drop) -> Drop:
    """Uses all channels even if one fails; then raises the first error, so no end marker is written. Raises RetryLater
    at once while another worker sends: if both wrote the row, what one has sent would not be recorded."""
    errors: list[Exception] = []
    for channel in CHANNELS:
        row, error = _deliver(ports, row, channel)
        errors += [error] if error else []
    if errors:
        raise errors[0]
    return row


def _deliver(ports: Ports, row: Drop, channel: Channel) -> tuple[Drop, Exception | None]:
    delivery = row.deliveries.get(channel, ChannelDelivery())
    if delivery.state in ("done", "skipped", "refused"):
        return row, None
    if delivery.state == "sending" and delivery.at is not None:
        mailing.wait_for(delivery.at, _lease(channel, delivery), ports.clock())
    again, now = delivery.state == "sending", ports.clock()
    repeats = delivery.repeats + (again and delivery.at is not None)
    sending = ChannelDelivery(state="sending", at=format_timestamp(now), repeats=repeats)
    row = _record(ports, row, channel, sending)
    try:
        state, note = _send(ports, row, channel, again=again)
    except Exception as error:  # noqa: BLE001 - raised after the other channels
        if surely_without_effect(error):
            row = _record(ports, row, channel, sending.model_copy(update={"at": None}))
        return row, error
    at = format_timestamp(ports.clock())
    return _record(ports, row, channel, sending.model_copy(update={"state": state, "at": at, "note": note})), None


def _lease(channel: Channel, delivery: ChannelDelivery) -> float:
    """s. Constant for the result file, which may be written again."""
    return mailing.LEASE if channel == "result" else mailing.lease(delivery)


def _record(ports: Ports, row: Drop, channel: Channel, delivery: ChannelDelivery) -> Drop:
    """While a channel waits for longer than the first lease, `next_at` keeps the sweep from redriving the drop."""
    deliveries = row.deliveries | {channel: delivery}
    waits = {name: each for name, each in deliveries.items() if each.state == "sending" and each.repeats}
    ends = [add_seconds(each.at, _lease(name, each)) for name, each in waits.items() if each.at is not None]
    return ports.ledger.save(row.updated(ports.clock(), deliveries=deliveries, next_at=max(ends, default=None)))


def _send(ports: Ports, row: Drop, channel: Channel, *, again: bool) -> tuple[DeliveryState, str | None]:
    if channel == "result":
        if results.is_outdated(ports.objects, row):
            return "skipped", "there is already the result of newer content"
        results.write_result(ports.objects, row)
        return "done", None
    if channel == "sns":
        _publish(ports, row)
        return "done", None
    return _mail(ports, row, again=again)


def _publish(ports: Ports, row: Drop) -> None:
    owner = row.owner.email if row.owner and is_address(row.owner.email) else ""
    attributes = {"stage": row.stage, "owner": owner, "bucket": row.bucket}
    body = json.dumps(results.result_document(row))  # ASCII: SNS refuses some characters that keys may have
    ports.topic.publish(notices.subject(row, "en"), body, {name: value for name, value in attributes.items() if value})


def _mail(ports: Ports, row: Drop, *, again: bool) -> tuple[DeliveryState, str | None]:
    to, language = mailing.addressee(row, ports.settings)
    if missing := mailing.missing(ports, to):
        return "skipped", missing
    if not again and (reached := mailing.limit_reached(ports, to, "mails", ports.settings.mails_per_hour)):
        return "skipped", reached  # a mail that is sent again was counted the first time
    return mailing.send(ports, to, notices.letter(row, language))
