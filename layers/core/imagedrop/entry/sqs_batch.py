"""Handles a batch of SQS messages. A message that fails is retried by itself, after growing waits.

A message that is to be retried is reported as failed: Lambda deletes every other one. A message that cannot be parsed
is retried a few times, because an older version of this code may have received a newer version's message; then it is
deleted, so that it is not retried without end.

A batch stops when the next message may not fit into the time that is left. What is left over is given back: it comes
again soon, and is no failure.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, TypeVar

from imagedrop.adapters.time_limits import IMS_READ, OBS, STANDARD
from imagedrop.backoff import growing_wait
from imagedrop.domain.messages import BadMessage
from imagedrop.observability import LOG, add_log_fields, log_fields
from imagedrop.ports import OutOfTime, Ports, QueueName, RetryLater

FIRST_WAIT, LONGEST_WAIT = 10, 900  # s
MAX_UNREADABLE_RECEIVES = 5
LOGGED_CHARACTERS = 2000  # of a message's body
GIVEN_BACK_WAIT = 10  # s, for a message that was not begun
INTERRUPTED_WAIT = 300  # s at most, for one that ran out of time: it may do so again
# s that one message may need: the calls of a service that hangs, recording that, and some other calls. The first
# message of a batch is always begun, so queues whose batches have one message are left out.
NEEDED: Mapping[QueueName, float] = {"polls": IMS_READ + STANDARD.record + 2, "notices": 2 * OBS + STANDARD.record + 2}

M = TypeVar("M")


def process_batch(
    event: Mapping[str, Any],
    queue: QueueName,
    ports: Ports,
    parse: Callable[[dict[str, Any]], M],
    handle: Callable[[M], None],
) -> dict[str, Any]:
    """Lambda's response, `{"batchItemFailures": [..]}`, to an event of `queue`. Never raises for a message.

    `parse` turns a body into what `handle` takes; it raises BadMessage. `handle` raises RetryLater to get the message
    again, or anything else to get it again after a growing wait.
    """
    from aws_lambda_powertools.utilities.batch import BatchProcessor, EventType

    processor = BatchProcessor(EventType.SQS, raise_on_entire_batch_failure=False)
    begun, given_back = list[str](), list[str]()  # receipts

    def process(record: Any) -> None:
        with log_fields():  # so that what is added for one message ends with it
            if begun and ports.time_left() < NEEDED.get(queue, 0):
                given_back.append(record.receipt_handle)
                raise OutOfTime
            begun.append(record.receipt_handle)
            try:
                body = _json_object(record.body)
                if "drop_id" in body:
                    add_log_fields(drop_id=body["drop_id"])
                handle(parse(body))
            except Exception as error:
                wait = _wait_after(error, record, queue, ports)
                if wait is None:
                    return
                _retry_after(wait, record, queue, ports)
                raise

    with processor(list(event.get("Records", ())), process):
        processor.process()
    if given_back:
        _give_back(given_back, queue, ports)
    return dict(processor.response())


def _wait_after(error: Exception, record: Any, queue: QueueName, ports: Ports) -> float | None:
    """Logs the failure of a message. Seconds until it is received again; None: delete it."""
    if isinstance(error, RetryLater):
        LOG.info("message comes again", extra={"queue": queue, "seconds": round(error.seconds)})
        return error.seconds
    received = int(record.attributes.approximate_receive_count)
    if isinstance(error, OutOfTime):
        LOG.info("out of time in the middle of a message", extra={"queue": queue, "reason": str(error)})
        return growing_wait(FIRST_WAIT, INTERRUPTED_WAIT, received - 1, ports.random)
    more = {"queue": queue, "body": record.body[:LOGGED_CHARACTERS], "received": received}
    if not isinstance(error, BadMessage):
        ports.meter.count("RecordsFailed")
        LOG.exception("message failed", extra=more)
    elif received < MAX_UNREADABLE_RECEIVES:
        LOG.warning("message cannot be read", extra=more | {"reason": str(error)})
    else:
        ports.meter.count("MessagesUnreadable")
        LOG.error("message that cannot be read is deleted", extra=more | {"reason": str(error)})
        return None
    return growing_wait(FIRST_WAIT, LONGEST_WAIT, received - 1, ports.random)


def _json_object(text: str) -> dict[str, Any]:
    try:
        body = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise BadMessage(f"the body is not JSON: {error}") from None
    if not isinstance(body, dict):
        raise BadMessage(f"the body is not a JSON object but {type(body).__name__}")
    return body


def _retry_after(seconds: float, record: Any, queue: QueueName, ports: Ports) -> None:
    """Rounds up: a message that came too early would only wait again."""
    with _visibility_is_optional(queue):
        ports.queues.change_visibility(queue, record.receipt_handle, math.ceil(seconds))


def _give_back(receipts: list[str], queue: QueueName, ports: Ports) -> None:
    LOG.info("messages given back for lack of time", extra={"queue": queue, "count": len(receipts)})
    with _visibility_is_optional(queue):
        ports.queues.change_visibility_of_batch(queue, receipts, GIVEN_BACK_WAIT)


@contextmanager
def _visibility_is_optional(queue: QueueName) -> Iterator[None]:
    """Without the change, the messages come again after the queue's own visibility timeout."""
    try:
        yield
    except OutOfTime:
        LOG.info("no time left to change the visibility timeout", extra={"queue": queue})
    except Exception:
        LOG.exception("visibility timeout of a message not changed", extra={"queue": queue})
