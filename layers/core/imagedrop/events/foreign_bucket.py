"""Reports events of other buckets: then a notification or the setting names the wrong bucket."""

from __future__ import annotations

from collections.abc import Sequence

from imagedrop.events.outcome import ObjectCreated, Outcome
from imagedrop.observability import LOG
from imagedrop.ports import Ports

MAX_LOGGED = 5  # of one body; all are counted


def report_foreign_events(outcomes: Sequence[Outcome], ports: Ports) -> None:
    """Logs and counts new objects of other buckets."""
    created = [outcome for outcome in outcomes if isinstance(outcome, ObjectCreated)]
    foreign = [outcome for outcome in created if outcome.bucket != ports.settings.drop_bucket]
    if foreign:
        ports.meter.count("EventsForeignBucket", len(foreign))
    for outcome in foreign[:MAX_LOGGED]:
        LOG.warning("event for another bucket", extra={"bucket": outcome.bucket, "key": outcome.key})
