"""Tells the operator of images whose sidecars have not come: one mail a day at most, and nothing in the bucket.

The sweep collects them in its listing. A note in the ledger has the last digest: what it tells, and whether it was
sent. It is sent at most once: if its mail may have been sent, it is not repeated.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from datetime import timedelta
from logging import WARNING
from typing import Any

from imagedrop import notices
from imagedrop.common.timestamps import format_timestamp, seconds_between
from imagedrop.observability import LOG
from imagedrop.ports import Ports, surely_without_effect
from imagedrop.workflow import mailing

NOTE = "digest"
MESSAGE = {"drop_id": "digest", "attempt": 1}  # to notify; an older version finds no such drop and ignores it
EVERY = 86_400.0  # s between two digests
REPEAT_AFTER = 3600.0  # s until the sweep sends the message of an unsent digest again
MAX_TRIES = 20  # of a mail that was surely not sent
KEYS = 20  # that the mail names
COUNTER_KEPT = timedelta(days=30)


@dataclass
class Unpaired:
    """The images without a sidecar whose LastModified is greater than `after` and not greater than `until`. `keys`:
    the first of them."""

    after: str
    until: str
    count: int = 0
    keys: list[str] = field(default_factory=list)

    def add(self, image_key: str, last_modified: str) -> None:
        if self.after < last_modified <= self.until:
            self.count += 1
            if len(self.keys) < KEYS:
                self.keys.append(image_key)

    def stored(self) -> dict[str, Any]:
        return asdict(self)


def begin(ports: Ports) -> Unpaired | None:
    """For a new listing. None: the last digest is not sent yet, or was sent less than a day ago."""
    now, note = ports.clock(), ports.ledger.load(NOTE)
    until = format_timestamp(now - timedelta(seconds=ports.settings.pairing_deadline))
    if note is None:
        return Unpaired("", until)
    since = seconds_between(note["at"], now)
    if note["state"] == "pending" and since >= REPEAT_AFTER:
        ports.queues.send("notices", MESSAGE)
    return Unpaired(note["until"], until) if note["state"] == "done" and since >= EVERY else None


def finish(ports: Ports, unpaired: Unpaired) -> None:
    """After the listing. Does nothing if another sweep, or this one before a crash, has done it."""
    if not unpaired.count:
        return
    note = ports.ledger.load(NOTE)
    if note is not None and note["until"] != unpaired.after:
        return
    _store(ports, unpaired.stored() | {"tries": 0}, "pending")
    ports.queues.send("notices", MESSAGE)


def notify(ports: Ports) -> None:
    """Sends the digest that waits, if there is one. Raises what the mail service raised if it was surely not sent."""
    note = ports.ledger.load(NOTE)
    if note is None or note["state"] != "pending":
        return
    to, tries = ports.settings.operator_mail, note["tries"]
    if missing := mailing.missing(ports, to):
        LOG.log(WARNING, "images without a sidecar", extra={"images": note["count"], "reason": missing})
        _store(ports, note, "done")
        return
    # Atomic: of two workers, and of the digests of two sweeps, only one is sent.
    if not ports.ledger.count(f"digest:{note['after']}:{tries}", 1, ports.clock() + COUNTER_KEPT):
        _store(ports, note, "done")
        return
    try:
        mailing.send(ports, to, notices.unpaired_letter(ports.settings.drop_bucket, note["count"], note["keys"]))
    except Exception as error:
        if surely_without_effect(error) and tries < MAX_TRIES:
            _store(ports, note | {"tries": tries + 1}, "pending")
            raise
        _store(ports, note, "done")
        raise
    LOG.info("operator told of images without a sidecar", extra={"images": note["count"]})
    _store(ports, note, "done")


def _store(ports: Ports, note: dict[str, Any], state: str) -> None:
    ports.ledger.store(NOTE, note | {"state": state, "at": format_timestamp(ports.clock())})
