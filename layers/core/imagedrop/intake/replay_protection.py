"""Anyone can send a signed push again. So a push is accepted only near its signed time, and only once: its message id
is stored in the ledger for as long as its time would be accepted.

It is stored after its drops are in the queue. A crash in between enqueues them twice, which is harmless; the other
order would lose them. For the same reason a push is accepted when the ledger does not answer.
"""

from __future__ import annotations

import hashlib
import logging
from datetime import datetime, timedelta

from imagedrop.intake.errors import PushRefused
from imagedrop.intake.smn_push import SmnPush
from imagedrop.ports import Ports
from imagedrop.settings import Settings

LOG = logging.getLogger(__name__)

CLOCK_SKEW = timedelta(minutes=5)  # between the clocks of two invocations


def check_age(push: SmnPush, settings: Settings, now: datetime) -> None:
    """Raises PushRefused if the push is too old or from the future. Its time is that of SMN's first of seven tries."""
    if abs(now - push.sent_at) > timedelta(seconds=settings.smn_max_age):
        raise PushRefused(403, "Stale", f"timestamp is more than {settings.smn_max_age} s from now")


def received_before(push: SmnPush, ports: Ports) -> bool | None:
    """None: the ledger does not answer. Do not call `remember` then: SMN does not wait for a second time-out."""
    try:
        return ports.ledger.load(_note_name(push)) is not None
    except Exception:
        ports.meter.count("ReplaysUnknown")
        LOG.exception("push accepted, but the ledger was unavailable to check for a repeat")
        return None


def remember(push: SmnPush, ports: Ports) -> None:
    until = push.sent_at + timedelta(seconds=ports.settings.smn_max_age) + CLOCK_SKEW
    try:
        ports.ledger.store(_note_name(push), {"at": push.timestamp}, until)
    except Exception:
        ports.meter.count("ReplaysUnknown")
        LOG.exception("push id not stored, so the same push would be accepted again")


def _note_name(push: SmnPush) -> str:
    """Hashed, because a sender who knows the secret may write any text as the id."""
    return "push:" + hashlib.sha256(push.message_id.encode("utf-8", "surrogatepass")).hexdigest()
