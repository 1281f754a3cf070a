"""Tells the owner of an open drop by mail that it takes longer than usual: once for each attempt and reason.

There is no result file and no SNS message about it: machines wait for the end. The state of the mail is in the row, as
for the notice of an end. Other workers write the row meanwhile, so only `late` is changed: with another `updated_at` a
queued drop would lose its place.
"""

from __future__ import annotations

from logging import WARNING

from imagedrop import notices
from imagedrop.common.timestamps import format_timestamp, seconds_between
from imagedrop.domain import lateness
from imagedrop.domain.drop import ChannelDelivery, Drop
from imagedrop.domain.lateness import Late
from imagedrop.observability import log_drop
from imagedrop.ports import Conflict, Ports, RetryLater, surely_without_effect
from imagedrop.workflow import import_durations, mailing

PART_OF_LIMIT = 10  # of the mails to one address in an hour, one in ten more may be about delays
PART_OF_DEADLINE = 0.5  # an import takes long after this part of the deadline, or if it takes much longer than others
MAX_RECORDINGS = 5  # of the state after the mail, if other workers change the row


def find_late(ports: Ports, row: Drop) -> Late | None:
    """Why the drop is late, unless its owner was told. None: it is not late."""
    now, importing_long = ports.clock(), ports.settings.attempt_deadline * PART_OF_DEADLINE
    elapsed = seconds_between(row.job_started_at, now) if row.job_started_at is not None else 0.0
    if row.stage == "importing" and import_durations.SHORTEST_WINDOW <= elapsed < importing_long:
        importing_long = min(importing_long, import_durations.window_of(ports, row))
    return lateness.untold(row, now, importing_long)


def notify_late(ports: Ports, row: Drop) -> None:
    """Sends the mail, unless the drop is not late or its owner was told. Raises RetryLater while another worker sends,
    or what the mail service raised if the mail may have been sent."""
    late = find_late(ports, row)
    if late is None or _is_being_called(row, ports):
        log_drop("nothing to do: the drop has not ended, and is not late", row)
        return
    before = lateness.delivery(row, late.reason)
    if before.at is not None:  # it is being sent
        mailing.wait_for(before.at, mailing.lease(before), ports.clock())
    to, _ = mailing.addressee(row, ports.settings)
    note = _not_sent(ports, to, again=before.state == "sending")
    delivery = ChannelDelivery(
        state="skipped" if note else "sending",
        at=format_timestamp(ports.clock()),
        note=note,
        repeats=before.repeats + (before.at is not None),
    )
    try:
        row = _record(ports, row, late, delivery)
    except Conflict:
        return  # it makes progress; the sweep finds it again if it stays late
    if note is None:
        _record_sent(ports, row, late, _send(ports, row, late, delivery))


def _send(ports: Ports, row: Drop, late: Late, delivery: ChannelDelivery) -> ChannelDelivery:
    """The delivery afterwards: without time if surely nothing was sent, so that the next sweep has it sent."""
    to, language = mailing.addressee(row, ports.settings)
    try:
        state, note = mailing.send(ports, to, notices.late_letter(row, late, language))
    except Exception as error:
        if not surely_without_effect(error):
            raise
        log_drop("owner not told of a delay", row, level=WARNING, reason=late.reason, error=str(error))
        return delivery.model_copy(update={"at": None})
    log_drop("owner told of a delay", row, reason=late.reason, since=late.since, state=state)
    return delivery.model_copy(update={"state": state, "at": format_timestamp(ports.clock()), "note": note})


def _not_sent(ports: Ports, to: str, *, again: bool) -> str | None:
    """The note if the mail must not be sent. `again`: it was counted the first time."""
    note = mailing.missing(ports, to)
    if note is None and not again:
        most = max(1, ports.settings.mails_per_hour // PART_OF_LIMIT)
        note = mailing.limit_reached(ports, to, "late mails", most)
    return note


def _is_being_called(row: Drop, ports: Ports) -> bool:
    """True while a worker may call CreateImage: the row must stay as it is, else the job id is lost."""
    if row.stage != "submitting":
        return False
    return row.sent_at is None or seconds_between(row.sent_at, ports.clock()) < lateness.UNANSWERED_LONG


def _record(ports: Ports, row: Drop, late: Late, delivery: ChannelDelivery) -> Drop:
    return ports.ledger.save(row.model_copy(update={"late": (row.late or {}) | {late.reason: delivery}}))


def _record_sent(ports: Ports, told: Drop, late: Late, delivery: ChannelDelivery) -> None:
    """Raises RetryLater if it cannot be recorded now."""
    row: Drop | None = told
    for _ in range(MAX_RECORDINGS):
        if row is None or row.attempt != told.attempt or row.ended:
            return
        if _is_being_called(row, ports):
            break
        try:
            _record(ports, row, late, delivery)
            return
        except Conflict:
            row = ports.ledger.get(told.drop_id)
    raise RetryLater(mailing.LEASE)
