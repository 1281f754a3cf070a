"""Sends mails to owners: to whom, how many in an hour, and what is recorded if one cannot be sent."""

from __future__ import annotations

from datetime import datetime, timedelta

from imagedrop import notices
from imagedrop.common.timestamps import format_timestamp, seconds_between
from imagedrop.domain.drop import ChannelDelivery, DeliveryState, Drop
from imagedrop.domain.email_address import mailbox_id
from imagedrop.ports import MailRefused, Ports, RetryLater
from imagedrop.settings import Settings
from imagedrop.workflow.owner_policy import may_write_to

LEASE = 180.0  # s; more than the function may run
MAX_DOUBLINGS = 6  # of LEASE: 3.2 hours
COUNT_KEPT = timedelta(hours=2)  # for a count of the mails of one hour


def lease(delivery: ChannelDelivery) -> float:
    """s for which a delivery stays with the worker that has begun it."""
    return LEASE * float(2 ** min(delivery.repeats, MAX_DOUBLINGS))


def wait_for(sending_since: str, lease: float, now: datetime) -> None:
    """Raises RetryLater while the worker that set the state `sending` may still run."""
    left = lease - seconds_between(sending_since, now)
    if left > 0:
        raise RetryLater(left)


def addressee(row: Drop, settings: Settings) -> tuple[str, notices.Language]:
    """The owner; the operator if the owner's address is missing, invalid or of another domain."""
    if row.owner is not None and may_write_to(row.owner.email, settings):
        return row.owner.email, row.owner.language
    return settings.operator_mail, "en"


def missing(ports: Ports, to: str) -> str | None:
    """The note if no mail can be sent because of the settings."""
    if ports.settings.mail_from and to:
        return None
    name = "IMAGEDROP_MAIL_FROM" if to else "no valid owner address, and IMAGEDROP_OPERATOR_MAIL"
    return f"{name} is not set"


def limit_reached(ports: Ports, to: str, kind: str, most: int) -> str | None:
    """Counts this mail. The note if `most` mails of this kind were counted in this hour already."""
    now = ports.clock()
    counter = f"{kind}:{mailbox_id(to)}:{format_timestamp(now)[:13]}"
    if ports.ledger.count(counter, most, now + COUNT_KEPT):
        return None
    ports.meter.count("MailLimited")
    return f"more than {most} {kind} to {to} this hour"


def send(ports: Ports, to: str, letter: notices.Letter) -> tuple[DeliveryState, str | None]:
    try:
        ports.mail.send(to, letter.subject, letter.text, letter.html)
    except MailRefused as refused:
        ports.meter.count("MailRefused")
        return "refused", str(refused)
    return "done", None
