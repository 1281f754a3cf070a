"""A push that was signed once may be sent by anybody again. So it is taken while its signed time is near, and once:
until that time is far, its message id is remembered.

It is remembered after its drops are in their queue. A crash in between lets them in twice, which harms nothing; the
other way round it would lose them. For the same reason a memory that cannot be asked lets the push in.
"""

from __future__ import annotations

import hashlib
import logging
import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from imagedrop.intake.errors import PushRefused
from imagedrop.ports import Ports
from imagedrop.settings import Settings

LOG = logging.getLogger(__name__)

STAMP = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2})(?:\.[0-9]{1,9})?(Z|[+-][0-9]{2}:[0-9]{2})")
SKEW = timedelta(minutes=5)  # that the clocks of two functions may differ by

Push = Mapping[str, Any]


def check_age(push: Push, settings: Settings, now: datetime) -> None:
    """Raises PushRefused for a push from the past or the future. SMN's time is that of the first try of seven."""
    sent = _sent(push)
    if abs(now - sent) > timedelta(seconds=settings.smn_max_age):
        raise PushRefused(403, "Stale", f"timestamp is more than {settings.smn_max_age} s from now")


def received_before(push: Push, ports: Ports) -> bool | None:
    """None: the memory cannot be asked now, nor told, and nobody has the time to wait for it twice."""
    try:
        return ports.ledger.load(_name(push)) is not None
    except Exception:
        ports.meter.count("ReplaysUnknown")
        LOG.exception("it cannot be told whether this push came before; it is taken")
        return None


def remember(push: Push, ports: Ports) -> None:
    until = _sent(push) + timedelta(seconds=ports.settings.smn_max_age) + SKEW
    try:
        ports.ledger.store(_name(push), {"at": push["timestamp"]}, until)
    except Exception:
        ports.meter.count("ReplaysUnknown")
        LOG.exception("this push is not remembered; should it come again, it is taken again")


def _sent(push: Push) -> datetime:
    given = push.get("timestamp")
    found = STAMP.fullmatch(given) if isinstance(given, str) else None
    try:
        return datetime.fromisoformat(found[1] + found[2]) if found else _refused()
    except ValueError:
        return _refused()


def _refused() -> datetime:
    raise PushRefused(400, "Malformed", "timestamp is missing or no time, as 2026-11-24T13:00:00Z")


def _name(push: Push) -> str:
    """Hashed: whoever knows the secret header may write anything as an id."""
    given = push.get("message_id")
    if not isinstance(given, str) or not given:
        raise PushRefused(400, "Malformed", "message_id is missing or no text")
    return "push:" + hashlib.sha256(given.encode("utf-8", "surrogatepass")).hexdigest()
