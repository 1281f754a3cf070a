"""A batch of SQS messages: each on its own, and what failed comes back by itself, later and later.

A message that a handler puts back is reported as failed, or Lambda would delete it. One that nobody can read is given
a few turns, for an older version may have got what a newer one reads, and is then let go: it must not circle.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping
from typing import Any

from imagedrop.backoff import growing_wait
from imagedrop.domain.messages import BadMessage
from imagedrop.observability import LOG
from imagedrop.ports import Ports, QueueName, RetryLater

FIRST, LONGEST = 10, 900  # s
UNREADABLE = 5  # turns

Handle = Callable[[dict[str, Any], str, int], None]  # (body, receipt, how often it was received)


def batch(event: Mapping[str, Any], queue: QueueName, ports: Ports, handle: Handle) -> dict[str, Any]:
    """Lambda's answer, `{"batchItemFailures": [..]}`, for an event of `queue`. Never raises for a message."""
    from aws_lambda_powertools.utilities.batch import BatchProcessor, EventType

    processor = BatchProcessor(EventType.SQS, raise_on_entire_batch_failure=False)

    def one(record: Any) -> None:
        receipt, received = record.receipt_handle, int(record.attributes.approximate_receive_count)
        try:
            handle(_body(record.body), receipt, received)
        except RetryLater as later:
            _put_back(ports, queue, receipt, later.seconds)
            raise
        except BadMessage as error:
            _unreadable(ports, queue, record, error, received)
        except Exception:
            ports.meter.count("RecordsFailed")
            LOG.exception("a message failed", extra={"queue": queue, "body": record.body[:2000], "received": received})
            _put_back(ports, queue, receipt, growing_wait(FIRST, LONGEST, received - 1, ports.random))
            raise

    with processor(list(event.get("Records", ())), one):
        processor.process()
    return dict(processor.response())


def _unreadable(ports: Ports, queue: QueueName, record: Any, error: BadMessage, received: int) -> None:
    """Raises while it may come again."""
    more = {"queue": queue, "body": record.body[:2000], "received": received}
    if received >= UNREADABLE:
        ports.meter.count("MessagesUnreadable")
        LOG.error("a message is let go that cannot be read: %s", error, extra=more)
        return
    LOG.warning("a message cannot be read: %s", error, extra=more)
    _put_back(ports, queue, record.receipt_handle, growing_wait(FIRST, LONGEST, received - 1, ports.random))
    raise error


def _body(text: str) -> dict[str, Any]:
    try:
        body = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise BadMessage(f"not JSON: {error}") from None
    if not isinstance(body, dict):
        raise BadMessage(f"a JSON object was expected, not {type(body).__name__}")
    return body


def _put_back(ports: Ports, queue: QueueName, receipt: str, seconds: float) -> None:
    """Never early: that would be a turn for nothing. If this fails, the queue's own visibility time-out does it."""
    try:
        ports.queues.change_visibility(queue, receipt, math.ceil(seconds))
    except Exception:
        LOG.exception("a message could not be put back", extra={"queue": queue})
