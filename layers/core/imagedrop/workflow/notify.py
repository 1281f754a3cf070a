"""Telling: every end of a drop is told in three ways, each recorded as it is done, and then sealed in the bucket.

A channel is claimed before it is used, so that two workers do not both send; a claim that is older than any worker can
live was left by a crash, and the channel is used again: rather told twice than never.
"""

from __future__ import annotations

import json
from datetime import timedelta

from imagedrop import notices
from imagedrop.common.timestamps import format_timestamp, seconds_between
from imagedrop.domain.drop import CHANNELS, Channel, ChannelDelivery, DeliveryState, Drop
from imagedrop.domain.email_address import is_address, mailbox_id
from imagedrop.observability import log_drop
from imagedrop.ports import Conflict, MailRefused, Ports, RetryLater
from imagedrop.settings import Settings
from imagedrop.workflow import dispatch
from imagedrop.workflow.bucket_records import claims, end_markers, file_versions, results
from imagedrop.workflow.owner_policy import may_write_to

LEASE = 180.0  # s; more than the function may run
KEPT = timedelta(hours=2)  # a count of mails, which is of one hour


def notify(ports: Ports, drop_id: str, attempt: int) -> None:
    """Does whatever has not been done for this end. Raises PutBack where another worker is at it."""
    row = ports.ledger.get(drop_id)
    if row is None or row.attempt != attempt or not row.ended:
        return
    try:
        row = _use_all(ports, row)
        if not row.end_marked:
            end_markers.write_end_marker(ports.objects, row)
            claims.delete_claim(ports.objects, row)
            row = ports.ledger.save(row.updated(ports.clock(), end_marked=True, redrives=0))
            log_drop("told", row, how={channel: told.state for channel, told in row.deliveries.items()})
    except Conflict:
        raise RetryLater(30) from None
    if file_versions.current_versions(ports.objects, row.bucket, row.versions) != row.versions:
        dispatch.revalidate(ports, row)


def _use_all(ports: Ports, row: Drop) -> Drop:
    """One channel that fails holds up none of the others, but the seal. Raises the first that failed, and PutBack at
    once where another worker is at it: two that write the row would lose what one of them has sent."""
    failed: list[Exception] = []
    for channel in CHANNELS:
        row, trouble = _use(ports, row, channel)
        failed += [trouble] if trouble else []
    if failed:
        raise failed[0]
    return row


def _use(ports: Ports, row: Drop, channel: Channel) -> tuple[Drop, Exception | None]:
    told = row.deliveries.get(channel, ChannelDelivery())
    if told.state in ("done", "skipped", "refused"):
        return row, None
    if told.state == "sending" and told.at is not None:
        left = LEASE - seconds_between(told.at, ports.clock())
        if left > 0:
            raise RetryLater(left)
    row = _record(ports, row, channel, "sending")
    try:
        state, note = _send(ports, row, channel, again=told.state == "sending")
    except Exception as error:  # noqa: BLE001 - raised when the others have had their turn
        return row, error
    return _record(ports, row, channel, state, note), None


def _record(ports: Ports, row: Drop, channel: Channel, state: DeliveryState, note: str | None = None) -> Drop:
    now = ports.clock()
    told = row.deliveries | {channel: ChannelDelivery(state=state, at=format_timestamp(now), note=note)}
    return ports.ledger.save(row.updated(now, deliveries=told))


def _send(ports: Ports, row: Drop, channel: Channel, *, again: bool) -> tuple[DeliveryState, str | None]:
    if channel == "result":
        if results.is_outdated(ports.objects, row):
            return "skipped", "the result of newer content lies there"
        results.write_result(ports.objects, row)
        return "done", None
    if channel == "sns":
        _publish(ports, row)
        return "done", None
    return _mail(ports, row, again=again)


def _publish(ports: Ports, row: Drop) -> None:
    owner = row.owner.email if row.owner and is_address(row.owner.email) else ""
    attributes = {"stage": row.stage, "owner": owner, "bucket": row.bucket}
    body = json.dumps(results.result_document(row))  # ASCII: SNS refuses some characters that a key may hold
    ports.topic.publish(notices.subject(row, "en"), body, {name: value for name, value in attributes.items() if value})


def _mail(ports: Ports, row: Drop, *, again: bool) -> tuple[DeliveryState, str | None]:
    to, language = addressee(row, ports.settings)
    if not ports.settings.mail_from or not to:
        return "skipped", "no sender is set" if to else "no readable owner, and no operator's address is set"
    if not again and not _within_limit(ports, to):
        ports.meter.count("MailLimited")
        return "skipped", f"more than {ports.settings.mails_per_hour} mails to {to} in this hour"
    letter = notices.letter(row, language)
    try:
        ports.mail.send(to, letter.subject, letter.text, letter.html)
    except MailRefused as refused:
        ports.meter.count("MailRefused")
        return "refused", str(refused)
    return "done", None


def addressee(row: Drop, settings: Settings) -> tuple[str, notices.Language]:
    """The owner, or the operator where the owner cannot be read or may not be written to."""
    if row.owner is not None and may_write_to(row.owner.email, settings):
        return row.owner.email, row.owner.language
    return settings.operator_mail, "en"


def _within_limit(ports: Ports, to: str) -> bool:
    """Counts this mail. What is counted and then not sent is counted no second time."""
    now = ports.clock()
    return ports.ledger.count(
        f"mails:{mailbox_id(to)}:{format_timestamp(now)[:13]}", ports.settings.mails_per_hour, now + KEPT
    )
