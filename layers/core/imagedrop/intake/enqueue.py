"""From the body of a push that may come in to messages in the drops queue, one an object."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeGuard

from imagedrop.domain import object_keys
from imagedrop.events import Bad, ObjectCreated, Outcome, parse
from imagedrop.intake.errors import PushUnavailable
from imagedrop.ports import Ports
from imagedrop.settings import Settings

LOG = logging.getLogger(__name__)
MAX_LOGGED = 5  # records of one body that are logged; all are counted


@dataclass(frozen=True, slots=True)
class Enqueued:
    """`enqueued` messages sent; `ignored` records that are no drop of ours; `bad` records, with what is wrong."""

    enqueued: int
    ignored: int
    bad: Sequence[Bad]


def enqueue(body: Any, ports: Ports) -> Enqueued:
    """Sends `{"bucket", "key"}` for each new object that may belong to a drop, once per body.

    Raises PushUnavailable unless the queue has taken them all.
    """
    settings: Settings = ports.settings
    if not settings.drop_bucket:
        raise PushUnavailable("no bucket is configured: set IMAGEDROP_DROP_BUCKET")
    outcomes = parse(body, keys_encoded=settings.event_keys_encoded)
    bad = [outcome for outcome in outcomes if isinstance(outcome, Bad)]
    wanted = [(drop.bucket, drop.key) for drop in outcomes if _is_wanted(drop, settings)]
    drops = list(dict.fromkeys(wanted))
    _send(drops, ports)
    ignored = len(outcomes) - len(bad) - len(wanted)
    report_foreign_events(outcomes, ports)
    _count(ports, DropsEnqueued=len(drops), EventsIgnored=ignored, EventsBad=len(bad))
    for record in bad[:MAX_LOGGED]:
        LOG.warning("bad record at %s: %s", record.at or "the top", record.reason)
    return Enqueued(len(drops), ignored, bad)


def report_foreign_events(outcomes: Sequence[Outcome], ports: Ports) -> None:
    """Logs and counts new objects of other buckets: a notification or a setting names the wrong bucket."""
    foreign = [
        outcome
        for outcome in outcomes
        if isinstance(outcome, ObjectCreated) and outcome.bucket != ports.settings.drop_bucket
    ]
    _count(ports, EventsForeignBucket=len(foreign))
    for outcome in foreign[:MAX_LOGGED]:
        LOG.warning("event for another bucket", extra={"bucket": outcome.bucket, "key": outcome.key})


def _is_wanted(outcome: Outcome, settings: Settings) -> TypeGuard[ObjectCreated]:
    return (
        isinstance(outcome, ObjectCreated)
        and outcome.bucket == settings.drop_bucket
        and outcome.key.startswith(settings.drop_prefix)
        and not object_keys.is_ours(outcome.key)
    )


def _send(drops: Sequence[tuple[str, str]], ports: Ports) -> None:
    if not drops:
        return
    left = ports.queues.send_many("drops", [{"bucket": bucket, "key": key} for bucket, key in drops])
    if left:  # those that were taken will come twice, which harms nothing
        raise PushUnavailable(f"the queue did not take {len(left)} of {len(drops)} messages")


def _count(ports: Ports, **counts: int) -> None:
    for name, value in counts.items():
        if value:
            ports.meter.count(name, value)
