"""Enqueues the drops that a body names: one message in the drops queue per object."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeGuard
from urllib.parse import unquote

from imagedrop.domain import object_keys
from imagedrop.events import Bad, ObjectCreated, Outcome, parse
from imagedrop.events.foreign_bucket import report_foreign_events
from imagedrop.intake.errors import PushUnavailable
from imagedrop.ports import Ports
from imagedrop.settings import Settings

LOG = logging.getLogger(__name__)
MAX_LOGGED = 5  # records of one body that are logged; all are counted


@dataclass(frozen=True, slots=True)
class Enqueued:
    """`enqueued`: messages sent; `ignored`: records that are no drop of this bucket; `bad`: unreadable records."""

    enqueued: int
    ignored: int
    bad: Sequence[Bad]


def enqueue(body: Any, ports: Ports) -> Enqueued:
    """Sends `{"bucket", "key"}` for each new object that may belong to a drop, once per body.

    Raises PushUnavailable unless the queue took every message.
    """
    settings = ports.settings
    if not settings.drop_bucket:
        raise PushUnavailable("no bucket is configured: set IMAGEDROP_DROP_BUCKET")
    outcomes = parse(body, keys_encoded=settings.event_keys_encoded)
    bad = [outcome for outcome in outcomes if isinstance(outcome, Bad)]
    accepted = [(outcome.bucket, outcome.key) for outcome in outcomes if _may_be_drop(outcome, settings)]
    objects = list(dict.fromkeys(accepted))
    _send(objects, ports)
    ignored = len(outcomes) - len(bad) - len(accepted)
    report_foreign_events(outcomes, ports)
    _log_events_of_probes(outcomes)
    _count(ports, DropsEnqueued=len(objects), EventsIgnored=ignored, EventsBad=len(bad))
    for record in bad[:MAX_LOGGED]:
        LOG.warning("bad event record", extra={"at": record.at or "the top", "reason": record.reason})
    return Enqueued(len(objects), ignored, bad)


def _may_be_drop(outcome: Outcome, settings: Settings) -> TypeGuard[ObjectCreated]:
    return (
        isinstance(outcome, ObjectCreated)
        and outcome.bucket == settings.drop_bucket
        and outcome.key.startswith(settings.drop_prefix)
        and not object_keys.is_ours(outcome.key)
    )


def _send(objects: Sequence[tuple[str, str]], ports: Ports) -> None:
    if not objects:
        return
    rejected = ports.queues.send_many("drops", [{"bucket": bucket, "key": key} for bucket, key in objects])
    if rejected:  # the retry sends the others a second time, which is harmless
        raise PushUnavailable(f"the queue rejected {len(rejected)} of {len(objects)} messages")


def _log_events_of_probes(outcomes: Sequence[Outcome]) -> None:
    """`imagedrop doctor --probe` puts an object with an unusual key and looks here which key has come."""
    for outcome in outcomes:
        if isinstance(outcome, ObjectCreated) and object_keys.PROBES in unquote(outcome.key):
            LOG.info("event of a probe", extra={"key": outcome.key})


def _count(ports: Ports, **counts: int) -> None:
    for name, value in counts.items():
        if value:
            ports.meter.count(name, value)
